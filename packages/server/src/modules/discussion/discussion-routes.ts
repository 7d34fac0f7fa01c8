import type { Comment, PrincipalRef } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import type { Handlers } from "../../http/handlers.ts";
import { must } from "../../kernel/pave-error.ts";
import { can, principalRefs, resolveProject } from "../access/index.ts";
import { type CommentRow, findComment, listComments, listVersions } from "./comments-store.ts";
import { listMentionable } from "./mentionable.ts";
import {
  addComment,
  deleteComment,
  editComment,
  type FindSubject,
  getComment,
  resolveThread,
} from "./write-comment.ts";

/** What people say about runs, plans, model versions and alerts. */
export function discussionRoutes({ findSubject }: { readonly findSubject: FindSubject }): Handlers {
  const placeOf = async (ctx: Ctx, params: { project: string; comment: string }) => ({
    project: await resolveProject(ctx, params.project),
    commentId: params.comment,
  });
  const read = async (ctx: Ctx, projectId: string, id: string): Promise<Comment> => {
    const row = must(await findComment(ctx, projectId, id), `comment ${id}`);
    return must((await show(ctx, [row]))[0], "the comment");
  };
  return {
    async listComments(ctx, { params, query }) {
      const project = await resolveProject(ctx, params.project);
      await findSubject(ctx, project, query.subject);
      return { items: await show(ctx, await listComments(ctx, project.id, query.subject)) };
    },
    async addComment(ctx, { params, body }) {
      const project = await resolveProject(ctx, params.project);
      const { id, mentions } = await addComment(ctx, findSubject, { project, ...body });
      return { ...(await read(ctx, project.id, id)), notMentioned: [...mentions.notTold] };
    },
    async editComment(ctx, { params, body }) {
      const place = await placeOf(ctx, params);
      const { notTold } = await editComment(ctx, findSubject, { ...place, text: body.text });
      return { ...(await read(ctx, place.project.id, params.comment)), notMentioned: [...notTold] };
    },
    async deleteComment(ctx, { params }) {
      await deleteComment(ctx, await placeOf(ctx, params));
      return { ok: true };
    },
    async listCommentVersions(ctx, { params }) {
      const place = await placeOf(ctx, params);
      const comment = await getComment(ctx, place);
      const isClosed = comment.deletedAt !== null && comment.authorId !== ctx.actor.principalId;
      if (isClosed && !(await can(ctx, "member.update", place.project.id))) return { items: [] };
      const versions = await listVersions(ctx, comment.id);
      return { items: versions.map(({ text, until }) => ({ text, until: until.toISOString() })) };
    },
    async resolveThread(ctx, { params, body }) {
      const place = await placeOf(ctx, params);
      await resolveThread(ctx, { ...place, ...body });
      return read(ctx, place.project.id, params.comment);
    },
    async listMentionable(ctx, { params }) {
      const project = await resolveProject(ctx, params.project);
      return { items: await listMentionable(ctx, project.id) };
    },
  };
}

async function show(ctx: Ctx, rows: readonly CommentRow[]): Promise<Comment[]> {
  const ids = rows.flatMap(({ authorId, resolvedById, mentioned }) => [
    authorId,
    resolvedById ?? authorId,
    ...mentioned,
  ]);
  const refs = await principalRefs(ctx, ids);
  const ref = (id: string): PrincipalRef => must(refs.get(id), `principal ${id}`);
  return rows.map((row) => ({
    id: row.id,
    subject: row.subject,
    replyTo: row.replyTo,
    text: row.text,
    author: ref(row.authorId),
    createdAt: row.createdAt.toISOString(),
    editedAt: row.editedAt?.toISOString() ?? null,
    deletedAt: row.deletedAt?.toISOString() ?? null,
    resolved:
      row.resolvedAt && row.resolvedById ? { by: ref(row.resolvedById), at: row.resolvedAt.toISOString() } : null,
    mentioned: row.deletedAt === null ? row.mentioned.map(ref) : [],
    own: row.authorId === ctx.actor.principalId && row.deletedAt === null,
  }));
}
