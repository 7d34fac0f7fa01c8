import type { Comment } from "@pave/contract";
import { useState } from "react";
import { Markdown } from "../../ui/markdown.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { CommentField } from "./comment-field.tsx";
import { CommentVersions } from "./comment-versions.tsx";
import classes from "./discussion.module.css";

interface CommentItemProps {
  readonly project: string;
  readonly comment: Comment;
  /** Who can be mentioned. */
  readonly names: readonly string[];
  readonly onEdit: (text: string) => Promise<unknown>;
  readonly onDelete: () => void;
}

/** One comment: who, when, what; its author may correct it or take it back. */
export function CommentItem({ project, comment, names, onEdit, onDelete }: CommentItemProps) {
  const [isEditing, setEditing] = useState(false);
  const [isLooking, setLooking] = useState(false);
  const { author, createdAt, editedAt, deletedAt, text, own } = comment;
  return (
    <article id={`comment-${comment.id}`} className={classes.comment} aria-label={`Comment by ${author.name}`}>
      <header className={classes.head}>
        <b>{author.name}</b>
        <span className={classes.soft}>
          <TimeAgo at={createdAt} />
          {editedAt && !deletedAt ? (
            <>
              {", "}
              <button type="button" className={classes.link} onClick={() => setLooking(true)}>
                edited
              </button>
            </>
          ) : null}
        </span>
        {own && !isEditing ? (
          <span className={classes.actions}>
            <button type="button" onClick={() => setEditing(true)}>
              Edit
            </button>
            <button type="button" onClick={onDelete}>
              Delete
            </button>
          </span>
        ) : null}
      </header>
      {deletedAt ? (
        <p className={classes.soft}>
          Deleted by {author.name}, <TimeAgo at={deletedAt} />
        </p>
      ) : isEditing ? (
        <CommentField
          project={project}
          label="Edit the comment"
          send="Save"
          initial={text}
          onSend={async (changed) => {
            await onEdit(changed);
            setEditing(false);
          }}
          onCancel={() => setEditing(false)}
        />
      ) : (
        <Markdown source={text} names={names} />
      )}
      <CommentVersions project={project} comment={comment.id} opened={isLooking} onClose={() => setLooking(false)} />
    </article>
  );
}
