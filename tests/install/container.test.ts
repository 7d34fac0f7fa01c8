import { execFile, execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Plan, Run } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { packPave } from "../support/packed-pave.ts";
import { hasPodman, makeBaseImage, openPodman, type Podman } from "../support/podman.ts";
import { tinyFolder } from "../support/tiny-project.ts";

const execute = promisify(execFile);
const uid = 10_001;
const root = join(import.meta.dirname, "..", "..");

if (!hasPodman()) console.log("the container: skipped, as this test needs podman, runc and root");
if (!hasPodman() && process.env.PAVE_REQUIRE_PODMAN) throw new Error("podman and runc are to be installed");

/** The Containerfile of the repository, on a base made of this machine's programs: an image cannot be pulled here. */
describe.skipIf(!hasPodman())("the container", { timeout: 240_000 }, () => {
  let folder: string;
  let podman: Podman;
  let close: () => Promise<void>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-box-"));
    ({ podman, close } = await openPodman(folder));
    const context = join(folder, "context");
    await mkdir(context);
    const tarball = await packPave(context);
    await makeBaseImage(podman, folder, "localhost/pave-base");
    const cache = (await execute("npm", ["config", "get", "cache"], { cwd: root })).stdout.trim();
    await podman(
      ...["build", "--quiet", "--layers=false", "--format", "docker", "--network", "none", "--tag", "localhost/pave"],
      ...["--file", join(root, "packaging/container/Containerfile")],
      ...["--volume", `${cache}:/tmp/npm-cache`, "--build-arg", "BASE=localhost/pave-base"],
      ...["--build-arg", `TARBALL=${basename(tarball)}`, "--build-arg", "NPM_FLAGS=--offline --cache /tmp/npm-cache"],
      context,
    );
    await mkdir(join(folder, "data"));
    execFileSync("chown", [`${uid}:${uid}`, join(folder, "data")]);
  }, 240_000);
  afterAll(async () => {
    await close?.();
    await rm(folder, { recursive: true, force: true });
  });

  const logOf = async (name: string) =>
    readFile(await podman("inspect", "--format", "{{.HostConfig.LogConfig.Path}}", name), "utf8");

  /** As docs/install.md says: nothing can be written but the data and /tmp, and there are no rights to have. */
  const start = async (name: string) => {
    await podman(
      ...["run", "--detach", "--name", name, "--network", "none", "--read-only", "--tmpfs", "/tmp:size=256m,mode=1777"],
      ...["--cap-drop", "all", "--security-opt", "no-new-privileges", "--pids-limit", "512", "--memory", "3g"],
      ...["--volume", `${join(folder, "data")}:/data`, "localhost/pave"],
    );
    await eventually(
      "its health",
      () =>
        podman("healthcheck", "run", name).then(
          () => true,
          () => false,
        ),
      (isWell) => isWell,
    ).catch(async (error: unknown) => {
      throw new Error(await logOf(name), { cause: error });
    });
  };
  const pave = async <T>(name: string, ...args: string[]) => {
    const words = ["exec", "--workdir", "/data/projects/tiny", name, "pave", ...args, "--json"];
    return JSON.parse(await podman(...words)) as T;
  };
  let answer: unknown;

  it("runs as an ordinary user and says at start that its port is open without TLS", async () => {
    await start("first");
    expect(await podman("exec", "first", "id", "-u")).toBe(String(uid));
    const log = await logOf("first");
    expect(log).toContain("PAVE_HOST=0.0.0.0: the api is open to the network without TLS");
    expect(log).not.toContain("pave_link_");
    await expect(podman("exec", "first", "sh", "-c", "echo >/opt/pave/x")).rejects.toThrow(/Read-only file system/);
  });

  it("walks the road on its own PostgreSQL", async () => {
    const project = join(folder, "data", "projects", "tiny");
    await tinyFolder(project, "tiny");
    execFileSync("chown", ["-R", `${uid}:${uid}`, join(folder, "data", "projects")]);
    await pave("first", "init", "--yes");
    expect(await pave<Run>("first", "run")).toMatchObject({ state: "succeeded" });
    expect(await pave<Plan>("first", "deploy", "--to", "staging")).toMatchObject({ state: "applied" });
    answer = await pave("first", "predict", "staging");
    expect(JSON.stringify(answer)).toContain("probabilit");
  });

  it("ends in time when it is told to, and its data are there in the next container", async () => {
    const from = performance.now();
    await podman("stop", "--time", "30", "first");
    expect(performance.now() - from).toBeLessThan(15_000);
    expect(await podman("inspect", "--format", "{{.State.ExitCode}}", "first")).toBe("0");
    await podman("rm", "first");
    await start("second");
    const next = await eventually(
      "the prediction",
      () => pave("second", "predict", "staging").catch(() => undefined),
      (found) => found !== undefined,
    );
    expect(scores(next)).toEqual(scores(answer));
  });

  it("has no secret in its layers", async () => {
    const text = await podman("history", "--no-trunc", "--format", "{{.CreatedBy}}", "localhost/pave");
    expect(text).not.toMatch(/token|password|secret|_auth/i);
    const config = await podman("inspect", "--format", "{{json .Config.Env}}", "localhost/pave");
    expect(JSON.parse(config).filter((line: string) => /TOKEN|KEY|SECRET|PASSWORD/.test(line))).toEqual([]);
  });
});

/** Without what differs from answer to answer. */
const scores = (answer: unknown): unknown => (answer as { predictions?: unknown }).predictions ?? answer;
