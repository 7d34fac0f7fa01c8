import { CliError, type Option, type Options, text } from "../command.ts";

export type PlanFormat = "text" | "markdown";

/** How a plan is told: for a terminal, or for the summary of a CI job. */
export const formatOption: Option = {
  flags: "--format <format>",
  help: "text, or markdown for the summary of a CI job",
  fallback: "text",
};

export function planFormat(options: Options): PlanFormat {
  const format = text(options.format) ?? "text";
  if (format === "text" || format === "markdown") return format;
  throw new CliError(`--format: expected text or markdown, found ${format}`, {
    fix: "For example: pave deploy --to staging --dry-run --format markdown",
  });
}
