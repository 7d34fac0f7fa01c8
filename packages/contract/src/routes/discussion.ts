import { z } from "zod";
import { okSchema, principalRefSchema } from "../common.ts";
import * as discussion from "../resources/discussion.ts";
import { route } from "../route.ts";
import { inProject, project } from "./params.ts";

const comment = z.object({ ...project, comment: z.string().max(100) });

export const discussionRoutes = {
  listComments: route({
    method: "GET",
    path: "/projects/:project/comments",
    summary: "What was said about a run, a plan, a model version or an alert, the oldest first",
    permission: "project.read",
    params: inProject,
    query: z.object({ subject: discussion.subjectSchema }),
    response: z.object({ items: z.array(discussion.commentSchema) }),
  }),
  addComment: route({
    method: "POST",
    path: "/projects/:project/comments",
    summary: "Say something; `@name` tells that person or team",
    permission: "comment.write",
    params: inProject,
    body: discussion.addCommentBody,
    response: discussion.writtenCommentSchema,
  }),
  editComment: route({
    method: "PUT",
    path: "/projects/:project/comments/:comment",
    summary: "Correct a comment of one's own; what it said before is kept",
    permission: "comment.write",
    params: comment,
    body: discussion.editCommentBody,
    response: discussion.writtenCommentSchema,
  }),
  deleteComment: route({
    method: "DELETE",
    path: "/projects/:project/comments/:comment",
    summary: "Delete a comment of one's own; a mark stays in its place",
    permission: "comment.write",
    params: comment,
    response: okSchema,
  }),
  listCommentVersions: route({
    method: "GET",
    path: "/projects/:project/comments/:comment/versions",
    summary: "What a comment said before; of a deleted one only to its author and to admins of the project",
    permission: "project.read",
    params: comment,
    response: z.object({ items: z.array(discussion.commentVersionSchema) }),
  }),
  resolveThread: route({
    method: "PUT",
    path: "/projects/:project/comments/:comment/resolved",
    summary: "Say that a thread is settled, or open again",
    permission: "comment.write",
    params: comment,
    body: z.object({ resolved: z.boolean() }),
    response: discussion.commentSchema,
  }),
  listMentionable: route({
    method: "GET",
    path: "/projects/:project/mentionable",
    summary: "Who can be mentioned: people and teams that can read the project",
    permission: "project.read",
    params: inProject,
    response: z.object({ items: z.array(principalRefSchema) }),
  }),
} as const;
