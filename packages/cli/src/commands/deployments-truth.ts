import { counted, type Truth, type TruthSpan, type TruthWindow, truthSpans } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { projectName } from "../local/project-folder.ts";
import { table } from "../output.ts";

export const deploymentsTruth: Command = {
  name: "deployments truth",
  summary: "show predicted against actual by hour, day or week",
  arguments: [
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [
    projectOption,
    { flags: "--by <span>", help: `${truthSpans.join(", ")}`, fallback: "week" },
    { flags: "--windows <count>", help: "how many, the newest", fallback: "26" },
  ],
  examples: ["pave deployments truth production", "pave deployments truth production --by day"],
  async run(context, [environment, given], options) {
    const by = text(options.by) as TruthSpan;
    if (!truthSpans.includes(by))
      throw new CliError(`--by: expected ${truthSpans.join(", ")}, found ${by}`, { fix: "For example: --by day" });
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const found = await findDeployment(client, project, environment ?? "", given);
    const truth = await client.getTruth({
      params: { project, environment: found.environment, deployment: found.name },
      query: { by, windows: Number(text(options.windows)) },
    });
    return { data: truth, text: describe(truth) };
  },
};

function describe(truth: Truth): string {
  const isRate = truth.kind === "binary";
  const number = (value: number) => (isRate ? `${(value * 100).toFixed(1)} %` : String(Number(value.toPrecision(4))));
  const range = (one: TruthWindow["actual"]) =>
    one ? `${number(one.value)} (${number(one.low)} to ${number(one.high)})` : null;
  const rows = truth.windows.map((window) => [
    truth.by === "hour" ? window.start.slice(0, 13) : window.start.slice(0, 10),
    window.rows,
    window.coverage === null ? null : `${(window.coverage * 100).toFixed(0)} %`,
    window.predicted ? number(window.predicted.value) : null,
    range(window.actual),
    window.accuracy ? `${(window.accuracy.value * 100).toFixed(1)} %` : null,
    window.auc?.value.toFixed(3) ?? window.meanAbsoluteError?.value.toPrecision(3) ?? null,
  ]);
  const last = truth.kind === "number" ? "mean error" : "AUC";
  const head = [truth.by, "labels", "coverage", "predicted", "actual (95 %)", "accuracy", last];
  const remarks = [
    ...(truth.finding ? [truth.finding.text] : []),
    ...(truth.pending > 0
      ? [counted(truth.pending, "label waits for its prediction", "labels wait for their predictions")]
      : []),
    ...(truth.counts.contradicting > 0
      ? [
          counted(truth.counts.contradicting, "label contradicts", "labels contradict").concat(
            " an earlier one, which stays",
          ),
        ]
      : []),
    ...(truth.loggedShare !== null && truth.loggedShare < 1
      ? [`${(truth.loggedShare * 100).toFixed(0)} % of rows are logged, and only they can be joined`]
      : []),
  ];
  const empty = `No labels yet. Send some: ${truth.curl}`;
  return [table(head, rows, empty), ...remarks].join("\n");
}
