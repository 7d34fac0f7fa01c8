import { type Collection, counted } from "@pave/contract";
import { table } from "../output.ts";
import { bytes } from "./describe-backup.ts";

const failed = ({ error }: Collection): string =>
  `It failed: ${error?.message ?? "?"}${error?.fix ? `\n${error.fix}` : ""}`;

/** What can go, as a person reads it. */
export function describeFindings(collection: Collection): string {
  const { found } = collection;
  if (!found) return failed(collection);
  const nothing = found.projects.length === 0 && found.blobs === 0;
  if (nothing) return "There is nothing to remove.";
  const projects = found.projects.map((one) => [
    one.project,
    ...[one.runs, one.outlivedRuns, one.loggedModels, one.experiments, one.versions],
  ]);
  const largest = found.largest.map((one) => [bytes(one.bytes), one.file ?? one.digest.slice(0, 19)]);
  return [
    projects.length > 0
      ? `Can go:\n${table(["PROJECT", "RUNS", "TOO OLD", "MODELS", "EXPERIMENTS", "VERSIONS"], projects, "")}`
      : "",
    `${counted(found.blobs, "file's bytes", "files' bytes")} that nothing needs: ${bytes(found.bytes)}`,
    largest.length > 0 ? `The largest:\n${table(["SIZE", "FILE"], largest, "")}` : "",
    found.kept > 0
      ? `${counted(found.kept, "deleted run")} stay, since a version or a logged model came from them.`
      : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What went. */
export function describeRemoved(collection: Collection): string {
  const { removed } = collection;
  if (collection.state === "failed" || !removed) return failed(collection);
  const parts = [
    counted(removed.runs, "run"),
    counted(removed.loggedModels, "logged model"),
    counted(removed.experiments, "experiment"),
    counted(removed.versions, "deleted version's files", "deleted versions' files"),
  ];
  return [
    `Removed ${parts.join(", ")}.`,
    `${counted(removed.blobs, "file's bytes", "files' bytes")} went: ${bytes(removed.bytes)}.`,
    removed.uploads > 0 ? `${counted(removed.uploads, "unfinished upload")} went.` : "",
    removed.outlivedRuns > 0
      ? `${counted(removed.outlivedRuns, "run")} became too old and can be restored for now.`
      : "",
  ]
    .filter(Boolean)
    .join("\n");
}
