import type { Repository, RepositoryPush } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { principalRefs, resolveProject } from "../access/index.ts";
import { connectRepository, disconnectRepository } from "./connect-repository.ts";
import { listPushes, type PushRow } from "./push-store.ts";
import { assertReceives, receivePush } from "./receive-push.ts";
import type { RepositoriesDeps } from "./repositories-deps.ts";
import type { RepositoryRow } from "./repository.ts";
import { findRepository } from "./repository-store.ts";

/** More than a push of thousands of commits has; GitHub itself stops at 25 MB. */
const maxBodyBytes = 26 * 2 ** 20;

export const repositoriesRoutes = (deps: RepositoriesDeps): Handlers => ({
  async getRepository(ctx, { params }) {
    const project = await resolveProject(ctx, params.project);
    const repository = await findRepository(ctx, { projectId: project.id });
    return { repository: repository ? await shown(deps, ctx, repository) : null };
  },
  async connectRepository(ctx, { params, body }) {
    const project = await resolveProject(ctx, params.project);
    const { accessToken } = body;
    const { repository, webhookSecret } = await connectRepository(deps, ctx, { ...body, project, accessToken });
    return { repository: await shown(deps, ctx, repository), webhookSecret };
  },
  async disconnectRepository(ctx, { params }) {
    await disconnectRepository(ctx, await resolveProject(ctx, params.project));
    return { ok: true };
  },
  async listRepositoryPushes(ctx, { params, query }) {
    const project = await resolveProject(ctx, params.project);
    const repository = await findRepository(ctx, { projectId: project.id });
    if (!repository) return { items: [], next: null };
    const before = query.before === undefined ? undefined : timeOf(query.before);
    const rows = await listPushes(ctx, repository.id, { limit: query.limit + 1, before });
    const page = rows.slice(0, query.limit);
    const next = rows.length > page.length ? (page.at(-1)?.receivedAt.toISOString() ?? null) : null;
    return { items: page.map((push) => shownPush(repository, push)), next };
  },
  async receivePush(ctx, { params }, io) {
    // megabytes of strangers are not read
    await assertReceives(ctx, params.repository, io.headers);
    const body = await bodyOf(io.body);
    return receivePush(deps, ctx, { repository: params.repository, headers: io.headers, body });
  },
});

async function shown(deps: RepositoriesDeps, ctx: Ctx, row: RepositoryRow): Promise<Repository> {
  const refs = await principalRefs(ctx, [row.principalId, row.createdBy]);
  const { id, provider, url, folder, branch, pipeline, deployTo } = row;
  return {
    ...{ id, provider, url, folder, branch, pipeline, deployTo },
    webhookUrl: `${deps.portalUrl()}/api/v1/hooks/git/${id}`,
    hasAccessToken: row.accessToken !== null,
    actsAs: must(refs.get(row.principalId), "the account of a repository"),
    createdAt: row.createdAt.toISOString(),
    createdBy: must(refs.get(row.createdBy), "whoever connected it"),
  };
}

const shownPush = ({ accessToken }: RepositoryRow, row: PushRow): RepositoryPush => ({
  id: row.id,
  branch: row.branch,
  commit: row.commit,
  message: row.message,
  author: row.author,
  state: row.state,
  detail: row.detail,
  revision: row.revisionNumber,
  run: row.runNumber,
  plan: row.planNumber,
  receivedAt: row.receivedAt.toISOString(),
  finishedAt: row.finishedAt?.toISOString() ?? null,
  status:
    accessToken === null
      ? null
      : { posted: row.statusDueAt === null && row.statusError === null, error: row.statusError },
});

function timeOf(text: string): Date {
  const time = new Date(text);
  if (!Number.isNaN(time.getTime())) return time;
  throw new PaveError("request.invalid", `before: expected the \`next\` of a page, found ${text.slice(0, 50)}`, {
    fix: "Take it from the page before.",
  });
}

async function bodyOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > maxBodyBytes)
      throw new PaveError("request.too_large", `The body has more than ${maxBodyBytes} bytes`, {
        fix: "Push less at once.",
      });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
