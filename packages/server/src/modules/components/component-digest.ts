import type { ComponentSpec, FileEntry } from "@pave/contract";
import { digestOfJson } from "../../kernel/json.ts";
import { fileTreeOf } from "../artifacts/index.ts";

export const specFile = "component.yaml";

/**
 * What a component is, for caches and locks: its ports, params and command, and its code. Not its summary, tests,
 * requests or limits: changing those changes no result.
 */
export function componentDigest(spec: ComponentSpec, files: readonly FileEntry[]): string {
  const { name, inputs, params, outputs, run } = spec;
  const code = fileTreeOf(files.filter((file) => file.path !== specFile)).digest;
  return digestOfJson({ name, inputs, params, outputs, run, code });
}
