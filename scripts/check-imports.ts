import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

/**
 * Fails on an import that the house forbids. Ranks: a module imports only lower ranks, and another module only through
 * its `index.ts`; plumbing imports no module; the data plane and the runner see neither database nor modules. In the
 * portal `lib` knows nothing of `ui`, and neither of both anything of pages.
 */
const root = join(import.meta.dirname, "..");
const server = "packages/server/src";

export const moduleRanks: Readonly<Record<string, number>> = {
  ledger: 1,
  access: 2,
  people: 3,
  plans: 3,
  terminals: 3,
  trusts: 3,
  usage: 3,
  discussion: 3,
  secrets: 3,
  artifacts: 4,
  components: 4,
  connections: 4,
  projects: 4,
  computes: 4,
  webhooks: 4,
  backups: 5,
  tracking: 5,
  models: 5,
  files: 6,
  imports: 6,
  pipelines: 6,
  "supply-chain": 6,
  reviews: 6,
  "dev-environments": 6,
  infrastructure: 6,
  serving: 7,
  "ground-truth": 8,
  monitoring: 8,
  releases: 9,
  collection: 10,
  insights: 10,
  ownership: 10,
  assistant: 10,
  notifications: 10,
  repositories: 10,
};

/** Within a rank, what may import what; no cycle may come of it. */
const sameRank: Readonly<Record<string, readonly string[]>> = {
  components: ["artifacts"],
  connections: ["components"],
  projects: ["artifacts", "components"],
  models: ["tracking"],
};

/** Which parts of the server each part may import. `modules` are judged by rank. */
const parts: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  drivers: ["kernel"],
  db: ["kernel", "drivers"],
  jobs: ["kernel", "db"],
  http: ["kernel", "db"],
  modules: ["kernel", "drivers", "db", "jobs", "http"],
  protocols: ["kernel", "db", "http", "modules"],
  gateway: ["kernel", "drivers"],
  runner: ["kernel", "drivers", "gateway"],
};

const portal = "packages/portal/src";
/** Which parts of the portal these parts may import; pages and what is around them may import all. */
const portalParts: Readonly<Record<string, readonly string[]>> = { lib: ["lib"], ui: ["lib", "ui"] };

export interface Violation {
  readonly file: string;
  readonly imports: string;
  readonly reason: string;
}

/** Judges one import, both as paths from the repository's root. */
export function judgeImport(file: string, target: string): string | undefined {
  if (packageOf(file) !== packageOf(target) && target.startsWith("packages/"))
    return "packages import each other by name, not by path";
  if (file.startsWith(`${portal}/`)) return judgePortal(file, target);
  if (!file.startsWith(`${server}/`) || !target.startsWith(`${server}/`)) return undefined;
  const [from, to] = [partOf(file), partOf(target)];
  if (from === undefined || (to !== undefined && from === to && from !== "modules")) return undefined;
  if (to === undefined)
    return /\.(test|suite)\.ts$/.test(file) ? undefined : `${from} imports ${target}, which knows every module`;
  if (!(parts[from] ?? []).includes(to) && from !== to)
    return `${from} may import ${(parts[from] ?? []).join(", ") || "nothing of the server"}, not ${to}`;
  if (to === "modules") return judgeModules(file, target, from);
  if (from === "runner" && to === "gateway" && !target.startsWith(`${server}/gateway/check-model/`))
    return "the runner uses only check-model of the gateway";
  return undefined;
}

function judgePortal(file: string, target: string): string | undefined {
  const [from = "", to = ""] = [file, target].map((path) => path.slice(portal.length + 1).split("/")[0]);
  const allowed = portalParts[from];
  return !allowed || allowed.includes(to)
    ? undefined
    : `${from} of the portal may import ${allowed.join(", ")}, not ${to}`;
}

function judgeModules(file: string, target: string, from: string): string | undefined {
  const [mine, other] = [from === "modules" ? moduleOf(file) : undefined, moduleOf(target)];
  if (mine === other) return undefined;
  if (!target.endsWith(`/modules/${other}/index.ts`)) return `${other} is used through its index.ts only`;
  if (mine === undefined) return undefined;
  const [mineRank, otherRank] = [moduleRanks[mine], moduleRanks[other ?? ""]];
  if (mineRank === undefined || otherRank === undefined) return `${mine} or ${other} has no rank in check-imports`;
  if (otherRank < mineRank || (sameRank[mine] ?? []).includes(other ?? "")) return undefined;
  return `${mine} (rank ${mineRank}) must not import ${other} (rank ${otherRank})`;
}

const packageOf = (path: string): string => path.split("/").slice(0, 2).join("/");
const moduleOf = (path: string): string | undefined => path.split("/modules/")[1]?.split("/")[0];
function partOf(path: string): string | undefined {
  const part = path.slice(server.length + 1).split("/")[0] ?? "";
  return part in parts ? part : undefined;
}

export function findViolations(): Violation[] {
  const files = readdirSync(join(root, "packages"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(ts|tsx)$/.test(name) && !name.includes("node_modules") && !name.includes("/dist/"))
    .map((name) => `packages/${name}`);
  const graph = new Map<string, string[]>();
  const violations: Violation[] = [];
  for (const file of files) {
    const targets = importsOf(file);
    // types alone make no cycle at run time
    graph.set(file, importsOf(file, { types: false }));
    for (const target of targets) {
      const reason = judgeImport(file, target);
      if (reason) violations.push({ file, imports: target, reason });
    }
  }
  for (const cycle of findCycles(graph))
    violations.push({ file: cycle[0] ?? "", imports: cycle.slice(1).join(" -> "), reason: "circular import" });
  return violations;
}

export function importsOf(file: string, { types = true } = {}): string[] {
  const source = readFileSync(join(root, file), "utf8");
  const text = types ? source : source.replace(/^\s*(import|export) type [^;]*;/gm, "");
  const specifiers = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\s(?:[^"';]*?\sfrom\s)?"(\.[^"]+)"/g),
    ...text.matchAll(/\bimport\(\s*"(\.[^"]+)"\s*\)/g),
  ];
  return specifiers.map((match) => relative(root, resolve(root, dirname(file), match[1] ?? "")));
}

function findCycles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const state = new Map<string, "open" | "done">();
  const cycles: string[][] = [];
  const visit = (file: string, path: string[]) => {
    if (state.get(file) === "done") return;
    if (state.get(file) === "open") {
      cycles.push([...path.slice(path.indexOf(file)), file]);
      return;
    }
    state.set(file, "open");
    for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
    state.set(file, "done");
  };
  for (const file of graph.keys()) visit(file, []);
  return cycles;
}

if (process.argv[1] === import.meta.filename) {
  const violations = findViolations();
  for (const { file, imports, reason } of violations)
    process.stderr.write(`${file}\n  imports ${imports}\n  ${reason}\n`);
  process.stdout.write(
    violations.length === 0 ? "Imports follow the ranks.\n" : `${violations.length} imports break the house's rules.\n`,
  );
  process.exitCode = violations.length === 0 ? 0 : 1;
}
