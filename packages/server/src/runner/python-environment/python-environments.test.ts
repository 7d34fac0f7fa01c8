import { stat } from "node:fs/promises";
import type { PythonWork } from "@pave/contract";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { isRoot } from "../../drivers/process/process-life.ts";
import { pythonStep } from "../testing/command-work.ts";
import { type FakeApi, startFakeApi } from "../testing/fake-api.ts";
import { newDataFolder, removeRunnerFolder, startRunner, type TestRunner } from "../testing/test-runner.ts";

const sixHashes = [
  "4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274",
  "ff70335d468e7eb6ec65b95b99d3a2836546063f63acc5171de367e834932a81",
];
const six = `six==1.17.0 ${sixHashes.map((hash) => `--hash=sha256:${hash}`).join(" ")}\n`;
const docopt = "docopt==0.6.2 --hash=sha256:49b3a825280bd66b3aa83585ef59c4a8c82f2c8a522dbe754a8bc8d08c85c491\n";
const dateutil =
  "python-dateutil==2.9.0.post0 --hash=sha256:a8b2bc7bffae282281c8140a97d3aa9c14da0b136dfe83f850eea9a5f7470427\n";
const zeros = "0".repeat(64);

type Request = PythonWork["python"];

const request = (lock: string, given: Partial<Request> = {}): Request => ({
  requires: ">=3.11",
  lockPath: "requirements.lock",
  lockDigest: `sha256:${zeros}`,
  lock,
  declared: [],
  ...given,
});

vi.setConfig({ testTimeout: 300_000 });

let api: FakeApi;

beforeAll(async () => {
  api = await startFakeApi();
});
afterAll(() => api.close());

const build = (lock: string, given: Partial<Request> = {}) =>
  api.finished(api.add({ kind: "python-environment", environmentId: "env-1", python: request(lock, given) }), 280_000);

const digests: Record<string, string | undefined> = {};

describe.each(["uv", "pip"] as const)("with %s", (installer) => {
  let runner: TestRunner;
  beforeAll(async () => {
    runner = await startRunner(api, await newDataFolder(), { installer });
  });
  afterAll(async () => {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
  });

  it("builds the environment of a lock once, and steps run in it", async () => {
    const works = [1, 2].map(() =>
      api.add({ kind: "python-environment", environmentId: "env-1", python: request(six) }),
    );
    const [end, other] = await Promise.all([api.finished(works[0] ?? ""), api.finished(works[1] ?? "")]);
    expect(end).toMatchObject({ outcome: "succeeded", message: null });
    expect(other.pythonEnvironment).toEqual(end.pythonEnvironment);
    expect(
      works
        .map((workId) => api.text(workId))
        .join("")
        .match(/installing requirements\.lock/g),
    ).toHaveLength(1);
    expect(end.pythonEnvironment).toMatchObject({ tool: installer, packages: [{ name: "six", version: "1.17.0" }] });
    digests[installer] = end.pythonEnvironment?.digest;

    const again = await build(`# a comment changes nothing\n${six}`);
    expect(again.pythonEnvironment).toEqual(end.pythonEnvironment);

    const script =
      "import six, sys, importlib.util as u; print(six.__version__, sys.prefix, u.find_spec('pip'), u.find_spec('setuptools'))";
    const workId = api.add(pythonStep(api, script, { python: request(six) }));
    expect(await api.finished(workId)).toMatchObject({ outcome: "succeeded" });
    expect(api.text(workId, "stdout")).toBe(`1.17.0 ${end.pythonEnvironment?.path} None None\n`);
  });

  it("says what is wrong with a lock, naming the package and the fix", async () => {
    const failures: [lock: string, message: RegExp][] = [
      [
        `six==1.17.0 --hash=sha256:${zeros}\n`,
        /^requirements\.lock: six==1\.17\.0: the package index has a file with another hash.*lock again/,
      ],
      [
        `pave-no-such-package-xyz==1.0.0 --hash=sha256:${zeros}\n`,
        /^requirements\.lock: pave-no-such-package-xyz==1\.0\.0 cannot be had/,
      ],
      [`six==99.0.0 --hash=sha256:${zeros}\n`, /^requirements\.lock: six==99\.0\.0 cannot be had/],
      [dateutil, /^requirements\.lock: six(>=1\.5)? is needed by a package but is not in the lock/],
      ["six==1.17.0\n", /^requirements\.lock line 1: expected --hash=sha256/],
    ];
    // at once: most of it is waiting for the index
    const ends = await Promise.all(failures.map(([lock]) => build(lock)));
    expect(ends).toMatchObject(
      failures.map(([, message]) => ({
        outcome: "failed",
        reason: "environment",
        message: expect.stringMatching(message),
      })),
    );
  });

  it("builds from source only when it must, and then owns the result", async () => {
    const workId = api.add({ kind: "python-environment", environmentId: "env-1", python: request(docopt) });
    const end = await api.finished(workId, 280_000);
    expect(end).toMatchObject({ outcome: "succeeded", message: null });
    expect(api.text(workId)).toContain("some packages come only as source");
    if (isRoot()) expect((await stat(`${end.pythonEnvironment?.path}/pyvenv.cfg`)).uid).toBe(0);
  });
});

