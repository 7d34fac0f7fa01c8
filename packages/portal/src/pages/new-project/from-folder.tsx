import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import { Problem } from "../../ui/problem.tsx";
import type { ChosenFolder } from "./dropped-folder.ts";
import { FolderZone } from "./folder-zone.tsx";
import classes from "./new-project.module.css";

/** The platform fetches no repositories: what is in one is sent from where it is checked out, or from CI. */
export function FromFolder(props: {
  readonly isReading: boolean;
  readonly error: Error | null;
  readonly onFolder: (folder: Promise<ChosenFolder>) => void;
}) {
  const url = window.location.origin;
  return (
    <Card title="From a repository or a folder">
      {window.isSecureContext ? (
        <>
          {props.error ? (
            <div style={{ marginBottom: 12 }}>
              <Problem error={props.error} />
            </div>
          ) : null}
          {props.isReading ? (
            <div role="status" className={classes.soft} style={{ padding: "30px 10px" }}>
              Looking at its files…
            </div>
          ) : (
            <FolderZone onFolder={props.onFolder} />
          )}
        </>
      ) : (
        <p className={classes.soft} style={{ marginTop: 0 }}>
          A browser sends a folder only where the platform is reached by <code>https</code> or on <code>localhost</code>
          : elsewhere it may not compute the digests of files.
        </p>
      )}
      <p className={classes.soft}>
        On a terminal two commands do the same in a checkout: for large repositories, and for CI at each commit. The
        platform holds no keys of your git host and fetches nothing from it.
      </p>
      <div style={{ display: "grid", gap: 8 }}>
        <CopyLine text="pave init" label="Copy the command" />
        <CopyLine text="pave push" label="Copy the command" />
      </div>
      <p className={classes.soft} style={{ marginBottom: 0 }}>
        On another machine, first tell <code>pave</code> where this platform is:{" "}
        <code>PAVE_URL={url} PAVE_TOKEN=…</code>, with a token from your settings.
      </p>
    </Card>
  );
}
