import { topics } from "@pave/contract";
import { type Ctx, inTransaction } from "../../db/context.ts";
import { newId } from "../../kernel/ids.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { recordEvent } from "../ledger/index.ts";
import * as store from "./comments-store.ts";
import { type Mentions, resolveMentions } from "./mentionable.ts";

/** What is talked about, found in its project; throws its `not_found`. */
export type FindSubject = (ctx: Ctx, project: Project, subject: string) => Promise<{ readonly link: string }>;

export interface Project {
  readonly id: string;
  readonly name: string;
}

interface Place {
  readonly project: Project;
  readonly commentId: string;
}

/** Says something. Whoever it mentions hears of it once. */
export async function addComment(
  ctx: Ctx,
  findSubject: FindSubject,
  input: { project: Project; subject: string; text: string; replyTo?: string | undefined },
): Promise<{ id: string; mentions: Mentions }> {
  const { project, subject, text } = input;
  return inTransaction(ctx, async (ctx) => {
    const { link } = await findSubject(ctx, project, subject);
    const replyTo = input.replyTo === undefined ? null : await threadOf(ctx, project, subject, input.replyTo);
    const mentions = await resolveMentions(ctx, project.id, text);
    const id = newId();
    const mentioned = mentions.told.map((ref) => ref.id);
    await store.insertComment(ctx, { id, projectId: project.id, subject, replyTo, text, mentioned });
    await recordEvent(ctx, { type: "comment.added", ...about(project, id), data: { subject, replyTo } });
    await tellMentioned(ctx, { project, id, subject, link, mentions: mentions.told });
    ctx.hint(topics.comments(project.name, subject));
    return { id, mentions };
  });
}

/** Corrects a comment of one's own. Only who was not mentioned before hears of it. */
export async function editComment(
  ctx: Ctx,
  findSubject: FindSubject,
  input: Place & { text: string },
): Promise<Mentions> {
  const { project, text } = input;
  return inTransaction(ctx, async (ctx) => {
    const comment = await ownComment(ctx, input, "edit");
    const mentions = await resolveMentions(ctx, project.id, text);
    if (text === comment.text) return mentions;
    const fresh = mentions.told.filter(({ id }) => !comment.mentioned.includes(id));
    await store.keepVersion(ctx, comment);
    const mentioned = [...comment.mentioned, ...fresh.map(({ id }) => id)];
    await store.updateComment(ctx, comment.id, { text, mentioned });
    const { subject } = comment;
    await recordEvent(ctx, { type: "comment.edited", ...about(project, comment.id), data: { subject } });
    const { link } = await findSubject(ctx, project, subject);
    await tellMentioned(ctx, { project, id: comment.id, subject, link, mentions: fresh });
    ctx.hint(topics.comments(project.name, subject));
    return mentions;
  });
}

/** Leaves a mark where it was. Deleting again changes nothing. */
export async function deleteComment(ctx: Ctx, input: Place): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const comment = await ownComment(ctx, input, "delete");
    await store.keepVersion(ctx, comment);
    await store.updateComment(ctx, comment.id, "deleted");
    const { subject } = comment;
    await recordEvent(ctx, { type: "comment.deleted", ...about(input.project, comment.id), data: { subject } });
    ctx.hint(topics.comments(input.project.name, subject));
  });
}

/** Settles the thread that the comment begins, or opens it again. The same again changes nothing. */
export async function resolveThread(ctx: Ctx, input: Place & { resolved: boolean }): Promise<void> {
  await inTransaction(ctx, async (ctx) => {
    const comment = await getComment(ctx, input, { lock: true });
    if (comment.replyTo !== null)
      throw new PaveError(
        "request.invalid",
        "Only the comment that begins a thread is resolved, and this is an answer",
        {
          fix: `Resolve ${comment.replyTo}.`,
        },
      );
    if ((comment.resolvedAt !== null) === input.resolved) return;
    await store.updateComment(ctx, comment.id, { resolved: input.resolved });
    const type = input.resolved ? "comment.resolved" : "comment.reopened";
    await recordEvent(ctx, { type, ...about(input.project, comment.id), data: { subject: comment.subject } });
    ctx.hint(topics.comments(input.project.name, comment.subject));
  });
}

export async function getComment(
  ctx: Ctx,
  { project, commentId }: Place,
  options: { lock?: boolean } = {},
): Promise<store.CommentRow> {
  const comment = await store.findComment(ctx, project.id, commentId, options);
  if (comment) return comment;
  throw new PaveError("comment.not_found", `There is no comment ${commentId} in this project`, {
    fix: "List them with `pave comments list run 12`.",
  });
}

async function ownComment(ctx: Ctx, place: Place, verb: "edit" | "delete"): Promise<store.CommentRow> {
  const comment = await getComment(ctx, place, { lock: true });
  if (comment.authorId !== ctx.actor.principalId)
    throw new PaveError("comment.not_yours", `Only its author may ${verb} a comment, whatever role one has`, {
      fix: "Answer it instead.",
    });
  if (comment.deletedAt !== null)
    throw new PaveError("comment.deleted", "The comment was deleted already", { fix: "Write a new one." });
  return comment;
}

/** Answers are one level deep: an answer to an answer belongs to the same thread. */
async function threadOf(ctx: Ctx, project: Project, subject: string, id: string): Promise<string> {
  const comment = await getComment(ctx, { project, commentId: id });
  if (comment.subject !== subject)
    throw new PaveError(
      "request.invalid",
      `body.replyTo: expected a comment on ${subject}, found one on ${comment.subject}`,
      {
        fix: "Answer a comment on the same thing.",
      },
    );
  return comment.replyTo ?? comment.id;
}

interface Told {
  readonly project: Project;
  readonly id: string;
  readonly subject: string;
  readonly link: string;
  readonly mentions: Mentions["told"];
}

/** The event that notifications listen to: whom to tell by id, and where to look. */
async function tellMentioned(ctx: Ctx, { project, id, subject, link, mentions }: Told): Promise<void> {
  if (mentions.length === 0) return;
  await recordEvent(ctx, {
    type: "comment.mentioned",
    ...about(project, id),
    data: {
      subject,
      link: `${link}#comment-${id}`,
      principals: mentions.map((ref) => ref.id),
      names: mentions.map(({ name }) => name),
    },
  });
}

const about = (project: Project, id: string) => ({ subjectType: "comment", subjectId: id, projectId: project.id });
