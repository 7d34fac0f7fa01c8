import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { Run } from "@pave/contract";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { builtPave } from "./support/built-pave.ts";
import { startPlatform, type TestPlatform } from "./support/platform.ts";
import { isAlive } from "./support/processes.ts";
import { neutral, said } from "./support/said.ts";
import { type TinyProject, tinyProject } from "./support/tiny-project.ts";

vi.setConfig({ testTimeout: 300_000 });

/** The terminal client in the situations that people get it into. */
const cli = await builtPave();
let platform: TestPlatform;
let project: TinyProject;
beforeAll(async () => {
  platform = await startPlatform();
  project = await tinyProject(platform, "tiny");
});
afterAll(() => platform?.remove());

const say = async (...args: string[]) =>
  neutral(said(await platform.pave([...args, "--quiet"], { text: true })), { [platform.folder]: "<folder>" });

test("outside of a project: what waits for you, or what is missing", async () => {
  expect(await say("status")).toMatchInlineSnapshot(`
    "exit 0
    Nothing waits for you.

    No deployments yet."
  `);
  expect(await say("run")).toMatchInlineSnapshot(`
    "exit 2
    error There is no pave.yaml here or in a folder above
      Go into a project's folder, or start one with \`pave new NAME\`."
  `);
  expect(await say("runs", "list")).toMatchInlineSnapshot(`
    "exit 2
    error There is no pave.yaml here or in a folder above
      Go into a project's folder, or start one with \`pave new NAME\`."
  `);
  expect(await say("new", "tiny")).toMatchInlineSnapshot(`
    "exit 2
    error Template tabular-classification cannot be rendered: answer target: expected a string, found nothing; give it
      Give answers with --data and --target, with --set name=value, or in a file with --answers"
  `);
  expect(await say("new", "Tiny", "--yes")).toMatchInlineSnapshot(`
    "exit 2
    error pave new: "Tiny" is no project's name
      It must be lower-case letters, digits and dashes, start with a letter and have at most 63 characters."
  `);
  expect(await say("new", "x", "--template", "tabular", "--yes")).toMatchInlineSnapshot(`
    "exit 2
    error There is no template tabular; did you mean \`tabular-classification\`?
      Use one of tabular-classification"
  `);
});

test("errors are JSON with --json, from whatever side they come", async () => {
  for (const args of [["rnu"], ["run", "--refesh"], ["runs", "show"], ["run"], ["status", "--project", "none"]]) {
    const { code, data, stderr } = await platform.pave(args);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "" });
    expect(data).toEqual({ error: expect.objectContaining({ message: expect.any(String), fix: expect.any(String) }) });
  }
});

test("errors are JSON where a command is missing, and where the server's program has something to say", async () => {
  expect(await platform.pave(["runs"])).toMatchObject({ code: 2, data: { error: { message: "which command?" } } });
  expect(await platform.pave(["config"], { environment: { PAVE_PORT: "many" } })).toMatchObject({
    code: 1,
    data: { error: { message: 'PAVE_PORT: expected a number, found "many"', fix: expect.any(String) } },
  });
});

test("a project in a folder with spaces, from a folder below it; no colours without a terminal", async () => {
  const folder = join(platform.folder, "my projects", "the tiny one");
  await mkdir(join(folder, ".."), { recursive: true });
  await rename(project.folder, folder);
  const ran = await platform.pave(["run"], {
    folder: join(folder, "steps", "train"),
    text: true,
    environment: { CI: "true" },
  });
  expect(ran).toMatchObject({ code: 0 });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
  expect(ran.stdout + ran.stderr).not.toMatch(/\u001b/);
  await rename(folder, project.folder);
});

async function startRun(): Promise<void> {
  await platform.client.startRun({
    params: { project: "tiny" },
    body: { pipeline: "train", vars: {}, refresh: false },
  });
}

test("a reader that goes away, as head does, is no failure", async () => {
  for (let count = 0; count < 10; count += 1) await startRun();
  const shell = spawn(
    "bash",
    ["-c", `set -o pipefail; '${process.execPath}' '${cli}' runs list --json | head -c 100; echo " $?"`],
    {
      cwd: project.folder,
      env: { ...process.env, PAVE_HOME: platform.home },
    },
  );
  let [out, err] = ["", ""];
  shell.stdout.on("data", (chunk) => {
    out += chunk;
  });
  shell.stderr.on("data", (chunk) => {
    err += chunk;
  });
  await new Promise((resolve) => shell.once("close", resolve));
  expect(err).toBe("");
  expect(out).toMatch(/ 0\n$/);
});

