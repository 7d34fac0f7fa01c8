import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { counted, type GroundTruthAnswer } from "@pave/contract";
import { CliError, type Command, exitCodes, projectOption, text } from "../command.ts";
import { findDeployment } from "../local/find-deployment.ts";
import { labelLines } from "../local/label-lines.ts";
import { projectName } from "../local/project-folder.ts";

export const groundTruthSend: Command = {
  name: "ground-truth send",
  summary: "send what came true for predictions, from a CSV or JSON file; ends with 1 when labels were refused",
  arguments: [
    {
      name: "<file>",
      help: "CSV with the columns predictionId, value and maybe row and at, or JSON lines, or a JSON list",
    },
    { name: "<environment>", help: "environment" },
    { name: "[deployment]", help: "deployment (default: the only one)" },
  ],
  options: [projectOption, { flags: "--correct", help: "another value takes the place of the first" }],
  examples: ["pave ground-truth send labels.csv production"],
  async run(context, [file, environment, given], options) {
    const path = resolve(context.folder, file ?? "");
    const found = await stat(path).catch(() => undefined);
    if (!found?.isFile())
      throw new CliError(`${file}: expected a file of labels, found none`, {
        fix: "Give a CSV with the columns predictionId and value, or JSON lines.",
      });
    const client = await context.client();
    const project = await projectName(context.folder, text(options.project));
    const deployment = await findDeployment(client, project, environment ?? "", given);
    const progress = context.output.progress("sending labels");
    let sent = 0;
    const bytes = labelLines(path, (more) => {
      sent += more;
      progress.update(`sending labels: ${Math.floor((100 * sent) / Math.max(1, found.size))} %`);
    });
    const answer = await client
      .postGroundTruth(
        {
          params: { project, environment: deployment.environment, deployment: deployment.name },
          query: { correct: options.correct === true ? "true" : "false" },
        },
        { bytes, signal: context.signal },
      )
      .catch((error: unknown) => {
        progress.stop();
        throw error;
      });
    progress.stop();
    const refused = answer.malformed + answer.wrongType + answer.unknown + answer.tooLate;
    return { data: answer, text: describe(answer), ...(refused > 0 ? { exitCode: exitCodes.failed } : {}) };
  },
};

/** What became of one label, and of several. */
const words: readonly (readonly [keyof GroundTruthAnswer, one: string, many: string])[] = [
  ["accepted", "joined with its prediction", "joined with their predictions"],
  ["pending", "waits for its prediction", "wait for their predictions"],
  ["corrected", "took the place of another value", "took the place of another value"],
  ["duplicate", "was there already", "were there already"],
  [
    "contradicting",
    "contradicts what is there, which stays (--correct replaces it)",
    "contradict what is there, which stays (--correct replaces it)",
  ],
  ["unknown", "has no id of a prediction", "have no id of a prediction"],
  ["tooLate", "is of a prediction that is no longer kept", "are of predictions that are no longer kept"],
  ["wrongType", "is no value that the model could have answered", "are no value that the model could have answered"],
  ["malformed", "is no label", "are no labels"],
];

function describe(answer: GroundTruthAnswer): string {
  const lines = words.flatMap(([name, one, many]) =>
    Number(answer[name]) > 0 ? [`  ${counted(Number(answer[name]), one, many)}`] : [],
  );
  const shown = answer.problems.slice(0, 10).map(({ line, message }) => `  line ${line}: ${message}`);
  const more = answer.problems.length > shown.length ? [`  and ${answer.problems.length - shown.length} more`] : [];
  return [
    counted(answer.received, "label"),
    ...lines,
    ...(shown.length > 0 ? ["problems", ...shown, ...more] : []),
  ].join("\n");
}
