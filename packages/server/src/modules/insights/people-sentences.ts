import { subjectWords } from "../discussion/index.ts";
import type { Say } from "./event-text.ts";

const comment = (verb: string): Say => {
  return (data) => ({ verb, object: `a comment on ${subjectWords(data("subject"))}` });
};
const review = (verb: string): Say => {
  return (data, { subjectId }) => ({
    verb,
    object: `${subjectId.replace("@", " version ")} in its review for ${data("environment")}`,
  });
};
/** What people say to each other, decide about models, and hand over. */
export const peopleSentences: Readonly<Record<string, Say>> = {
  "comment.added": (data) => ({ verb: "commented", object: `on ${subjectWords(data("subject"))}` }),
  "comment.edited": comment("edited"),
  "comment.deleted": comment("deleted"),
  "comment.resolved": (data) => ({ verb: "resolved", object: `a thread on ${subjectWords(data("subject"))}` }),
  "comment.reopened": (data) => ({
    verb: "opened",
    object: `a thread on ${subjectWords(data("subject"))}`,
    end: "again",
  }),
  "comment.mentioned": (data) => ({ verb: "mentioned", object: `somebody on ${subjectWords(data("subject"))}` }),
  "review.requested": (data, { subjectId }) => ({
    verb: "asked for",
    object: `a review of ${subjectId.replace("@", " version ")} for ${data("environment")}`,
  }),
  "review.answered": (data, event) => ({ ...review("answered a question about")(data, event) }),
  "review.approved": review("approved"),
  "review.rejected": review("rejected"),
  "ownership.handed-over": (data) => ({
    verb: "handed",
    object: data("thing"),
    end: `over from ${data("from")} to ${data("to")}`,
  }),
};

/** The page of what a comment is about. */
export function subjectPath(subject: string): string | undefined {
  const [kind = "", ...rest] = subject.split("/");
  if (kind === "model") return `/models/${encodeURIComponent(rest[0] ?? "")}/versions/${rest[1]}`;
  const folder = { run: "runs", plan: "plans", alert: "monitoring/alerts" }[kind];
  return folder && `/${folder}/${rest[0]}`;
}
