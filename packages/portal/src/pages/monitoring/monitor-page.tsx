import { Button } from "@mantine/core";
import type { MonitorDetail } from "@pave/contract";
import { Link, useParams } from "@tanstack/react-router";
import { count, percent } from "../../lib/format.ts";
import { toneOf } from "../../lib/status.ts";
import { Callout } from "../../ui/callout.tsx";
import { Card } from "../../ui/card.tsx";
import { DataTable } from "../../ui/data-table.tsx";
import { Facts } from "../../ui/facts.tsx";
import layout from "../../ui/layout.module.css";
import { Multiples } from "../../ui/multiples.tsx";
import { Page } from "../../ui/page.tsx";
import { Pill } from "../../ui/pill.tsx";
import { EmptyState, QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { ColumnChart } from "./column-chart.tsx";
import { DriftBadge } from "./drift-badge.tsx";
import { driftWords } from "./drift-words.ts";
import classes from "./monitoring.module.css";
import { useMonitorQuery } from "./use-monitoring-queries.ts";
import { PsiOfDrift } from "./what-is-psi.tsx";
import { windowText } from "./window-text.ts";

/** Do inputs and predictions look as they did where the model was trained? */
export function MonitorPage() {
  const key = useParams({ from: "/shell/projects/$project/monitoring/$environment/$deployment" });
  const { project, environment, deployment } = key;
  const query = useMonitorQuery(key);
  const { data } = query;
  return (
    <Page
      title={`Drift of ${deployment}`}
      crumbs={[
        { label: "Projects", to: "/projects" },
        { label: project, to: `/projects/${project}` },
        { label: "Monitoring", to: `/projects/${project}/monitoring` },
        { label: `${environment} / ${deployment}` },
      ]}
      state={
        <>
          <Pill>{environment}</Pill>
          {data ? <DriftBadge status={data.state} /> : null}
        </>
      }
      subtitle={data?.model ? `${data.model} version ${data.modelVersion} in release ${data.release}` : "\u00a0"}
      actions={
        <Button
          variant="default"
          renderRoot={(props) => (
            <Link
              to="/projects/$project/deployments/$environment/$deployment"
              params={{ project, environment, deployment }}
              {...props}
            />
          )}
        >
          See the deployment
        </Button>
      }
    >
      <QueryView query={query} rows={12}>
        {(monitor) => <MonitorView monitor={monitor} />}
      </QueryView>
    </Page>
  );
}

function MonitorView({ monitor }: { monitor: MonitorDetail }) {
  const { prediction, columns, shown } = monitor;
  const all = [...(prediction ? [prediction] : []), ...columns];
  return (
    <>
      <Callout tone={toneOf(driftWords(monitor.state).state)} title={monitor.reason} />
      <div className={layout.columns}>
        <Card
          title="Inputs and predictions"
          aside={shown ? <Legend shown={shown} thresholds={monitor.thresholds} /> : null}
        >
          {all.length > 0 ? (
            <Multiples>
              {all.map((column) => (
                <ColumnChart key={column.column} column={column} />
              ))}
            </Multiples>
          ) : (
            <NoReference monitor={monitor} />
          )}
        </Card>
        <div className={layout.stack}>
          <About monitor={monitor} />
          <Windows monitor={monitor} />
        </div>
      </div>
    </>
  );
}

function Legend({
  shown,
  thresholds,
}: {
  shown: NonNullable<MonitorDetail["shown"]>;
  thresholds: MonitorDetail["thresholds"];
}) {
  return (
    <span className={classes.legend}>
      <span>
        effect: PSI <PsiOfDrift thresholds={thresholds} />
      </span>
      <span className={classes.swatch} data-side="reference" /> reference
      <span className={classes.swatch} /> {count(shown.rows)} rows of traffic
      {shown.isJudged ? "" : ", not judged yet"}
    </span>
  );
}

function NoReference({ monitor: { reference } }: { monitor: MonitorDetail }) {
  const details = {
    making: "A runner counts the reference; this takes some seconds.",
    failed: reference.message,
    none: "Name one in pave.yaml, and register the model again.",
    ready: "The first rows are on their way.",
  };
  return (
    <EmptyState
      title={
        reference.state === "making" ? "The reference profile is being made" : "There is no reference to compare with"
      }
      detail={
        <>
          {details[reference.state]}
          {reference.state === "ready" || reference.state === "making" ? null : (
            <pre className={layout.mono}>{"monitor:\n  drift: { reference: train.split.train }"}</pre>
          )}
        </>
      }
    />
  );
}

const predictionWords = {
  "held-out": "rows the model has not seen",
  training: "the reference rows themselves",
  none: "not known",
};

function About({ monitor: { reference, window, slo, alerts, thresholds } }: { monitor: MonitorDetail }) {
  return (
    <Card title="How it is judged">
      <Facts
        facts={[
          { label: "Reference", value: reference.state === "ready" ? `${count(reference.rows)} rows` : "none" },
          { label: "Its predictions", value: predictionWords[reference.predictions] },
          {
            label: "Next window",
            value: windowText(window),
          },
          { label: "Open alerts", value: count(alerts) },
          ...slo.map(({ name, objective, burn }) => ({
            label: name === "availability" ? "Availability" : "Latency",
            value: `${objective}; ${burn.some(({ isBurning }) => isBurning) ? "its budget burns too fast" : `over the last hour it burned at ${percent(burn[0]?.longBurn ?? 0, 0)} of the pace it lasts for`}`,
          })),
        ]}
      />
      {reference.message && reference.state === "ready" ? <p className={classes.soft}>{reference.message}</p> : null}
      {thresholds ? (
        <p className={classes.soft}>
          A change counts when its effect is above {thresholds.psi}, the share of missing values changes by more than{" "}
          {percent(thresholds.missing, 0)}, or more than {percent(thresholds.unseen, 0)} are values that the reference
          never had; and when that is beyond chance, among all columns too. It alerts when found in {thresholds.windows}{" "}
          of the last {thresholds.of} windows.
        </p>
      ) : null}
    </Card>
  );
}

function Windows({ monitor: { windows } }: { monitor: MonitorDetail }) {
  return (
    <Card title="Windows" flush>
      <DataTable
        caption="Windows that were judged, newest first"
        rows={windows.slice(0, 12)}
        rowKey={({ start }) => start}
        empty={<EmptyState title="No window has been judged yet" detail="It takes rows enough, or a day." />}
        columns={[
          { key: "end", title: "Judged", tight: true, cell: ({ end }) => <TimeAgo at={end} /> },
          { key: "rows", title: "Rows", numeric: true, cell: ({ rows }) => count(rows) },
          {
            key: "status",
            title: "Result",
            cell: ({ status, reason }) => (
              <span title={reason}>
                <DriftBadge status={status} />
              </span>
            ),
          },
        ]}
      />
    </Card>
  );
}