describe("a package that comes only as source", () => {
  const attempt = async (options: Parameters<typeof startRunner>[2]) => {
    const runner = await startRunner(api, await newDataFolder(), { installer: "pip", ...options });
    const workId = api.add({ kind: "python-environment", environmentId: "env-1", python: request(docopt) });
    const end = await api.finished(workId, 280_000);
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
    return { end, log: api.text(workId) };
  };

  it("is not built where its set-up code would see credentials of the index", async () => {
    const { end, log } = await attempt({ environment: { ...process.env, UV_INDEX_INTERNAL_PASSWORD: "hunter2" } });
    expect(end).toMatchObject({ outcome: "failed", reason: "environment" });
    expect(end.message).toBe(
      "requirements.lock: docopt==0.6.2 has no wheel for this machine and Python, and building it from source would show its set-up code the credentials in UV_INDEX_INTERNAL_PASSWORD; choose a version with wheels, or start Pave with PAVE_SOURCE_BUILDS=always if all packages can be trusted with that",
    );
    expect(log).not.toContain("some packages come only as source");
  });

  it("is not built where that is off, and built in any case where it is on", async () => {
    const { end } = await attempt({ sourceBuilds: "never" });
    expect(end.message).toMatch(/docopt==0\.6\.2 has no wheel .* from source is off \(PAVE_SOURCE_BUILDS=never\)/);
    const environment = { ...process.env, UV_INDEX_INTERNAL_PASSWORD: "hunter2" };
    expect((await attempt({ sourceBuilds: "always", environment })).end).toMatchObject({ outcome: "succeeded" });
  });
});

describe("whatever installs", () => {
  let runner: TestRunner;
  beforeAll(async () => {
    const environment = { PATH: process.env.PATH, PIP_INDEX_URL: "https://127.0.0.1:1/simple", UV_HTTP_TIMEOUT: "1" };
    runner = await startRunner(api, await newDataFolder(), { environment });
  });
  afterAll(async () => {
    await runner.stop();
    await removeRunnerFolder(runner.dataFolder);
  });

  it("gives the same digest from uv and from pip", () => {
    expect(digests.uv).toMatch(/^sha256:/);
    expect(digests.pip).toBe(digests.uv);
  });

  it("says that the index cannot be reached", async () => {
    const end = await build(six);
    expect(end).toMatchObject({ outcome: "failed", reason: "environment" });
    expect(end.message).toMatch(/the package index cannot be reached \(.*\); check the network/);
  });

  it("refuses a lock that is older than pyproject.toml", async () => {
    const end = await build(six, { declared: ["six>=1.18"] });
    expect(end.message).toBe(
      "requirements.lock: expected `six>=1.18` as in pyproject.toml, found six==1.17.0; lock again: uv pip compile pyproject.toml --generate-hashes -o requirements.lock",
    );
  });

  it("lists the interpreters it found when none suits", async () => {
    const end = await build(six, { requires: ">=3.99" });
    expect(end.message).toMatch(
      /^python: expected an interpreter >=3\.99, found 3\.\d+\.\d+ \(.*; install one for all users, or set PAVE_PYTHON/,
    );
  });
});
