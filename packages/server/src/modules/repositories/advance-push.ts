/*
 * The life of a push.
 *
 *   received ─► succeeded | failed             a branch that is only checked
 *   received ─► running ─► releasing ─► succeeded | failed      the branch that is released; without a pipeline or an
 *                                              environment to release to, that part falls out
 *   received ─► superseded                     a later push of the branch came before this one was fetched
 *
 * Whoever moves a push holds its lease; each move, with the run or plan that it starts, is one transaction under the
 * push's row, so that a worker that is killed in the middle leaves the state before or after it.
 */
import { counted, topics } from "@pave/contract";
import { asActor, type Ctx, inTransaction } from "../../db/context.ts";
import { dropLease, takeLease } from "../../db/leases.ts";
import type { Actor } from "../../kernel/actor.ts";
import { messageOf, must, PaveError } from "../../kernel/pave-error.ts";
import { getPrincipal } from "../access/index.ts";
import { fetchFiles } from "./fetch-files.ts";
import { changePush, findPush, isReplaced, type PushChange, type PushRow } from "./push-store.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import type { RepositoryRow } from "./repository.ts";
import { findRepository } from "./repository-store.ts";

/** Longer than a fetch may take. */
const leaseMs = 300_000;

/** Moves the push as far as it goes now. A mistake of its author ends it, told in its words; one of ours is tried again. */
export async function advancePush(deps: RepositoriesDeps, ctx: Ctx, push: PushRow, holder: string): Promise<void> {
  const lease = `push/${push.id}`;
  if (!(await takeLease(ctx, lease, holder, leaseMs))) return;
  try {
    const repository = await findRepository(ctx, { id: push.repositoryId });
    const current = await findPush(ctx, push.id);
    if (!repository || !current || current.finishedAt) return;
    const acting = asActor(ctx, await actorOf(ctx, repository));
    await step({ deps, ctx: acting, repository, push: current });
  } finally {
    await dropLease(ctx, lease, holder);
  }
}

interface Open {
  readonly deps: RepositoriesDeps;
  readonly ctx: Ctx;
  readonly repository: RepositoryRow;
  readonly push: PushRow;
}

async function step(open: Open): Promise<void> {
  try {
    if (open.push.state === "received") return await takeUp(open);
    if (open.push.state === "running") return await followRun(open);
    if (open.push.state === "releasing") return await followPlan(open);
  } catch (error) {
    if (!(error instanceof PaveError) || error.status >= 500) throw error;
    if (error.code === "repository.commit_gone") return change(open, { state: "superseded", detail: messageOf(error) });
    await change(open, { state: "failed", detail: `${error.message}${error.fix ? ` (${error.fix})` : ""}` });
  }
}

/** Fetches the files and checks them; on the branch that is released they become a revision, and its pipeline is run. */
async function takeUp(open: Open): Promise<void> {
  const { deps, ctx, repository, push } = open;
  if (await isReplaced(ctx, push)) return change(open, { state: "superseded", detail: "a later push came" });
  const project = keyOf(repository);
  const files = await fetchFiles(deps, ctx, repository, push);
  if (push.branch !== repository.branch) {
    const { validation } = await deps.projects.validateFiles(ctx, { project, files });
    const problems = must(validation, "the check of files that are all there").problems;
    return change(open, checked(problems) ?? { state: "succeeded", detail: "pave.yaml is valid" });
  }
  const { branch, commit, message } = push;
  const git = { remote: repository.url, branch, commit, dirty: false, pushed: true };
  const pushed = await deps.projects.pushRevision(ctx, { project, files, git, message });
  const revision = must(pushed.revision, "the revision of files that are all there");
  const { spec, problems } = await deps.projects.checkProject(ctx, revision);
  const failed = checked(problems);
  if (failed || !spec) return change(open, { ...must(failed, "the problem"), revisionNumber: revision.number });
  const pipeline = repository.pipeline ?? onlyOf(Object.keys(spec.pipelines));
  if (pipeline === null) return release(open, revision.number);
  await inTransaction(ctx, async (ctx) => {
    if ((await findPush(ctx, push.id, { lock: true }))?.state !== "received") return;
    const run = await deps.startRun(ctx, { project, revision, pipeline, message: message || `push to ${branch}` });
    const detail = `run ${run.number} of ${pipeline}`;
    await change({ ...open, ctx }, { state: "running", detail, revisionNumber: revision.number, run });
  });
}

