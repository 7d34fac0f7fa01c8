import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { counted, type ModelVersion, type Plan, type Project, type PythonEnvironment } from "@pave/contract";
import { prepareFlights } from "../../examples/flight-delays/prepare.ts";
import { connect } from "../../packages/cli/src/connection.ts";
import { CommandFailed, pave, root } from "./pave.ts";
import { folder, liveVersion, passed, planForProduction, project, sample, seePlanThrough, stateOf } from "./sample.ts";

/*
 * The stages up to a first version in production.
 */

export async function drawData(rows = 200_000): Promise<string> {
  const target = join(sample, "data");
  const done = join(target, "drawn.json");
  const wanted = JSON.stringify({ rows, later: 20_000, seed: 7 });
  if ((await readFile(done, "utf8").catch(() => "")) === wanted) return "drawn before";
  const { flights, later } = await prepareFlights({
    parquet: join(root, "node_modules", "vega-datasets", "data", "flights-3m.parquet"),
    outFolder: target,
    rows,
    seed: 7,
  });
  await writeFile(done, wanted);
  return `${flights.rows.toLocaleString("en")} of 3,000,000 US flights, January to May 2001; ${later.rows.toLocaleString("en")} of June for traffic`;
}

/** The team that the sample says it belongs to. */
export async function createTeam(): Promise<string> {
  const { items } = await (await connect()).listTeams();
  if (items.some(({ name }) => name === "team-ops")) return "is there";
  await pave(["teams", "create", "team-ops"]);
  return "team-ops owns the project";
}

export async function createProject(): Promise<string> {
  const known = await (await connect()).getProject({ params: { project } }).catch(() => undefined);
  if (known && existsSync(join(folder, "pave.yaml"))) return `is there: ${folder}`;
  const example = join(root, "examples", "flight-delays");
  const created = await pave<{ warnings: string[] }>(
    [
      "new",
      "flight-delays",
      "--data",
      join(sample, "data", "flights.parquet"),
      "--sql",
      join(example, "features.sql"),
      "--answers",
      join(example, "answers.yaml"),
      "--target",
      "late",
      "--yes",
    ],
    { folder: sample },
  );
  return `${folder}${created.warnings.length > 0 ? `; ${counted(created.warnings.length, "warning")} about the data` : ""}`;
}

export async function makeEnvironment(): Promise<string> {
  const environment = await pave<PythonEnvironment>(["sync"], { folder });
  return `${counted(environment.packages.length, "package")} by ${environment.tool}, ${environment.digest?.slice(7, 19)}`;
}

export async function checkVersion(version: string): Promise<string> {
  const model = await pave<ModelVersion>(["models", "show", `${project}@${version}`], { folder });
  if (model.status !== "READY") throw new CommandFailed(`flight-delays version ${version} is ${model.status}`);
  return `version ${version}, scored ${counted(model.check?.rows ?? 0, "reference row")}, ${model.bytes.toLocaleString("en")} bytes, from run ${model.run?.number ?? "?"}`;
}

export async function checkProvisioned(): Promise<string> {
  const { road } = await pave<Project>(["status"], { folder });
  const { items } = await (await connect()).listResources({ params: { project } });
  if (items.length === 0) throw new CommandFailed("the first plan provisioned nothing");
  const done = road.filter(({ state }) => state === "done");
  return `${counted(items.length, "resource")}: ${[...new Set(items.map(({ type }) => type))].join(", ")}; ${counted(done.length, "stage")} done`;
}

export async function promoteFirst(): Promise<string> {
  if ((await liveVersion("production")) >= 1) return "version 1 was there";
  let plan = await planForProduction("1");
  const gates = passed(plan);
  if (plan.state === "open")
    plan = await pave<Plan>(["plans", "approve", String(plan.number), "-m", "first release of the sample"], { folder });
  plan = await seePlanThrough(plan);
  if (plan.state !== "applied") throw new CommandFailed(stateOf(plan));
  return `plan ${plan.number}: ${counted(gates, "gate")} passed, approved, applied`;
}

/** A token that may call endpoints of this project and nothing else. */
export async function endpointToken(): Promise<string> {
  const scope = ["--project", project, "--scope", "deployment.predict", "--days", "7"];
  return (await pave<{ token: string }>(["tokens", "create", "sample traffic", ...scope])).token;
}
