import { type TrackedRunPage, topics } from "@pave/contract";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { EditableMarkdown } from "../../ui/editable-markdown.tsx";
import layout from "../../ui/layout.module.css";
import { TagEditor } from "../../ui/tag-editor.tsx";
import { useAction } from "../../ui/use-action.ts";
import { AboutRun } from "./about-run.tsx";
import { ChildRuns } from "./child-runs.tsx";
import { LatestMetrics } from "./latest-metrics.tsx";
import { RunData } from "./run-data.tsx";
import { RunModels } from "./run-models.tsx";
import { RunParams } from "./run-params.tsx";

/** What one looks for first: numbers, settings, where it came from and what came of it. */
export function RunOverview({ project, run }: { project: string; run: TrackedRunPage }) {
  const mayWrite = useDenied(project, "tracking.write");
  const denied = run.isDeleted ? "It is deleted: restore it first." : mayWrite;
  const params = { project, trackedRun: run.id };
  const about = [topics.project(project)];
  const describe = useAction({
    act: (description: string) => api.updateTrackedRun({ params, body: { description } }),
    topics: about,
  });
  const tag = useAction({
    act: (tags: Record<string, string | null>) => api.updateTrackedRun({ params, body: { tags } }),
    topics: about,
  });
  return (
    <div className={layout.columns}>
      <div className={layout.stack}>
        <EditableMarkdown
          title="Description"
          source={run.note ?? ""}
          empty="Nothing is said about this run yet: what was tried, and what came of it?"
          denied={denied}
          maxLength={8000}
          onSave={(text) => describe.mutateAsync(text)}
        />
        <LatestMetrics run={run} />
        <RunParams run={run} />
        <ChildRuns project={project} run={run} />
      </div>
      <div className={layout.stack}>
        <AboutRun project={project} run={run} />
        <RunModels project={project} run={run} />
        <RunData run={run} />
        <TagEditor
          tags={run.tags}
          isOwn={(key) => /^(mlflow|pave)\./.test(key)}
          denied={denied}
          onChange={(key, value) => tag.mutateAsync({ [key]: value })}
        />
      </div>
    </div>
  );
}
