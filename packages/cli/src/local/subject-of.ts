import { CliError } from "../command.ts";
import { runNumber } from "../commands/runs-show.ts";

const fix = "For example: run 12, plan 3, model flights/2, alert 4.";

/** What people name as `run 12`, `plan 3`, `model flights/2` or `alert 4`, as the API names it. */
export function subjectOf(kind: string | undefined, name: string | undefined): string {
  if (kind === "run" || kind === "plan" || kind === "alert") return `${kind}/${runNumber(name)}`;
  if (kind !== "model") throw new CliError(`${kind ?? "(nothing)"}: expected run, plan, model or alert`, { fix });
  const found = /^([^/@\s]+)[/@](\d+)$/.exec(name ?? "");
  if (!found) throw new CliError(`${name ?? "(nothing)"}: expected NAME/VERSION`, { fix });
  return `model/${found[1]}/${runNumber(found[2])}`;
}

/** A model version as people name it: `flights@2`. */
export function versionOf(reference: string | undefined): { readonly model: string; readonly version: string } {
  const found = /^([^/@\s]+)[/@]([^/@\s]+)$/.exec(reference ?? "");
  if (found?.[1] !== undefined && found[2] !== undefined) return { model: found[1], version: found[2] };
  throw new CliError(`${reference ?? "(nothing)"}: expected NAME@VERSION`, { fix: "For example: flights@2." });
}
