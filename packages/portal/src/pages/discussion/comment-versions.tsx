import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";
import { Dialog } from "../../ui/dialog.tsx";
import { Markdown } from "../../ui/markdown.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import classes from "./discussion.module.css";

interface CommentVersionsProps {
  readonly project: string;
  readonly comment: string;
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** What a comment said before it was edited, the oldest first. */
export function CommentVersions({ project, comment, opened, onClose }: CommentVersionsProps) {
  const query = useQuery({
    queryKey: ["comment-versions", project, comment],
    queryFn: () => api.listCommentVersions({ params: { project, comment } }),
    enabled: opened,
    gcTime: 0,
  });
  return (
    <Dialog opened={opened} onClose={onClose} title="What it said before">
      <QueryView query={query} rows={2}>
        {({ items }) =>
          items.map(({ text, until }) => (
            <article key={until} className={classes.version}>
              <p className={classes.soft}>
                until <TimeAgo at={until} />
              </p>
              <Markdown source={text} />
            </article>
          ))
        }
      </QueryView>
    </Dialog>
  );
}
