import type { Waiting } from "@pave/contract";
import { ago, colors } from "../output.ts";

/** What waits for a person: each with what is wrong, since when, and the command that shows it. */
export function describeWaiting(items: readonly Waiting[]): string {
  if (items.length === 0) return colors.dim("Nothing waits for you.");
  return [colors.bold("Waits for you"), ...items.map(itemText)].join("\n");
}

const itemText = ({ project, title, detail, at, command }: Waiting): string =>
  [
    `  ${oneLine(title)}  ${colors.dim(`${project ?? "platform"}, ${ago(at)}`)}`,
    `      ${oneLine(detail)}`,
    `      ${colors.cyan(command)}`,
  ].join("\n");

const oneLine = (text: string): string => text.replaceAll(/\s*\n\s*/g, " ");
