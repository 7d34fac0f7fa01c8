import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type Comment, counted, topics } from "@pave/contract";
import { useEffect, useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { useAction } from "../../ui/use-action.ts";
import { CommentField } from "./comment-field.tsx";
import { CommentItem } from "./comment-item.tsx";
import classes from "./discussion.module.css";
import { useCommentsQuery, useMentionableQuery } from "./use-comments-query.ts";

interface DiscussionProps {
  readonly project: string;
  /** `run/12`, `plan/3`, `model/flights/2`, `alert/4`. */
  readonly subject: string;
}

/** What people say about the thing of this page, in threads. */
export function Discussion({ project, subject }: DiscussionProps) {
  const query = useCommentsQuery(project, subject);
  const denied = useDenied(project, "comment.write");
  const about = [topics.comments(project, subject)];
  const add = useAction({
    act: async ({ text, replyTo }: { text: string; replyTo?: string }) => {
      const said = await api.addComment({
        params: { project },
        body: { subject, text, ...(replyTo === undefined ? {} : { replyTo }) },
      });
      for (const { name, why } of said.notMentioned)
        notifications.show({ message: `${name} was not told: ${why}`, color: "yellow" });
    },
    topics: about,
  });
  const isNamed = query.data?.items.some(({ text }) => text.includes("@")) ?? false;
  const names = (useMentionableQuery(project, isNamed).data?.items ?? []).map(({ name }) => name);
  const threads = (query.data?.items ?? []).filter(({ replyTo }) => replyTo === null);
  useScrollToComment(query.data !== undefined);
  return (
    <Card title="Discussion" aside={threads.length > 0 ? counted(threads.length, "thread") : undefined}>
      <QueryView query={query} rows={2}>
        {({ items }) => (
          <>
            {threads.length === 0 ? (
              <p className={classes.empty}>
                <b>Nobody has said anything yet.</b> {denied ?? "Ask, explain, decide together; @ tells somebody."}
              </p>
            ) : null}
            {threads.map((thread) => (
              <Thread
                key={thread.id}
                {...{ project, subject, thread, denied, names }}
                answers={items.filter(({ replyTo }) => replyTo === thread.id)}
                onAnswer={(text) => add.mutateAsync({ text, replyTo: thread.id })}
              />
            ))}
            {denied === null ? (
              <CommentField
                project={project}
                label="Say something"
                send="Comment"
                onSend={(text) => add.mutateAsync({ text })}
              />
            ) : threads.length > 0 ? (
              <p className={classes.soft}>{denied}</p>
            ) : null}
          </>
        )}
      </QueryView>
    </Card>
  );
}

interface ThreadProps extends DiscussionProps {
  readonly thread: Comment;
  readonly answers: readonly Comment[];
  readonly denied: string | null;
  readonly names: readonly string[];
  readonly onAnswer: (text: string) => Promise<unknown>;
}

function Thread({ project, subject, thread, answers, denied, names, onAnswer }: ThreadProps) {
  const [isAnswering, setAnswering] = useState(false);
  const [isOpen, setOpen] = useState(thread.resolved === null);
  const [leaving, setLeaving] = useState<string>();
  const about = [topics.comments(project, subject)];
  const edit = useAction({
    act: ({ comment, text }: { comment: string; text: string }) =>
      api.editComment({ params: { project, comment }, body: { text } }),
    topics: about,
  });
  const remove = useAction({
    act: (comment: string) => api.deleteComment({ params: { project, comment } }),
    topics: about,
  });
  const resolve = useAction({
    act: (resolved: boolean) => api.resolveThread({ params: { project, comment: thread.id }, body: { resolved } }),
    topics: about,
  });
  if (thread.resolved && !isOpen)
    return (
      <button type="button" className={classes.folded} onClick={() => setOpen(true)}>
        {thread.author.name}: resolved by {thread.resolved.by.name}, {counted(answers.length + 1, "comment")}
      </button>
    );
  return (
    <section className={classes.thread} aria-label={`Thread by ${thread.author.name}`}>
      {[thread, ...answers].map((comment) => (
        <CommentItem
          key={comment.id}
          project={project}
          comment={comment}
          names={names}
          onEdit={(text) => edit.mutateAsync({ comment: comment.id, text })}
          onDelete={() => setLeaving(comment.id)}
        />
      ))}
      {isAnswering ? (
        <CommentField
          project={project}
          label="Answer"
          send="Answer"
          onSend={async (text) => {
            await onAnswer(text);
            setAnswering(false);
          }}
          onCancel={() => setAnswering(false)}
        />
      ) : denied === null ? (
        <div className={classes.ways}>
          <Button size="compact-xs" variant="default" onClick={() => setAnswering(true)}>
            Answer
          </Button>
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => {
              resolve.mutate(thread.resolved === null);
              setOpen(thread.resolved !== null);
            }}
          >
            {thread.resolved ? "Open again" : "Resolve"}
          </Button>
        </div>
      ) : null}
      <ConfirmDialog
        opened={leaving !== undefined}
        title="Delete the comment?"
        confirm="Delete"
        danger
        onConfirm={async () => leaving && remove.mutateAsync(leaving)}
        onClose={() => setLeaving(undefined)}
      >
        A mark stays in its place. Admins of the project can still read what it said.
      </ConfirmDialog>
    </section>
  );
}

/** A link to a comment leads there once the comments are on the page. */
function useScrollToComment(isThere: boolean): void {
  useEffect(() => {
    const id = window.location.hash.slice(1);
    if (isThere && id.startsWith("comment-")) document.getElementById(id)?.scrollIntoView({ block: "center" });
  }, [isThere]);
}
