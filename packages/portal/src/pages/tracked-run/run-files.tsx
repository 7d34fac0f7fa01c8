import type { TrackedRunPage } from "@pave/contract";
import { EmptyState } from "../../ui/query-view.tsx";
import { FileBrowser } from "../files/file-browser.tsx";
import { liveMs } from "./use-tracked-run-queries.ts";
import { useTrackedSearch } from "./use-tracked-search.ts";

/** Files of the run, and of the models that it logged. */
export function RunFiles({ project, run }: { project: string; run: TrackedRunPage }) {
  const [search, change] = useTrackedSearch();
  const own = { place: run.id, title: "Files of the run", uri: `runs:/${run.id}` };
  const isLive = run.state === "running";
  const roots = [
    ...(run.files.count > 0 || isLive ? [own] : []),
    ...run.models.map(({ id, name }) => ({ place: id, title: `Model ${name}`, uri: `models:/${id}` })),
  ];
  return (
    <FileBrowser
      project={project}
      roots={roots}
      chosen={search.file === undefined ? undefined : { place: search.of ?? run.id, path: search.file }}
      onChoose={({ place, path }) => change({ of: place === run.id ? undefined : place, file: path })}
      refetchMs={isLive ? liveMs : false}
      empty={
        <EmptyState
          title="No files"
          detail="What mlflow.log_artifact, log_figure, log_table and log_text write appears here."
        />
      }
    />
  );
}
