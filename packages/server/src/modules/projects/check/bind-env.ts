import { reservedVariable, secretNameSchema } from "@pave/contract";
import { suggestion } from "../../../kernel/spec/index.ts";
import type { Finding } from "./finding.ts";
import { referencesIn, substituteVars, type Vars } from "./substitute-vars.ts";

/** Names that the platform knows for a project, by environment; null is for runs of none. */
export interface KnownName {
  readonly name: string;
  readonly environment: string | null;
}

/** Against what names of secrets and connections are checked. */
export interface KnownNames {
  readonly secrets: readonly KnownName[];
  readonly connections: readonly KnownName[];
  /** Of the run; undefined where there is none yet: then a name of any environment will do. */
  readonly environment: string | null | undefined;
}

export interface BoundEnv {
  /** With variables in their places; `${{ secrets.NAME }}` stays as it is. */
  readonly env: Readonly<Record<string, string>>;
  /** Names of the secrets in it. */
  readonly secrets: readonly string[];
  /** Paths below the step's `env`. */
  readonly findings: readonly Finding[];
}

/** Takes a step's `env:` apart. Without `known` the names of secrets are not looked up. */
export function bindEnv(given: Readonly<Record<string, string>>, vars: Vars, known?: KnownNames): BoundEnv {
  const env: Record<string, string> = {};
  const secrets = new Set<string>();
  const findings: Finding[] = [];
  for (const [variable, text] of Object.entries(given)) {
    const path = [variable];
    if (reservedVariable.test(variable))
      findings.push({
        path,
        key: true,
        message: `\`${variable}\` is set by the platform for every step`,
        fix: "use another name",
      });
    const { value, used, found } = bindText(text, vars, path);
    for (const name of used) secrets.add(name);
    findings.push(...found, ...used.flatMap((name) => secretFinding(name, path, known)));
    env[variable] = value;
  }
  return { env, secrets: [...secrets], findings };
}

function bindText(text: string, vars: Vars, path: Finding["path"]) {
  const used: string[] = [];
  const found: Finding[] = [];
  let [value, end] = ["", 0];
  for (const { start, whole, inner } of referencesIn(text)) {
    const name = inner.startsWith("secrets.") ? inner.slice("secrets.".length) : undefined;
    if (name !== undefined && !secretNameSchema.safeParse(name).success)
      found.push({
        path,
        message: `\`${whole}\`: expected a secret's name such as API_TOKEN, found \`${name}\``,
        fix: "write it as `pave secrets list` does",
      });
    else if (name !== undefined) used.push(name);
    const bound = name === undefined ? substituteVars(whole, vars, path) : undefined;
    found.push(...(bound?.findings ?? []));
    value += `${text.slice(end, start)}${bound ? String(bound.value) : secretReference(name ?? "")}`;
    end = start + whole.length;
  }
  return { value: value + text.slice(end), used, found };
}

const secretReference = (name: string): string => `\${{ secrets.${name} }}`;

/** The text with values in the places of its secrets. */
export const fillSecrets = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(/\$\{\{ secrets\.([A-Z][A-Z0-9_]*) \}\}/g, (whole, name: string) => values.get(name) ?? whole);

const secretFinding = (name: string, path: Finding["path"], known: KnownNames | undefined): Finding[] =>
  known === undefined
    ? []
    : nameFinding(
        { what: "secret", command: `pave secrets set ${name}` },
        name,
        path,
        known.secrets,
        known.environment,
      );

/** What is wrong with the name of a secret or a connection; nothing where there is one for this run. */
export function nameFinding(
  { what, command }: { readonly what: string; readonly command: string },
  name: string,
  path: Finding["path"],
  known: readonly KnownName[],
  environment: string | null | undefined,
): Finding[] {
  const own = known.filter((item) => item.name === name);
  if (own.some((item) => environment === undefined || item.environment === null || item.environment === environment))
    return [];
  const names = [...new Set(known.map((item) => item.name))];
  if (own.length === 0)
    return [
      {
        path,
        message: `there is no ${what} \`${name}\`${suggestion(name, names)}`,
        fix: `correct the name, or make it: \`${command}\``,
      },
    ];
  const of = own.map((item) => item.environment).join(", ");
  const flag = environment === null ? "" : ` --environment ${environment}`;
  return [
    {
      path,
      message: `${what} \`${name}\` is for the environment ${of} alone, and this run is ${environment === null ? "for none" : `for ${environment}`}`,
      fix: `make one for it: \`${command}${flag}\`; or run for an environment that has it: \`pave run --environment ${own[0]?.environment}\``,
    },
  ];
}
