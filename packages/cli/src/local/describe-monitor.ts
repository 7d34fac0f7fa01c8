import { type Alert, type AlertDetail, counted, type MonitorDetail, type MonitoredColumn } from "@pave/contract";
import { ago, colors, facts, state, table } from "../output.ts";

export function describeMonitor(monitor: MonitorDetail): string {
  const { shown, window, reference, columns, prediction } = monitor;
  const place = `${monitor.environment}/${monitor.deployment}`;
  const rows = [...(prediction ? [prediction] : []), ...columns].map(columnRow);
  return [
    `${colors.bold(place)}  ${state(monitor.state)}  ${monitor.reason}`,
    facts([
      ["model", monitor.model === null ? null : `${monitor.model} ${monitor.modelVersion}, release ${monitor.release}`],
      [
        "reference",
        reference.state === "ready" ? `${reference.rows} rows${note(reference.message)}` : reference.message,
      ],
      ["shown", shown && `${shown.rows} rows, ${ago(shown.to)}${shown.isJudged ? "" : ", not judged yet"}`],
      ["next", window && `${window.rows} of ${window.neededRows} rows, since ${ago(window.since)}`],
      ["alerts", monitor.alerts === 0 ? "none" : `${monitor.alerts}: \`pave alerts list\``],
    ]),
    table(["column", "status", "effect", "by chance", "why"], rows, "Nothing to compare with."),
    ...monitor.slo.map(
      ({ objective, burn }) =>
        `${objective}: burns ${burn.map(({ long, longBurn }) => `${longBurn.toFixed(1)}x over ${long}`).join(", ")}`,
    ),
  ].join("\n");
}

const note = (message: string): string => (message ? ` (${message})` : "");

const columnRow = ({ column, status, effect, chance, reason }: MonitoredColumn) => [
  column,
  state(status),
  effect?.toFixed(3) ?? null,
  chance?.toFixed(3) ?? null,
  reason,
];

export const alertRow = (alert: Alert) => [
  alert.number,
  state(alert.state),
  alert.severity,
  alert.title,
  alert.occurrences,
  ago(alert.openedAt),
];

export function describeAlert(alert: AlertDetail): string {
  return [
    `${colors.bold(`Alert ${alert.number}`)}  ${state(alert.state)}  ${alert.title}`,
    facts([
      ["what", alert.reason],
      ["do", alert.fix],
      ["severity", alert.severity],
      ["model", alert.model === null ? null : `${alert.model} ${alert.modelVersion}, release ${alert.release}`],
      ["opened", ago(alert.openedAt)],
      ["seen", `${counted(alert.occurrences, "time")}, last ${ago(alert.seenAt)}`],
      ["acknowledged", alert.acknowledgedBy && `by ${alert.acknowledgedBy.name}${note(alert.comment)}`],
      ["resolved", alert.resolvedAt && `${ago(alert.resolvedAt)}${note(alert.resolution)}`],
    ]),
    ...alert.deliveries.map(
      ({ event, state: delivery, attempts, lastError }) =>
        `webhook: ${event} ${delivery} after ${attempts === 1 ? "1 try" : `${attempts} tries`}${note(lastError ?? "")}`,
    ),
  ].join("\n");
}
