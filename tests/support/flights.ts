import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Plan, Run } from "@pave/contract";
import { prepareFlights } from "../../examples/flight-delays/prepare.ts";
import { eventually } from "./eventually.ts";
import type { TestPlatform } from "./platform.ts";

const root = join(import.meta.dirname, "..", "..");
const example = join(root, "examples", "flight-delays");

export const project = "flight-delays";

/** A sample of the published flights: those before June to train on, and some of June. Drawn once a machine and size. */
export async function flightsSample(rows = 20_000): Promise<{ flights: string; later: string }> {
  const folder = join(tmpdir(), `pave-test-flights-${rows}-${process.getuid?.() ?? 0}`);
  if (!(await isThere(folder))) {
    const draft = `${folder}.${process.pid}`;
    await mkdir(draft, { recursive: true });
    const parquet = join(root, "node_modules", "vega-datasets", "data", "flights-3m.parquet");
    await prepareFlights({ parquet, outFolder: draft, rows, laterRows: 2_000, seed: 7 });
    await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
  }
  return { flights: join(folder, "flights.parquet"), later: join(folder, "later.parquet") };
}

/** The team that the sample project belongs to. */
export const createOwner = (platform: TestPlatform) => platform.json(["teams", "create", "team-ops"]);

/** What a person types to start the sample project, without the options that say how. */
export async function newProjectArguments(rows?: number): Promise<string[]> {
  const { flights } = await flightsSample(rows);
  const files = ["--data", flights, "--sql", join(example, "features.sql"), "--answers", join(example, "answers.yaml")];
  // so small a sample does not reach what operations ask of the whole
  return ["new", project, ...files, "--target", "late", "--set", "minimumAuc=0.55", "--set", "maxIterations=20"];
}

/** The sample project, pushed; gives its folder. */
export async function createFlights(platform: TestPlatform, rows?: number): Promise<string> {
  await createOwner(platform);
  await platform.json([...(await newProjectArguments(rows)), "--yes"], { folder: platform.folder });
  return join(platform.folder, project);
}

/** Runs the pipeline with so many iterations, which makes a new version of the model. */
export const trainVersion = (platform: TestPlatform, folder: string, iterations: number): Promise<Run> =>
  platform.json<Run>(["run", "--var", `maxIterations=${iterations}`], { folder });

/** Releases a version to staging, where it does not run yet, and to production; approves what waits. */
export async function releaseToProduction(platform: TestPlatform, version: number): Promise<Plan> {
  const models = [`${project}@${version}`];
  const { items } = await platform.client.listDeployments({ params: { project } });
  const staging = items.find(({ environment }) => environment === "staging");
  if (staging?.active?.modelVersion !== String(version)) await release(platform, { environment: "staging", models });
  return release(platform, { environment: "production", from: "staging" });
}

/** Makes a plan, approves it where that is asked for, and waits for its end. */
async function release(
  { client }: TestPlatform,
  body: { environment: string; models?: string[]; from?: string },
): Promise<Plan> {
  const made = await client.createPlan({ params: { project }, body });
  const params = { project, plan: made.number };
  const approve = ({ hash }: Plan) => client.approvePlan({ params, body: { hash } });
  if (made.state === "open") await approve(made);
  const isOver = ({ state }: Plan) => !["evaluating", "open", "ready", "applying"].includes(state);
  const plan = await eventually(
    `plan ${made.number}`,
    async () => {
      const now = await client.getPlan({ params });
      return now.state === "open" ? approve(now) : now;
    },
    isOver,
    120_000,
  );
  if (plan.state !== "applied") throw new Error(`plan ${plan.number} is ${plan.state}: ${plan.message}`);
  return plan;
}

/** Edits one place of the project's `pave.yaml`. */
export async function editSpec(folder: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(folder, "pave.yaml");
  const text = await readFile(path, "utf8");
  const changed = text.replace(from, to);
  if (changed === text) throw new Error(`${path}: found nothing like ${from}`);
  await writeFile(path, changed);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
