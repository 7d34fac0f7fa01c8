import { createHash } from "node:crypto";
import type { Issuer } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import type { Actor } from "../../kernel/actor.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { addressLimit, countAttempt, mintToken } from "../access/index.ts";
import { recordEvent } from "../ledger/index.ts";
import type { IssuerKeys } from "./issuer-keys.ts";
import { describeJob, type Job, jobOf } from "./job.ts";
import { listTrustsOf, setTokenTrust, type TrustRow, touchTrust, useAssertion } from "./trust-store.ts";
import type { Assertion } from "./verify-assertion.ts";
import { isRepository, whyNot } from "./why-not.ts";

/** A job's token is for the job: whatever takes longer asks again. */
const tokenMs = 3_600_000;
/** Wide: CI of many runs behind few addresses, and a signature is not guessed. */
const most = 300;

export interface ExchangeDeps {
  readonly issuers: readonly Issuer[];
  readonly keys: IssuerKeys;
  audience(): string;
}

export interface Exchanged {
  readonly token: string;
  readonly expiresAt: Date;
  readonly scopes: readonly string[];
}

/**
 * A token of this platform for the token that a CI gave to one of its jobs: if its issuer is allowed, it is genuine, new
 * and for us, and a trust of the project lets that job in. It is bound to the project, good for an hour at most, and
 * everything done with it is a consequence of the event that tells of the job.
 */
export async function exchangeAssertion(
  ctx: Ctx,
  input: { readonly assertion: string; readonly project: string; readonly address: string },
  deps: ExchangeDeps,
): Promise<Exchanged> {
  const attempt = await countAttempt(ctx, [{ ...addressLimit("assertion", input.address), most }]);
  // the library for signatures is read with the first token of a job
  const { invalid, verifyAssertion } = await import("./verify-assertion.ts");
  const assertion = await verifyAssertion(input.assertion, {
    issuers: deps.issuers,
    keys: deps.keys,
    audience: deps.audience(),
    clock: ctx.clock,
  });
  const job = jobOf(assertion.issuer.kind, assertion.claims, assertion.issuer.url);
  if (!job) throw invalid("names no repository", "Send the ID token of a job, as GitHub and GitLab give it.");
  const trust = await findFitting(ctx, input.project, assertion, job);
  const exchanged = await issue(ctx, trust, assertion, job);
  await attempt.forgive();
  return exchanged;
}

/** Of the trusts that let the job in, the one that allows most. */
async function findFitting(ctx: Ctx, project: string, { issuer }: Assertion, job: Job): Promise<TrustRow> {
  const trusts = await listTrustsOf(ctx, project, issuer.url);
  const fitting = trusts.filter((trust) => whyNot(trust, job) === undefined && trust.accountDisabledAt === null);
  const [best] = fitting.toSorted((a, b) => b.scopes.length - a.scopes.length);
  if (best) return best;
  // of other repositories' trusts a stranger, who can have a genuine token too, learns nothing
  const reasons = trusts
    .filter((trust) => isRepository(trust, job))
    .map((trust) => whyNot(trust, job) ?? `the service account ${trust.serviceAccount.name} is disabled`);
  throw new PaveError("access.not_trusted", `The project ${project} trusts no job of ${describeJob(job)}`, {
    fix: `An admin of the project adds it with \`pave trusts add -p ${project} --issuer ${issuer.url} --repository ${job.repository} --branch …\`.`,
    ...(reasons.length > 0 ? { problems: reasons.map((message) => ({ message })) } : {}),
  });
}

async function issue(ctx: Ctx, trust: TrustRow, { issuer, jti, expiresAt }: Assertion, job: Job): Promise<Exchanged> {
  const jtiHash = createHash("sha256").update(jti).digest("hex");
  return inTransaction(asActor(ctx, actorOf(trust)), async (ctx) => {
    // some clocks are late, so it is remembered for a while longer than it is good
    const until = new Date(expiresAt.getTime() + 5 * 60_000);
    if (!(await useAssertion(ctx, { issuer: issuer.url, jtiHash, until })))
      throw new PaveError("access.assertion_used", "The job's token was used before, and each works once", {
        fix: "Let the job ask its CI for another; never log or share one.",
      });
    if (!(await touchTrust(ctx, trust.id, job.repositoryId)))
      throw new PaveError("access.not_trusted", "The trust was removed or bound to another repository meanwhile", {
        fix: "See `pave trusts list`.",
      });
    const { repository, ref, event, environment, workflow, startedBy, commit, url } = job;
    const causeId = await recordEvent(ctx, {
      type: "trust.used",
      subjectType: "trust",
      subjectId: trust.id,
      projectId: trust.projectId,
      data: { issuer: issuer.url, repository, ref, event, environment, workflow, startedBy, commit, url },
    });
    const minted = await mintToken(ctx, {
      kind: "api",
      principalId: trust.serviceAccount.id,
      name: `job of ${repository}`.slice(0, 100),
      projectId: trust.projectId,
      scopes: trust.scopes,
      expiresInMs: tokenMs,
      origin: "trust",
      causeId,
    });
    await setTokenTrust(ctx, minted.id, trust.id);
    return { token: minted.token, expiresAt: minted.expiresAt, scopes: trust.scopes };
  });
}

const actorOf = ({ serviceAccount, scopes, projectId }: TrustRow): Actor => ({
  principalId: serviceAccount.id,
  kind: "service-account",
  name: serviceAccount.name,
  actorKind: "system",
  grant: { tokenId: null, tokenKind: "api", platformAdmin: false, scopes, projectId },
});
