import { estimateText, type Plan } from "@pave/contract";
import { metric } from "../output.ts";
import { nextStep } from "./plan-next-step.ts";

/** A plan for the summary of a CI job or the comment on a pull request, in GitHub's Markdown. */
export function planMarkdown(plan: Plan): string {
  const parts = [
    `### ${words(plan.title)}`,
    `**${plan.state}**${plan.number === 0 ? " (a dry run: nothing was changed)" : ` · plan ${plan.number}`} · ${words(plan.project ?? "platform")} to ${words(plan.environment)}`,
    table(
      ["", "what changes", "why", "undone by"],
      plan.actions.map(({ change, title, reason, undo }) => [signs[change], words(title), words(reason), words(undo)]),
    ),
    table(
      ["", "gate", "what it found", "whose rule"],
      plan.verdicts.map(({ verdict, mode, check, detail, origin, message }) => [
        mode === "warn" && verdict !== "pass" ? "⚠️" : marks[verdict],
        code(check),
        words(detail),
        words(message ? `${origin}: ${message}` : origin),
      ]),
    ),
    metricsTable(plan),
    estimateLine(plan),
    approvalLine(plan),
    plan.staleBecause.length > 0 ? `Stale: ${words(plan.staleBecause.join("; "))}` : "",
    plan.message ? words(plan.message) : "",
    words(nextStep(plan) ?? ""),
    `<sub>hash ${plan.hash.slice(7, 19)}</sub>`,
  ];
  return parts.filter(Boolean).join("\n\n");
}

const signs = { create: "＋", update: "～", delete: "－", none: "" };
const marks = { pass: "✅", fail: "❌", error: "❗", notApplicable: "➖" };

/** The candidate beside what runs now; only numbers of the same test set stand here. */
function metricsTable({ candidate, champion }: Plan): string {
  if (candidate === null) return "";
  const names = Object.keys(candidate.metrics).sort();
  const head = ["metric", `version ${words(candidate.version)}`];
  if (champion === null)
    return table(
      head,
      names.map((name) => [code(name), metric(candidate.metrics[name] ?? 0)]),
    );
  return table(
    [...head, `version ${words(champion.version)}, which runs now`, "difference"],
    names.map((name) => {
      const [after, before] = [candidate.metrics[name] ?? 0, champion.metrics[name]];
      return [code(name), metric(after), before === undefined ? "–" : metric(before), difference(before, after)];
    }),
  );
}

const difference = (before: number | undefined, after: number): string =>
  before === undefined ? "–" : `${after > before ? "+" : ""}${metric(after - before)}`;

function estimateLine({ estimate }: Plan): string {
  if (estimate === null) return "";
  const { cost, carbon, once } = estimateText(estimate);
  return `Estimate: ${words(cost)}, ${words(carbon)}${once ? `; once ${words(once)}` : ""}`;
}

function approvalLine({ approvalRule: rule, approvals, project }: Plan): string {
  if (rule.quorum === 0) return "";
  return `Approvals: ${approvals.given} of ${approvals.needed} by ${project === null ? "a platform admin" : words(rule.roles.join(" or "))}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Names and messages are people's: what they contain is shown, and neither formats, links nor calls anybody. */
const words = (text: string): string =>
  text.replaceAll(/\s+/g, " ").replaceAll(/[&<>|@`*_~#[\]\\]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** In a table a bar ends the cell even within code, unless a backslash stands before it. */
const code = (text: string): string => {
  const line = text.replaceAll(/\s+/g, " ").replaceAll("|", "\\|");
  return line.includes("`") ? `\`\` ${line.replaceAll("``", "` `")} \`\`` : `\`${line}\``;
};
