import type { RunLoggedModel, TrackedRunPage } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { bytes, metric, spaced } from "../../lib/format.ts";
import { Card } from "../../ui/card.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import layout from "../../ui/layout.module.css";
import { Pill } from "../../ui/pill.tsx";
import { modelSources } from "./model-sources.ts";
import { RegisterDialog } from "./register-dialog.tsx";
import classes from "./tracked-run.module.css";
import { useTrackedSearch } from "./use-tracked-search.ts";

/** The models that it logged, where their files are, and the versions that were registered from it. */
export function RunModels({ project, run }: { project: string; run: TrackedRunPage }) {
  const [asks, setAsks] = useState(false);
  const denied = useDenied(project, "model.update");
  const sources = modelSources(run);
  if (run.models.length === 0 && run.versions.length === 0 && sources.length === 0) return null;
  const register = (
    <GuardedButton variant="subtle" size="compact-xs" blocked={denied} onClick={() => setAsks(true)}>
      Register…
    </GuardedButton>
  );
  return (
    <Card title="Models" aside={sources.length > 0 ? register : undefined}>
      {run.models.length > 0 ? (
        <p className={layout.soft} style={{ margin: "0 0 8px", fontSize: "0.75rem" }}>
          MLflow 3 keeps models beside the run, not among its files.
        </p>
      ) : null}
      <ul className={classes.items}>
        {run.models.map((model) => (
          <LoggedModel key={model.id} model={model} />
        ))}
      </ul>
      {run.versions.length > 0 ? (
        <>
          <h3 className={classes.part}>Registered from this run</h3>
          <ul className={classes.items}>
            {run.versions.map(({ model, version, aliases }) => (
              <li key={`${model} ${version}`}>
                <Link
                  to="/projects/$project/models/$model/versions/$version"
                  params={{ project, model, version }}
                  className="link"
                >
                  {model} <b>version {version}</b>
                </Link>{" "}
                {aliases.map((alias) => (
                  <Pill key={alias}>@{alias}</Pill>
                ))}
              </li>
            ))}
          </ul>
        </>
      ) : null}
      <RegisterDialog project={project} sources={sources} opened={asks} onClose={() => setAsks(false)} />
    </Card>
  );
}

function LoggedModel({ model }: { model: RunLoggedModel }) {
  const [, change] = useTrackedSearch();
  const metrics = model.metrics.filter(({ value }) => value !== null).slice(0, 4);
  return (
    <li>
      <button
        type="button"
        className={classes.asLink}
        title="Show its files"
        onClick={() => change({ tab: "files", of: model.id, file: "MLmodel" })}
      >
        {model.name}
      </button>{" "}
      {model.direction === "input" ? <Pill>used</Pill> : null}
      {model.status === "READY" ? null : (
        <Pill tone={model.status === "PENDING" ? "busy" : "bad"}>
          {model.status === "PENDING" ? "being uploaded" : "upload failed"}
        </Pill>
      )}
      <div className={layout.soft}>
        {[model.type, bytes(model.bytes), model.step === 0 ? "" : `step ${model.step}`].filter(Boolean).join(", ")}
      </div>
      {metrics.length > 0 ? (
        <div className={layout.soft}>
          {metrics
            .map(({ key, value, dataset }) => `${spaced(key)} ${metric(value ?? 0)}${dataset ? ` on ${dataset}` : ""}`)
            .join(", ")}
        </div>
      ) : null}
    </li>
  );
}
