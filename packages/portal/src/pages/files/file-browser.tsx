import type { ReactNode } from "react";
import { EmptyState } from "../../ui/query-view.tsx";
import { FilePreviewPane } from "./file-preview.tsx";
import { FileTree } from "./file-tree.tsx";
import classes from "./files.module.css";

export interface FileRoot {
  /** A tracked run, a logged model or an artifact. */
  readonly place: string;
  readonly title: string;
  /** Where clients find it: copied together with a path. */
  readonly uri: string;
}

export interface ChosenFile {
  readonly place: string;
  readonly path: string;
}

/** Trees of files beside what can be shown of the chosen one. */
export function FileBrowser({
  project,
  roots,
  chosen,
  onChoose,
  empty,
  refetchMs = false,
}: {
  project: string;
  roots: readonly FileRoot[];
  chosen: ChosenFile | undefined;
  onChoose: (file: ChosenFile) => void;
  empty: ReactNode;
  /** While more is being logged. */
  refetchMs?: number | false;
}) {
  if (roots.length === 0) return <>{empty}</>;
  const root = roots.find(({ place }) => place === chosen?.place);
  return (
    <div className={classes.browser}>
      <nav className={classes.side} aria-label="Files">
        {roots.map((one) => (
          <section key={one.place} aria-label={one.title}>
            {roots.length > 1 ? <h3 className={classes.root}>{one.title}</h3> : null}
            <FileTree
              project={project}
              place={one.place}
              chosen={chosen?.place === one.place ? chosen.path : undefined}
              onChoose={(path) => onChoose({ place: one.place, path })}
              refetchMs={refetchMs}
            />
          </section>
        ))}
      </nav>
      <div className={classes.pane}>
        {root && chosen ? (
          <FilePreviewPane key={`${chosen.place} ${chosen.path}`} project={project} root={root} path={chosen.path} />
        ) : (
          <EmptyState title="No file is chosen" detail="Choose one to see what is in it." />
        )}
      </div>
    </div>
  );
}
