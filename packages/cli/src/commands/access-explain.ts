import type { AccessExplanation } from "@pave/contract";
import { permissionKind } from "@pave/contract";
import { CliError, type Command, projectOption, text } from "../command.ts";
import { projectName } from "../local/project-folder.ts";
import { colors } from "../output.ts";
import { runNumber } from "./runs-show.ts";

export const accessExplain: Command = {
  name: "access explain",
  summary: "say whether somebody may do something, why, and what would change it",
  arguments: [
    { name: "<who>", help: "a principal's name, or `me`" },
    { name: "<action>", help: "a permission, such as plan.approve" },
    { name: "[what...]", help: "a project, `plan 12`, or `platform`; default: the project that is here" },
  ],
  options: [projectOption],
  examples: [
    "pave access explain grace plan.approve flights",
    "pave access explain grace plan.approve plan 12",
    "pave access explain me environment.update platform",
  ],
  async run(context, [who, action = "", ...what], options) {
    const about = whatOf(what.filter((word) => word !== undefined));
    const isPlatform = about.platform || permissionKind(action) === "platform";
    const project = isPlatform
      ? undefined
      : (about.project ?? (await projectName(context.folder, text(options.project))));
    const data = await (await context.client()).explainAccess({
      query: {
        action,
        ...(who === "me" || who === undefined ? {} : { who }),
        ...(project === undefined ? {} : { project }),
        ...(about.plan === undefined ? {} : { plan: about.plan }),
      },
    });
    return { data, text: describe(data) };
  },
};

interface About {
  readonly project?: string;
  readonly plan?: number;
  readonly platform?: boolean;
}

function whatOf(words: readonly string[]): About {
  const [first, second, ...more] = words;
  if (first === undefined) return {};
  if (first === "plan" && more.length === 0) return { plan: runNumber(second) };
  if (second === undefined) return first === "platform" ? { platform: true } : { project: first };
  throw new CliError(`${words.join(" ")}: expected a project, \`plan NUMBER\` or \`platform\``, {
    fix: "For example: pave access explain grace plan.approve plan 12",
  });
}

function describe({ who, action, lets, on, allowed, reasons, changes }: AccessExplanation): string {
  const verdict = allowed ? `Yes: ${who.name} may ${action} on ${on}` : `No: ${who.name} may not ${action} on ${on}`;
  return [
    `${colors.bold(verdict)} (${lets})`,
    ...reasons.map(({ allows, text }) => `  ${allows ? "+" : "-"} ${text}`),
    ...(changes.length > 0 ? ["It would be allowed if"] : []),
    ...changes.map(({ what, who }) => `  ${what}${who.length > 0 ? ` (${who.join(", ")} can)` : ""}`),
  ].join("\n");
}
