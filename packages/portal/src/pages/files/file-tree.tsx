import { Skeleton } from "@mantine/core";
import type { FolderItem } from "@pave/contract";
import { IconChevronRight, IconFile, IconFolder } from "@tabler/icons-react";
import { useState } from "react";
import { bytes } from "../../lib/format.ts";
import { ErrorState } from "../../ui/query-view.tsx";
import classes from "./files.module.css";
import { useFolderQuery } from "./use-files-queries.ts";

interface TreeProps {
  readonly project: string;
  readonly place: string;
  readonly chosen: string | undefined;
  readonly onChoose: (path: string) => void;
  readonly refetchMs: number | false;
}

/** Folders and files as buttons, which Tab reaches in their order; a folder is read when it is opened. */
export function FileTree(props: TreeProps) {
  return <Folder {...props} path="" />;
}

function Folder({ path, ...props }: TreeProps & { readonly path: string }) {
  const query = useFolderQuery(props.project, props.place, path, props.refetchMs);
  if (query.error && !query.data) return <ErrorState error={query.error} onRetry={() => void query.refetch()} />;
  if (!query.data) return <Skeleton height={22} m={6} aria-label="loading" />;
  const { items, total } = query.data;
  if (items.length === 0) return <p className={classes.nothing}>no files</p>;
  return (
    <ul className={classes.tree}>
      {items.map((item) => (
        <Entry key={item.name} item={item} path={path === "" ? item.name : `${path}/${item.name}`} {...props} />
      ))}
      {total > items.length ? <li className={classes.nothing}>and {total - items.length} more</li> : null}
    </ul>
  );
}

function Entry({ item, path, ...props }: TreeProps & { readonly item: FolderItem; readonly path: string }) {
  const holdsChosen = props.chosen?.startsWith(`${path}/`) ?? false;
  const [toggled, setToggled] = useState<boolean>();
  const isOpen = toggled ?? holdsChosen;
  if (!item.isFolder)
    return (
      <li>
        <button
          type="button"
          className={classes.entry}
          aria-current={props.chosen === path || undefined}
          onClick={() => props.onChoose(path)}
        >
          <IconFile size={14} className={classes.icon} aria-hidden />
          <span className={classes.name} title={item.name}>
            {item.name}
          </span>
          <span className={classes.size}>{bytes(item.size)}</span>
        </button>
      </li>
    );
  return (
    <li>
      <button type="button" className={classes.entry} aria-expanded={isOpen} onClick={() => setToggled(!isOpen)}>
        <IconChevronRight size={13} className={classes.chevron} data-open={isOpen} aria-hidden />
        <IconFolder size={14} className={classes.icon} aria-hidden />
        <span className={classes.name} title={item.name}>
          {item.name}
        </span>
      </button>
      {isOpen ? (
        <div className={classes.below}>
          <Folder {...props} path={path} />
        </div>
      ) : null}
    </li>
  );
}
