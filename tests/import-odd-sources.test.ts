import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Import } from "@pave/contract";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "../packages/server/src/rights/api-house.ts";
import { builtPave } from "./support/built-pave.ts";
import { type CommandResult, type Commands, createCommands } from "./support/commands.ts";
import { type Answer, createOddSource, type OddSource } from "./support/odd-source.ts";

interface CopyOptions {
  readonly runId?: string;
  /** Where the source says that files of its run are. */
  readonly artifacts?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Sources that are old, broken or no server of MLflow at all. */
describe("pave import mlflow", () => {
  let house: ApiHouse;
  let folder: string;
  let pave: Commands;
  let source: OddSource;
  let project: string;
  let count = 0;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "pave-odd-"));
    const [entry, made] = await Promise.all([builtPave(), createApiHouse()]);
    house = made;
    const url = await house.listen();
    const environment = { PAVE_HOME: folder, PAVE_URL: url, PAVE_TOKEN: house.admin };
    pave = createCommands({ folder, environment, url: () => url, entry });
  });
  afterAll(async () => {
    await house?.close();
    await rm(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    count += 1;
    project = `moved-${count}`;
    await house.project(project);
  });
  afterEach(async () => {
    await source.close();
    // the name of a model is one project's, and each test has a project of its own
    for (const table of ["model_tags", "model_versions", "registered_models"] as const)
      await house.ctx.db.deleteFrom(table).execute();
  });

  const copy = async (
    answers: Readonly<Record<string, Answer>>,
    { runId, artifacts, args = [], environment = {} }: CopyOptions = {},
  ): Promise<CommandResult & { readonly report: Import["report"]; readonly message: string }> => {
    source = await createOddSource(answers, runId, artifacts);
    const command = ["import", "mlflow", "--from", source.url, "--project", project, ...args];
    const result = await pave.pave(command, { environment });
    const data = result.data as (Import & { error?: { message: string } }) | undefined;
    return { ...result, report: data?.report ?? null, message: data?.error?.message ?? "" };
  };
  const runs = async () =>
    house.ctx.db
      .selectFrom("tracked_runs as r")
      .innerJoin("experiments as e", "e.id", "r.experiment_id")
      .select(["r.name as name", "r.lifecycle_stage as stage"])
      .where("e.project_id", "=", await house.projectId(project))
      .execute();

  it("reads servers of MLflow 2.0, and files that only the server itself can reach", async () => {
    const { code, report } = await copy({});
    expect(report?.skipped).toEqual([]);
    expect(code).toBe(0);
    expect(report?.counts).toMatchObject({
      ...{ runs: { copied: 1 }, "metric points": { copied: 2 }, files: { copied: 2 } },
      ...{ "logged models": { copied: 0 }, "model versions": { copied: 1 } },
    });
    const path = "/api/2.0/mlflow/model-versions/get?name=old&version=4";
    expect((await house.send("GET", path, house.admin)).body.model_version).toMatchObject({
      ...{ version: "4", current_stage: "Staging", user_id: "ada", run_id: "e".repeat(32) },
    });
  });

  const model = "flavors:\n  python_function: {}";
  it.each([
    ["an address", (path: string) => pathToFileURL(path).href, "1a".repeat(16)],
    ["a path", (path: string) => path, "2b".repeat(16)],
  ])(
    "reads from this machine's disk with --files what the source names by %s, and follows no link",
    async (_, nameOf, runId) => {
      const artifacts = join(folder, "größe 100%", "1", runId, "artifacts");
      await mkdir(join(artifacts, "model"), { recursive: true });
      const files = {
        "model/MLmodel": model,
        "notes ü.txt": "read from the disk",
        empty: "",
        "100%25.txt": "as it is",
      };
      for (const [path, content] of Object.entries(files)) await writeFile(join(artifacts, path), content);
      await symlink("/etc/passwd", join(artifacts, "passwd"));
      await symlink("/etc", join(artifacts, "folder"));
      const { code, report } = await copy({}, { runId, artifacts: nameOf(artifacts), args: ["--files"] });
      expect({ code, skipped: report?.skipped, notes: report?.notes.length }).toEqual({
        code: 0,
        skipped: [],
        notes: 1,
      });
      expect(report?.counts).toMatchObject({ files: { copied: 4 }, "model versions": { copied: 1 } });
      expect(source.asked.filter((one) => /artifacts.list|get-artifact/.test(one))).toEqual([]);
      const place = `/api/v1/projects/${project}/files/${runId}`;
      const { items } = (await house.send("GET", place, house.admin)).body;
      expect(items.map(({ name }: { name: string }) => name)).toEqual(["model", "100%25.txt", "empty", "notes ü.txt"]);
      for (const [path, content] of Object.entries(files)) {
        const { text } = await house.send("GET", `${place}/content?path=${encodeURIComponent(path)}`, house.admin);
        expect([path, text]).toEqual([path, content]);
      }
    },
  );

  it("tells with --files a run that logged no file from a disk that is not there", async () => {
    await mkdir(join(folder, "mounted", "1"), { recursive: true });
    const [none, away] = ["3c".repeat(16), "4d".repeat(16)];
    const search = "/api/2.0/mlflow/registered-models/search";
    const noModels: Answer = (_, response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end("{}");
    const first = await copy(
      { [search]: noModels },
      { runId: none, artifacts: join(folder, "mounted", "1", none, "artifacts"), args: ["--files"] },
    );
    expect(first).toMatchObject({
      code: 0,
      report: { counts: { runs: { copied: 1 }, files: { copied: 0, skipped: 0 } } },
    });
    await source.close();
    const second = await copy(
      { [search]: noModels },
      { runId: away, artifacts: join(folder, "away", "1", away, "artifacts"), args: ["--files"] },
    );
    expect(second.code).toBe(1);
    expect(second.report?.skipped).toEqual([
      { kind: "files", name: `run ${away}`, reason: expect.stringMatching(/cannot be listed: ENOENT.*away/) },
    ]);
  });

  it("says that --files is there for files that only this machine can reach", async () => {
    const { report } = await copy({}, { runId: "5e".repeat(16) });
    expect(report?.notes).toContainEqual(expect.stringContaining("--files reads those on this machine's disk"));
  });

  const text =
    (status: number, headers: Record<string, string>, body = ""): Answer =>
    (_, response) =>
      void response.writeHead(status, headers).end(body);

  it.each<[string, Answer, number, RegExp]>([
    [
      "a page of HTML",
      text(200, { "content-type": "text/html" }, "<html>Sign in</html>"),
      4,
      /expected JSON, found text\/html/,
    ],
    [
      "a redirect",
      text(302, { location: "https://sso.example/login" }),
      3,
      /sends elsewhere: to https:\/\/sso\.example/,
    ],
    ["401", text(401, {}), 3, /does not let us in \(401\)/],
    [
      "JSON of something else",
      text(200, { "content-type": "application/json" }, '{"experiments":[{"x":1}]}'),
      1,
      /none of MLflow's/,
    ],
  ])("says what is wrong with a source that answers %s", async (_, answer, expected, message) => {
    const result = await copy({ "/api/2.0/mlflow/experiments/search": answer });
    expect(result.message).toMatch(message);
    expect(result.code).toBe(expected);
  });

  it("signs in as the environment says, and shows the secret to nobody", async () => {
    const seen: (string | undefined)[] = [];
    const look: Answer = (request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    };
    const environment = { PAVE_IMPORT_USERNAME: "ada", PAVE_IMPORT_PASSWORD: "s3cret" };
    const result = await copy({ "/api/2.0/mlflow/experiments/search": look }, { environment });
    expect(seen).toEqual([`Basic ${Buffer.from("ada:s3cret").toString("base64")}`]);
    expect(`${result.stdout}${result.stderr}`).not.toContain("s3cret");
    const inAddress = ["import", "mlflow", "--from", "http://ada:s3cret@127.0.0.1:9", "--project", project];
    expect(await pave.pave(inAddress)).toMatchObject({ code: 2, stdout: expect.not.stringContaining("s3cret") });
  });

  it("ends where a page names itself as the next one", async () => {
    const answer: Answer = (_, response) =>
      void response.writeHead(200, { "content-type": "application/json" }).end('{"runs":[],"next_page_token":"again"}');
    const result = await copy({ "/api/2.0/mlflow/runs/search": answer });
    expect(result).toMatchObject({
      code: 1,
      message: expect.stringContaining("the same page of runs again and again"),
    });
    expect(source.asked.filter((one) => one.includes("runs/search"))).toHaveLength(2);
  });

  it("asks a busy source again, and reads histories page by page", async () => {
    let busy = 1;
    const pageOf = (from: number, count: number, next?: string) => ({
      metrics: Array.from({ length: count }, (_, index) => ({
        ...{ key: "loss", value: 1 / (from + index + 1), timestamp: "1600000000001", step: String(from + index) },
      })),
      ...(next ? { next_page_token: next } : {}),
    });
    const history: Answer = (_, response, url) => {
      busy -= 1;
      if (busy === 0) return void response.writeHead(503).end("busy");
      const page = url.searchParams.has("page_token") ? pageOf(25_000, 500) : pageOf(0, 25_000, "second");
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(page));
    };
    const runId = "b".repeat(32);
    const result = await copy({ "/api/2.0/mlflow/metrics/get-history": history }, { runId });
    expect(result.report?.counts["metric points"]).toMatchObject({ copied: 25_500, skipped: 0 });
    const points = house.ctx.db.selectFrom("metric_points").select((eb) => eb.fn.countAll<number>().as("count"));
    expect(await points.where("run_id", "=", runId).executeTakeFirst()).toEqual({ count: 25_500 });
  });

  it("leaves out a file of another length, and the version that needs it", async () => {
    const answer: Answer = (_, response, url) =>
      void response.end(url.searchParams.get("path") === "notes.txt" ? "notes" : "flavors: {}");
    // an id of a run is one platform's
    const runId = "d".repeat(32);
    const result = await copy({ "/get-artifact": answer }, { runId });
    expect(result.code).toBe(1);
    expect(result.report?.skipped[0]).toMatchObject({ kind: "files", name: `run ${runId}: model/MLmodel` });
    expect(result.report?.skipped[1]).toMatchObject({ kind: "model versions", name: "old 4" });
    expect(result.report?.counts).toMatchObject({ files: { copied: 1, skipped: 1 }, runs: { copied: 1 } });
  });

  it("stops where a connection breaks within a file, and shows nothing of that run", async () => {
    const result = await copy(
      {
        "/get-artifact": (_, response) => {
          response.writeHead(200, { "content-length": "5" }).write("no");
          setTimeout(() => response.destroy(), 50);
        },
      },
      { runId: "c".repeat(32) },
    );
    expect(result).toMatchObject({ code: 4, message: expect.stringContaining("does not answer any more") });
    expect(await runs()).toEqual([{ name: "old one", stage: "importing" }]);
    const kept = await pave.json<Import>(["import", "show", "--project", project]);
    expect(kept).toMatchObject({ state: "stopped", source: source.url, sourceVersion: "2.0.1" });
  });

  it("counts with --dry-run and writes nothing", async () => {
    source = await createOddSource();
    const args = ["import", "mlflow", "--from", source.url, "--project", project, "--dry-run"];
    expect(await pave.json(args)).toMatchObject({ dryRun: true, counts: { experiments: { copied: 1 } } });
    expect(await runs()).toEqual([]);
    expect(await pave.json(["import", "list", "--project", project])).toEqual({ items: [] });
  });
});
