import type { GateVerdict, ProjectSpec } from "@pave/contract";
import { suggestion } from "../../kernel/spec/index.ts";
import type { Target } from "./release-targets.ts";

/**
 * Says which names under `monitor.drift.ignore` are columns of no model that is released: such a name does nothing, and
 * whoever wrote it relies on it. Nothing where it could belong to another model of the project, or to one whose inputs
 * are not known. Never blocks by itself.
 */
export function checkIgnored(
  { monitor, serve }: Pick<ProjectSpec, "monitor" | "serve">,
  targets: readonly Pick<Target, "name" | "version">[],
): GateVerdict[] {
  const released = new Set(targets.map(({ name }) => name));
  const signatures = targets.map(({ version }) => version.signature);
  if (Object.keys(serve).some((name) => !released.has(name)) || signatures.includes(null)) return [];
  const columns = new Set(signatures.flatMap((signature) => signature?.inputs.map(({ name }) => name) ?? []));
  const unknown = [...new Set(monitor.drift?.ignore ?? [])].filter((name) => !columns.has(name));
  return unknown.map((name) => ({
    check: "monitor.drift.ignore names columns of the model",
    when: null,
    message: null,
    mode: "warn",
    origin: "project",
    verdict: "fail",
    detail: `no model of this release has an input \`${name}\`, so it does nothing${suggestion(name, columns)}`,
  }));
}
