import { Card } from "../../ui/card.tsx";
import { CopyLine } from "../../ui/copy-line.tsx";
import classes from "./new-project.module.css";

/** The platform fetches no repositories: what is in one is pushed from where it is checked out, or from CI. */
export function FromFolder() {
  const url = window.location.origin;
  return (
    <Card title="From a repository or a folder">
      <p className={classes.soft} style={{ marginTop: 0 }}>
        The platform holds no keys of your git host and fetches nothing from it. In a checkout, two commands make it a
        project and send its files, with the commit they are of; no other file is touched, and CI can do the same at
        each commit.
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
