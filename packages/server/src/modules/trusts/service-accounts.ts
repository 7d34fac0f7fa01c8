import type { machineRoles, ServiceAccount } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import {
  createPrincipal,
  disablePrincipal,
  findPrincipal,
  type Principal,
  rolesOn,
  setProjectRole,
} from "../access/index.ts";
import { listServiceAccounts } from "./service-account-store.ts";

interface Project {
  readonly id: string;
  readonly name: string;
}
type MachineRole = (typeof machineRoles)[number];

/** An account of the project's own, with a role in it. */
export async function createServiceAccount(
  ctx: Ctx,
  project: Project,
  input: { readonly name: string; readonly role: MachineRole },
): Promise<ServiceAccount> {
  return inTransaction(ctx, async (ctx) => {
    const { id } = await createPrincipal(ctx, { kind: "service-account", name: input.name, projectId: project.id });
    await setProjectRole(ctx, { projectId: project.id, principalId: id, role: input.role });
    return showAccount(ctx, project, id);
  });
}

/** Ends the account and its tokens. Accounts of the platform and of other projects are not the project's to end. */
export async function disableServiceAccount(ctx: Ctx, project: Project, idOrName: string): Promise<ServiceAccount> {
  const found = await findPrincipal(ctx, idOrName);
  if (!found || !isOwn(found, project)) throw noAccount(project, idOrName);
  await disablePrincipal(ctx, found.id);
  return showAccount(ctx, project, found.id);
}

/** The project's account of that name with at least the role, made when there is none. */
export async function ensureServiceAccount(
  ctx: Ctx,
  project: Project,
  input: { readonly name: string; readonly role: MachineRole },
): Promise<Principal> {
  const found =
    (await findPrincipal(ctx, input.name)) ??
    (await createPrincipal(ctx, { kind: "service-account", name: input.name, projectId: project.id }));
  if (!isOwn(found, project))
    throw new PaveError("access.conflict", `${input.name} is no service account of ${project.name}`, {
      fix: "Name one that is, or a name that is free, with --service-account.",
    });
  if (found.disabledAt)
    throw new PaveError("access.conflict", `The service account ${input.name} is disabled`, {
      fix: "Name another with --service-account.",
    });
  const roles = await rolesOn(ctx, found.id, project.id);
  const isLess = roles.length === 0 || (input.role === "developer" && roles.every((role) => role === "viewer"));
  if (isLess) await setProjectRole(ctx, { projectId: project.id, principalId: found.id, role: input.role });
  return found;
}

const isOwn = (principal: Principal, project: Project): boolean =>
  principal.kind === "service-account" && principal.projectId === project.id;

const noAccount = (project: Project, name: string) =>
  new PaveError("access.not_found", `${name} is no service account of ${project.name}`, {
    fix: `List them with \`pave service-accounts list -p ${project.name}\`.`,
  });

async function showAccount(ctx: Ctx, project: Project, id: string): Promise<ServiceAccount> {
  const accounts = await listServiceAccounts(ctx, { projectId: project.id });
  return must(
    accounts.find((account) => account.id === id),
    "the service account",
  );
}
