import { digestOfJson } from "../../kernel/json.ts";
import type { CommandDefinition } from "./step-definition.ts";

/**
 * What a step's result depends on, kept in full beside the key so that a miss can say what changed. Requests, limits,
 * labels and compute are not in it: where and how fast a step runs does not change what comes out.
 */
export interface CacheFields {
  readonly component: {
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly builtin: boolean;
  };
  readonly command: readonly string[];
  /** Path to digest. */
  readonly code: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, unknown>>;
  /** Port to the digest of its contents. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, unknown>>;
  /** What is installed; null for a step without Python. */
  readonly python: { readonly digest: string } | null;
  readonly vars: Readonly<Record<string, unknown>>;
  /** Of its process. Secrets stand in it by name: which value they have does not change what should come out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where it leads; not its password. */
  readonly connection?: { readonly name: string; readonly identity: string };
}

export function cacheFields(
  definition: CommandDefinition,
  inputs: Readonly<Record<string, string>>,
  python: { readonly digest: string } | null,
): CacheFields {
  const { component, command, code, params, outputs, vars, env, connection } = definition;
  return {
    component: {
      name: component.name,
      version: component.version,
      digest: component.digest,
      builtin: component.builtin !== null,
    },
    command,
    code: Object.fromEntries(
      codeFiles(code).map((file) => [file.path, file.executable ? `${file.digest}+x` : file.digest]),
    ),
    params,
    inputs,
    outputs,
    python,
    vars,
    ...(env ? { env } : {}),
    ...(connection ? { connection: { name: connection.name, identity: connection.identity } } : {}),
  };
}

/** What component.yaml says is in the component's digest, as far as it can change a result. */
const codeFiles = (code: CommandDefinition["code"]) => code.filter((file) => file.path !== "component.yaml");

/** Results are shared within a project, between pipelines and steps alike. */
export function cacheKey(projectId: string, fields: CacheFields): string {
  const component = fields.component.digest;
  return digestOfJson({ pave: 1, projectId, ...fields, component });
}

/** In words, what is different from an earlier success; null when nothing is. */
export function explainMiss(earlier: CacheFields, now: CacheFields, uses: string): string | null {
  const found = [
    ...codeChanges(earlier, now, uses),
    ...changed(earlier.params, now.params).map(
      (name) => `param ${name} ${fromTo(earlier.params[name], now.params[name])}`,
    ),
    ...changed(earlier.vars, now.vars).map((name) => `variable ${name} ${fromTo(earlier.vars[name], now.vars[name])}`),
    ...changed(earlier.env ?? {}, now.env ?? {}).map((name) => `environment variable ${name} changed`),
    ...changed(earlier.inputs, now.inputs).map(
      (name) => `input ${name} ${addedOrRemoved(earlier.inputs[name], now.inputs[name])}`,
    ),
    ...(isSame(earlier.python, now.python) ? [] : ["Python environment changed"]),
    ...(isSame(earlier.connection ?? null, now.connection ?? null) ? [] : ["the connection leads elsewhere"]),
    ...(isSame(earlier.outputs, now.outputs) ? [] : ["declared outputs changed"]),
  ];
  if (found.length === 0) return null;
  const shown = found.slice(0, 3).join("; ");
  return found.length > 3 ? `${shown}; and ${found.length - 3} more changes` : shown;
}

function codeChanges(earlier: CacheFields, now: CacheFields, uses: string): string[] {
  const before = earlier.component;
  const after = now.component;
  if (before.name !== after.name) return [`component changed from ${before.name} to ${after.name}`];
  const files = changed(earlier.code, now.code);
  if (files.length > 0) return [`code of ${placeOf(uses)} changed: ${list(files)}`];
  if (!isSame(earlier.command, now.command)) return [`command of ${placeOf(uses)} changed`];
  if (before.digest === after.digest) return [];
  if (before.version !== after.version)
    return [`component ${after.name} changed from ${before.version} to ${after.version}`];
  return [`component ${after.name} changed`];
}

const placeOf = (uses: string): string => uses.replace(/^\.\//, "");

const list = (names: readonly string[]): string =>
  names.length > 3 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");

/** Names of which the values differ, in the order of the present ones. */
function changed(earlier: Readonly<Record<string, unknown>>, now: Readonly<Record<string, unknown>>): string[] {
  const names = new Set([...Object.keys(now), ...Object.keys(earlier)]);
  return [...names].filter((name) => !isSame(earlier[name], now[name]));
}

const isSame = (a: unknown, b: unknown): boolean => digestOfJson([a ?? null]) === digestOfJson([b ?? null]);

function fromTo(before: unknown, after: unknown): string {
  if (before === undefined) return `was added as ${show(after)}`;
  if (after === undefined) return `was removed`;
  return `changed from ${show(before)} to ${show(after)}`;
}

const addedOrRemoved = (before: unknown, after: unknown): string =>
  before === undefined ? "was added" : after === undefined ? "was removed" : "changed";

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