async function followRun(open: Open): Promise<void> {
  const { deps, ctx, push } = open;
  const run = await deps.runState(ctx, must(push.runId, "the push's run"));
  if (["queued", "running"].includes(run.state)) return;
  if (run.state === "succeeded") return release(open, must(push.revisionNumber, "the push's revision"));
  const why = run.message ? `: ${run.message}` : "";
  await change(open, { state: "failed", detail: `run ${push.runNumber} ${run.state}${why}` });
}

async function release(open: Open, revision: number): Promise<void> {
  const { deps, ctx, repository, push } = open;
  const environment = repository.deployTo;
  const ran = push.runNumber === null ? "pave.yaml is valid" : `run ${push.runNumber} succeeded`;
  if (environment === null) return change(open, { state: "succeeded", detail: ran, revisionNumber: revision });
  const message = `push of ${push.commit.slice(0, 12)} to ${push.branch}`;
  try {
    await inTransaction(ctx, async (ctx) => {
      if ((await findPush(ctx, push.id, { lock: true }))?.state !== push.state) return;
      const plan = await deps.createPlan(ctx, { project: keyOf(repository), revision, environment, message });
      const detail = `plan ${plan.number} to ${environment}`;
      await change({ ...open, ctx }, { state: "releasing", detail, revisionNumber: revision, planNumber: plan.number });
    });
  } catch (error) {
    if (!(error instanceof PaveError) || error.code !== "plan.nothing_to_do") throw error;
    await change(open, {
      state: "succeeded",
      detail: `${ran}; ${environment} has it already`,
      revisionNumber: revision,
    });
  }
}

async function followPlan(open: Open): Promise<void> {
  const { deps, ctx, repository, push } = open;
  const number = must(push.planNumber, "the push's plan");
  const plan = await deps.showPlan(ctx, keyOf(repository), number);
  const to = `plan ${number} to ${repository.deployTo}`;
  switch (plan.state) {
    case "applied":
      return change(open, { state: "succeeded", detail: `${to} is applied` });
    case "open":
      return change(open, { state: "succeeded", detail: `${to} waits for approval` });
    case "blocked":
    case "failed":
    case "rejected":
    case "cancelled":
    case "stale": {
      const blocking = plan.verdicts.find(
        ({ verdict, mode }) => mode === "prevent" && verdict !== "pass" && verdict !== "notApplicable",
      );
      const why =
        plan.state === "blocked" && blocking
          ? `: ${blocking.check}: ${blocking.detail}`
          : plan.message
            ? `: ${plan.message}`
            : "";
      return change(open, { state: "failed", detail: `${to} is ${plan.state}${why}` });
    }
    default:
  }
}

async function change({ ctx, repository, push }: Open, change: PushChange): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    await changePush(ctx, push.id, { ...change, detail: change.detail.slice(0, 1000) });
    ctx.hint(topics.project(repository.project));
  });
}

function checked(problems: readonly { readonly message: string }[]): PushChange | undefined {
  const [first] = problems;
  return first && { state: "failed", detail: `${counted(problems.length, "problem")} in pave.yaml: ${first.message}` };
}

/** The only one; where there are several, somebody has to say which. */
function onlyOf(pipelines: readonly string[]): string | null {
  const [first = null] = pipelines;
  if (pipelines.length <= 1) return first;
  throw new PaveError(
    "repository.invalid",
    `pave.yaml has the pipelines ${pipelines.join(", ")}, and it is not said which a push runs`,
    {
      fix: `Say it: \`pave repositories connect … --pipeline ${first}\`.`,
    },
  );
}

const keyOf = ({ projectId, project }: RepositoryRow) => ({ id: projectId, name: project });

/** The repository's own service account, within its project alone. */
async function actorOf(ctx: Ctx, { principalId, projectId }: RepositoryRow): Promise<Actor> {
  const { id, name, kind, disabledAt } = await getPrincipal(ctx, principalId);
  const scopes = disabledAt ? [] : null;
  return {
    principalId: id,
    kind: kind as Actor["kind"],
    name,
    actorKind: "system",
    grant: { tokenId: null, tokenKind: "api", platformAdmin: false, scopes, projectId },
  };
}
