import { type Artifact, pathOf, routes } from "@pave/contract";
import { bytes } from "../../lib/format.ts";
import classes from "./step-panel.module.css";

/** Links to an artifact's files; many stand behind a summary. */
export function ArtifactFiles({ project, artifact }: { project: string; artifact: Artifact }) {
  const links = artifact.files.map((file) => (
    <div key={file.path}>
      <a
        className="link"
        href={pathOf(routes.getArtifactFile, {
          params: { project, artifact: artifact.id },
          query: { path: file.path },
        })}
        target="_blank"
        rel="noreferrer"
      >
        {file.path}
      </a>{" "}
      <span className={classes.summary}>{bytes(file.size)}</span>
    </div>
  ));
  if (links.length <= 2) return <>{links}</>;
  return (
    <details>
      <summary className={classes.summary}>{links.length} files</summary>
      {links}
    </details>
  );
}
