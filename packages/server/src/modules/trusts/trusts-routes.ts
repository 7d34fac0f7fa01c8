import type { Trust } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { resolveProject } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import { addTrust } from "./add-trust.ts";
import type { ExchangeDeps } from "./exchange-assertion.ts";
import { listServiceAccounts } from "./service-account-store.ts";
import { createServiceAccount, disableServiceAccount } from "./service-accounts.ts";
import { findTrust, listTrusts, removeTrust, type TrustRow } from "./trust-store.ts";

export interface TrustsRoutesDeps extends Pick<ExchangeDeps, "issuers" | "audience"> {
  /** Called when tokens or roles changed, so that gateways hear of it at once. */
  keysChanged(ctx: Ctx): Promise<void>;
}

export const trustsRoutes = ({ issuers, audience, keysChanged }: TrustsRoutesDeps): Handlers => ({
  listIssuers: async () => ({ audience: audience(), items: [...issuers] }),
  async listTrusts(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    return { items: (await listTrusts(ctx, project.id)).map(toTrust) };
  },
  async addTrust(ctx, { params, body }) {
    return toTrust(await addTrust(ctx, await resolveProject(ctx, params.project), body, issuers));
  },
  async removeTrust(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const trust = await oneTrust(ctx, project, params.trust);
    await inTransaction(ctx, async (ctx) => {
      await removeTrust(ctx, trust.id);
      await recordEvent(ctx, {
        type: "trust.removed",
        subjectType: "trust",
        subjectId: trust.id,
        projectId: project.id,
        data: { issuer: trust.issuer, repository: trust.repository },
      });
    });
    await keysChanged(ctx);
    return { ok: true };
  },
  async listServiceAccounts(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    return { items: await listServiceAccounts(ctx, { projectId: project.id }) };
  },
  async listAllServiceAccounts(ctx) {
    return { items: await listServiceAccounts(ctx, "all") };
  },
  async createServiceAccount(ctx, { params, body }) {
    return createServiceAccount(ctx, await resolveProject(ctx, params.project), body);
  },
  async disableServiceAccount(ctx, { params }) {
    const account = await disableServiceAccount(ctx, await resolveProject(ctx, params.project), params.account);
    await keysChanged(ctx);
    return account;
  },
});

/** The trust of that id; the first letters of it will do. */
async function oneTrust(ctx: Ctx, project: { id: string; name: string }, id: string): Promise<TrustRow> {
  const found = await findTrust(ctx, project.id, id);
  if (found.length === 1 && found[0]) return found[0];
  throw new PaveError("access.not_found", `${found.length} trusts of ${project.name} match ${id}`, {
    fix: `List them with \`pave trusts list -p ${project.name}\`.`,
  });
}

const toTrust = ({
  projectId: _project,
  accountDisabledAt: _disabled,
  createdAt,
  lastUsedAt,
  ...trust
}: TrustRow): Trust => ({
  ...trust,
  createdAt: createdAt.toISOString(),
  lastUsedAt: lastUsedAt?.toISOString() ?? null,
});
