import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { reachableRoot } from "../packages/server/src/drivers/process/reachable.ts";
import { processesIn } from "../packages/server/src/runner/testing/processes-in.ts";
import { eventually } from "./support/eventually.ts";
import { createFixtureProject } from "./support/fixture-project.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";

const isRoot = process.getuid?.() === 0;
if (!isRoot) console.log("steps against the platform: skipped, only root can run steps under users of their own");

/** A step of a real run, written by somebody hostile who knows where everything is. */
describe.skipIf(!isRoot)("a step that spies", { timeout: 400_000 }, () => {
  let platform: TestPlatform;
  let folder: string;

  beforeAll(async () => {
    platform = await startPlatform();
    folder = await createFixtureProject(platform, "spy");
  });
  afterAll(() => platform?.remove());

  it("is refused the platform's tokens, database, processes and the folders of other runs", async () => {
    // the victim: a step of another run, in the middle of its work
    const victim = await platform.json<Run>(["run", "victim", "--no-wait"], { folder });
    const root = await reachableRoot(platform.home);
    const attempt = await eventually(
      "the victim's folder",
      async () => {
        const log = await platform.client.getLogs({
          params: { project: "spy", run: victim.number, step: "wait" },
          query: {},
        });
        return log.chunks.map(({ text }) => text).join("");
      },
      (text) => text.includes("waiting in "),
      60_000,
    );
    const [, input = ""] = /waiting in (\S+) as (\d+)/.exec(attempt) ?? [];
    expect(input).toMatch(/^\//);
    const [pid = ""] = await processesIn(join(input, "..", ".."));
    expect(pid).toMatch(/^\d+$/);

    const pids = await platform.pids();
    const targets = {
      "the client's token": ["read", join(platform.home, "cli.json")],
      "the roles' tokens": ["read", join(platform.home, "roles.json")],
      "the data folder": ["list", platform.home],
      "the artifact store": ["list", join(platform.home, "artifacts")],
      "the database's files": ["list", join(root, "postgres")],
      "the database's socket": ["connect", await databaseSocket(pids.postgres)],
      "the gateway's control socket": ["connect", await gatewaySocket(platform.home)],
      "the server's environment": ["read", `/proc/${pids.server}/environ`],
      "the runner's environment": ["read", `/proc/${pids.runner}/environ`],
      "the gateway's environment": ["read", `/proc/${pids.gateway}/environ`],
      "the server's memory": ["read", `/proc/${pids.server}/mem`],
      "another run's input": ["read", input],
      "another run's folder": ["list", join(input, "..")],
      "another run's environment": ["read", `/proc/${pid}/environ`],
      "all attempts": ["list", join(root, "runner", "attempts")],
      "another run's process": ["kill", Number(pid)],
      "the server": ["kill", pids.server],
      "becoming root": ["setuid", 0],
      "its tracking server": ["track", "/api/2.0/mlflow/runs/create"],
      "the gateway": ["port", Number(new URL((await platform.client.systemInfo()).gateway.url).port)],
    } as const;
    await writeFile(join(folder, "steps", "spy", "targets.json"), JSON.stringify(targets));

    const run = await platform.json<Run>(["run", "spy"], { folder });
    expect(run.state, run.message ?? "").toBe("succeeded");
    const report = run.graph[0]?.outputs.find(({ port }) => port === "report")?.artifact?.metadata as {
      errors: Record<string, string>;
      uid: number;
      platform: string[];
    };
    console.log(`what the step was told: ${JSON.stringify(report.errors)}`);
    const [step] = run.graph;
    const isConfined = step?.attempts[0]?.isolation?.files === true;
    const signals = new Set(["another run's process", "the server"]);
    const told = (name: string): string => {
      if (name === "its tracking server") return "worked";
      if (name === "the gateway") return "ECONNREFUSED";
      if (name === "becoming root") return isConfined ? "EINVAL" : "EPERM";
      // there is one folder in it, its own
      if (name === "all attempts" && isConfined) return "worked";
      // what cannot be seen is not refused: it is not there
      return isConfined ? (signals.has(name) ? "ESRCH" : "ENOENT") : signals.has(name) ? "EPERM" : "EACCES";
    };
    expect(report.errors).toEqual(Object.fromEntries(Object.keys(targets).map((name) => [name, told(name)])));
    expect(step?.attempts[0]?.isolation).toMatchObject({ user: true, network: "none" });
    const shown = await platform.json<Run>(["runs", "show", String(run.number)], { folder });
    expect(shown.graph[0]?.attempts[0]?.isolation).toEqual(step?.attempts[0]?.isolation);
    expect(report.uid).toBeGreaterThan(1000);
    // its environment names the API and a token for this run, nothing else of the platform
    expect(report.platform.filter((name) => /PAVE_(HOME|ROLE_TOKEN|DATABASE_URL|API_URL)/.test(name))).toEqual([]);

    await platform.json(["runs", "cancel", String(victim.number)], { folder });
    await eventually(
      "the victim cancelled",
      () => platform.client.getRun({ params: { project: "spy", run: victim.number } }),
      ({ state }) => state === "cancelled",
    );
  });
});

/** Where PostgreSQL listens, from its own command line. */
async function databaseSocket(pid: number): Promise<string> {
  const sockets = (await readFile("/proc/net/unix", "utf8")).split("\n").map((line) => line.split(/\s+/).at(-1) ?? "");
  const folders = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0");
  const found = sockets.filter((path) => /\.s\.PGSQL\.\d+$/.test(path));
  const own = found.find((path) => folders.some((part) => part.includes(path.slice(0, path.lastIndexOf("/")))));
  const path = own ?? (await socketBySettings(pid, found));
  if (!path) throw new Error(`no socket of PostgreSQL found among ${found.join(", ")}`);
  return path;
}

async function socketBySettings(pid: number, found: readonly string[]): Promise<string | undefined> {
  const data = await readFile(`/proc/${pid}/cwd/postmaster.pid`, "utf8");
  const folder = data.split("\n")[4] ?? "";
  return found.find((path) => path.startsWith(folder));
}

async function gatewaySocket(home: string): Promise<string> {
  const sockets = (await readFile("/proc/net/unix", "utf8")).split("\n").map((line) => line.split(/\s+/).at(-1) ?? "");
  const files = await readdir(join(home, "gateway"));
  const own = sockets.find((path) => path.startsWith(home));
  if (!own) throw new Error(`no control socket below ${home}/gateway: ${files.join(", ")}`);
  return own;
}
