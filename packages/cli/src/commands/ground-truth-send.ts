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
        // what went wrong while the file was read comes wrapped
        throw error instanceof Error && error.cause instanceof CliError ? error.cause : error;
      });
    progress.stop();
    const refused = answer.malformed + answer.wrongType + answer.unknown + answer.tooLate;
    return { data: answer, text: describe(answer), ...(refused > 0 ? { exitCode: exitCodes.failed } : {}) };
  },
};

const words: readonly (readonly [keyof GroundTruthAnswer, string])[] = [
  ["accepted", "joined with their predictions"],
  ["pending", "wait for their predictions"],
  ["corrected", "took the place of another value"],
  ["duplicate", "were there already"],
  ["contradicting", "contradict what is there, which stays (--correct replaces it)"],
  ["unknown", "have no id of a prediction"],
  ["tooLate", "are of predictions that are no longer kept"],
  ["wrongType", "are no value that the model could have answered"],
  ["malformed", "are no labels"],
];

function describe(answer: GroundTruthAnswer): string {
  const lines = words.flatMap(([name, what]) => (Number(answer[name]) > 0 ? [`  ${answer[name]} ${what}`] : []));
  const shown = answer.problems.slice(0, 10).map(({ line, message }) => `  line ${line}: ${message}`);
  const more = answer.problems.length > shown.length ? [`  and ${answer.problems.length - shown.length} more`] : [];
  return [
    counted(answer.received, "label"),
    ...lines,
    ...(shown.length > 0 ? ["problems", ...shown, ...more] : []),
  ].join("\n");
}