test("Ctrl-C while waiting leaves the run going and says how to look at it", async () => {
  await project.put("steps/train/step.sh", 'sleep 6; cp -r model "$PAVE_OUTPUT/model"\n');
  const child = spawn(process.execPath, [cli, "run"], {
    cwd: project.folder,
    env: { ...process.env, PAVE_HOME: platform.home, NO_COLOR: "1" },
  });
  let err = "";
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  // from the first step that it tells of on, it follows the run, which goes on for some seconds
  await vi.waitFor(() => expect(err).toMatch(/Pushed[\s\S]*make/), 60_000);
  child.kill("SIGINT");
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect(code).toBe(130);
  expect(neutral(err)).toMatch(
    /error Run <?n?\d*>? goes on without this terminal\n {2}Look with `pave runs show <n>`, stop it with `pave runs cancel <n>`\.\n$/i,
  );
  const number = /runs show (\d+)/.exec(err)?.[1] ?? "";
  await vi.waitFor(
    async () => expect((await project.json<Run>(["runs", "show", number])).state).toBe("succeeded"),
    60_000,
  );
});

test("doctor says what is there and what is not", async () => {
  expect((await platform.pave(["doctor"], { text: true })).stdout).toMatch(
    /✔ platform +version .+, PostgreSQL .+, gateway connected, runner connected/,
  );
  const wrong = await platform.pave(["doctor"], {
    text: true,
    environment: { PAVE_PYTHON: "/no/python", PAVE_URL: "http://127.0.0.1:9" },
  });
  expect(wrong.code).toBe(1);
  expect(wrong.stdout).toMatch(/✖ python +PAVE_PYTHON=\/no\/python is no Python 3\.11 or newer\n +Install/);
  expect(wrong.stdout).toMatch(
    /✖ platform +http:\/\/127\.0\.0\.1:9: No platform answers at .+\n +Start it with `pave up`/,
  );
});

test("pave up where a platform runs already, where a port is taken, with a wrong setting", async () => {
  expect(await say("up")).toMatch(/^exit 0\nIt runs already at <url> \(process \d+\)\. Sign in with `pave open`\.$/);

  const other = createServer();
  const port = await new Promise<number>((resolve) =>
    other.listen(0, "127.0.0.1", () => resolve((other.address() as { port: number }).port)),
  );
  const up = async (environment: Record<string, string>) =>
    neutral(
      said(
        await platform.pave(["up", "--detach", "--quiet"], {
          text: true,
          environment: { PAVE_HOME: join(platform.folder, "second"), ...environment },
        }),
      ),
      { [platform.folder]: "<folder>", [String(port)]: "<port>", [String(port + 10)]: "<port+10>" },
    );
  expect(await up({ PAVE_PORT: String(port) })).toMatchInlineSnapshot(`
    "exit 1
    error 127.0.0.1:<port>: another program listens there already
      Stop that program, or choose another port: PAVE_PORT=<port+10> (0 takes a free one)."
  `);
  expect(await up({ PAVE_GATEWAY_PORT: String(port) })).toMatchInlineSnapshot(`
    "exit 1
    error 127.0.0.1:<port>: another program listens there already
      Stop that program, or choose another port: PAVE_GATEWAY_PORT=<port+10> (0 takes a free one)."
  `);
  expect(await up({ PAVE_PORT: "many" })).toMatchInlineSnapshot(`
    "exit 1
    error PAVE_PORT: expected a number, found "many"
      Correct the environment variables; \`pave config\` explains each."
  `);
  other.close();
  const noFolder = join(platform.folder, "no-folder");
  await writeFile(noFolder, "");
  expect(await up({ PAVE_HOME: noFolder })).toMatchInlineSnapshot(`
    "exit 1
    error data folder <folder>/no-folder cannot be written: it is a file
      Choose another with PAVE_HOME"
  `);

  // the file that names the server is gone, the server is not
  const file = join(platform.home, "server.json");
  const text = await readFile(file, "utf8");
  await writeFile(file, "{}");
  expect((await up({ PAVE_HOME: platform.home })).replace(/process \d+/, "process <n>")).toMatchInlineSnapshot(`
    "exit 1
    error <folder>/home: another Pave (process <n>) already uses this data folder
      Stop it with \`pave down\`, or choose another data folder"
  `);
  await writeFile(file, text);
});

test("pave down where the file that names the server is lost", async () => {
  await writeFile(join(platform.home, "server.json"), "");
  expect(await platform.json(["down"])).toMatchObject({ stopped: true, clean: true });
  await platform.start();
});

test("pave down where the server was killed ends what it left behind, and nothing is lost", async () => {
  const { server, gateway, runner, postgres } = await platform.pids();
  process.kill(server, "SIGKILL");
  while (await isAlive(server)) await delay(5);
  const down = await platform.json<{ stopped: boolean; leftovers: string[] }>(["down"]);
  expect(down).toEqual({ stopped: true, clean: false, leftovers: ["the gateway", "the database"] });
  await vi.waitFor(async () => {
    const alive = (await readdir("/proc")).map(Number);
    expect([server, gateway, runner, postgres].filter((pid) => alive.includes(pid))).toEqual([]);
  }, 60_000);
  expect(await say("down")).toMatchInlineSnapshot(`
    "exit 0
    No platform runs here."
  `);
  expect(await say("status")).toMatchInlineSnapshot(`
    "exit 4
    error No platform answers at <url>
      Start it with \`pave up\`, or correct the address: what you typed, the context, or PAVE_URL."
  `);
  await platform.start();
  expect((await project.json<{ items: Run[] }>(["runs", "list"])).items.length).toBeGreaterThan(10);
});
