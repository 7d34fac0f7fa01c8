import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "./api-house.ts";
import { clientOf, type TrackingClient } from "./tracking-client.ts";

/** The page of a tracked run from end to end: logged by the protocol, read and changed by the API. */
let house: ApiHouse;
let client: TrackingClient;
let viewer: string;
let developer: string;
let run: string;
const base = "/api/v1/projects/birds";
const get = async (path: string, token = viewer) => house.send("GET", `${base}${path}`, token);

beforeAll(async () => {
  house = await createApiHouse();
  await house.project("birds");
  await house.project("fish");
  viewer = (await house.person("ada", { birds: "viewer" })).token;
  developer = (await house.person("bob", { birds: "developer" })).token;
  client = clientOf(await house.listen(), developer, "birds");
  run = await client.run({ run_name: "owl", tags: [{ key: "mlflow.source.name", value: "train.py" }] });
}, 60_000);
afterAll(() => house.close());

describe("a tracked run", () => {
  it("is shown with what it logged, its parent and its children", async () => {
    const at = 1_700_000_000_000;
    await client.post("/runs/log-batch", {
      run_id: run,
      params: [{ key: "depth", value: "3" }],
      metrics: [
        ...[3, 2, 1].map((value, step) => ({ key: "loss", value, step, timestamp: at + step })),
        { key: "broken", value: "NaN", step: 0, timestamp: at },
      ],
      tags: [{ key: "team", value: "ops" }],
    });
    const child = await client.run({ run_name: "owlet", tags: [{ key: "mlflow.parentRunId", value: run }] });
    const { body } = await get(`/tracked-runs/${run}`);
    expect(body).toMatchObject({
      ...{ name: "owl", kind: "client", owner: "client", state: "running", isDeleted: false, author: "", note: null },
      ...{ params: { depth: "3" }, parent: null, datasets: [], models: [], versions: [] },
      source: { name: "train.py", commit: null },
      latest: [
        { key: "broken", value: null, text: "NaN", step: 0, isCurve: false },
        { key: "loss", value: 1, text: "1", step: 2, isCurve: true },
      ],
      children: { total: 1, items: [{ id: child, name: "owlet", kind: "client", run: null }] },
    });
    expect((await get(`/tracked-runs/${child}`)).body.parent).toMatchObject({ id: run, name: "owl" });
  });

  it("has curves that keep first, last and extremes, and gaps where there is no number", async () => {
    const points = Array.from({ length: 5000 }, (_, step) => Math.sin(step / 300) + (step === 3333 ? 40 : 0));
    const named = points.map((value, step) => ({ key: "spiky", value, step, timestamp: 1_700_000_000_000 + step }));
    for (let from = 0; from < named.length; from += 1000)
      await client.post("/runs/log-batch", { run_id: run, metrics: named.slice(from, from + 1000) });
    const { body } = await get(`/tracked-runs/${run}/curves?keys=spiky,loss,broken,none&points=100`);
    const [spiky, loss, broken, none] = body.items;
    expect(spiky.total).toBe(5000);
    expect(spiky.points.length).toBeLessThanOrEqual(102);
    const steps: number[] = spiky.points.map(({ step }: { step: number }) => step);
    expect([steps[0], steps.at(-1), steps.includes(3333)]).toEqual([0, 4999, true]);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect(loss.points.map(({ step, value }: { step: number; value: number }) => [step, value])).toEqual([
      [0, 3],
      [1, 2],
      [2, 1],
    ]);
    expect(broken.points).toMatchObject([{ value: null }]);
    expect(none).toEqual({ key: "none", total: 0, points: [] });
    expect((await get(`/tracked-runs/${run}/curves?keys=`)).status).toBe(400);
  });

  it("is renamed, described and tagged by whoever may, and the client sees it", async () => {
    const path = `${base}/tracked-runs/${run}`;
    const body = { name: "barn owl", description: "**best** so far", tags: { team: null, stage: "tried" } };
    expect((await house.send("PATCH", path, viewer, body)).status).toBe(403);
    const changed = await house.send("PATCH", path, developer, body);
    expect(changed.body).toMatchObject({ name: "barn owl", note: "**best** so far" });
    expect(changed.body.tags).toMatchObject({ stage: "tried", "mlflow.runName": "barn owl" });
    expect(changed.body.tags).not.toHaveProperty("team");
    expect((await client.get(`/runs/get?run_id=${run}`)).run.info.run_name).toBe("barn owl");
    for (const wrong of [{ name: " " }, { tags: { "a,b": "1" } }, { tags: { a: 1 } }])
      expect((await house.send("PATCH", path, developer, wrong)).status).toBe(400);
  });

  it("is deleted and restored; what is deleted is still shown", async () => {
    const path = `${base}/tracked-runs/${run}`;
    expect((await house.send("DELETE", path, viewer)).status).toBe(403);
    expect((await house.send("DELETE", path, developer)).status).toBe(200);
    expect((await get(`/tracked-runs/${run}`)).body).toMatchObject({ isDeleted: true, name: "barn owl" });
    expect((await house.send("PATCH", path, developer, { name: "x" })).status).toBe(409);
    expect((await house.send("POST", `${path}/restore`, developer, {})).status).toBe(200);
    expect((await get(`/tracked-runs/${run}`)).body.isDeleted).toBe(false);
  });

  it("is found by its id alone, by those who may read its project", async () => {
    const find = (token: string) => house.send("GET", `/api/v1/tracked-runs/${run}`, token);
    expect((await find(viewer)).body).toEqual({ project: "birds" });
    expect((await find((await house.person("eve", { fish: "admin" })).token)).status).toBe(404);
  });

  it("is in an experiment, which has its runs", async () => {
    const { items } = (await get("/experiments")).body;
    expect(items).toMatchObject([{ name: "birds", isOwn: true, runs: 2, running: 2 }]);
    const { body } = await get(`/experiments/${items[0].id}`);
    expect(body.items.map(({ name }: { name: string }) => name).sort()).toEqual(["barn owl", "owlet"]);
    expect((await get("/experiments/999999")).status).toBe(404);
  });
});

describe("files of a run", () => {
  const folder = async (path = "") => (await get(`/files/${run}?path=${encodeURIComponent(path)}`)).body;
  const preview = async (path: string) =>
    (await get(`/files/${run}/preview?path=${encodeURIComponent(path)}`)).body.preview;

  it("are listed by folder, and shown as what they are", async () => {
    await client.upload(run, "deep/er/a.csv", "x,y\n1,2\n");
    await client.upload(run, "deep/<b>.md", "# Hi");
    await client.upload(run, "a10.txt", "ten");
    await client.upload(run, "a9.txt", "");
    await client.upload(run, "table.parquet", "PAR1");
    await client.upload(run, "bytes.bin", Buffer.from([0, 1, 2]));
    expect(await folder()).toEqual({
      total: 5,
      items: [
        { name: "deep", isFolder: true, size: null },
        { name: "a9.txt", isFolder: false, size: 0 },
        { name: "a10.txt", isFolder: false, size: 3 },
        { name: "bytes.bin", isFolder: false, size: 3 },
        { name: "table.parquet", isFolder: false, size: 4 },
      ],
    });
    expect((await folder("deep")).items).toMatchObject([{ name: "er" }, { name: "<b>.md" }]);
    expect(await folder("nowhere")).toEqual({ total: 0, items: [] });
    expect(await preview("deep/er/a.csv")).toMatchObject({ kind: "table", columns: ["x", "y"], rows: [["1", "2"]] });
    expect(await preview("deep/<b>.md")).toMatchObject({ kind: "text", isMarkdown: true });
    expect(await preview("a9.txt")).toEqual({ kind: "none", reason: "The file is empty." });
    expect(await preview("table.parquet")).toMatchObject({ kind: "none", reason: expect.stringContaining("Parquet") });
    expect(await preview("bytes.bin")).toMatchObject({ kind: "none" });
    for (const wrong of ["no.txt", "deep", "../a9.txt", "/etc/passwd"])
      expect((await get(`/files/${run}/preview?path=${encodeURIComponent(wrong)}`)).status).toBe(404);
  });

  it("are sent as a download, or as a picture or page that may do nothing", async () => {
    await client.upload(run, "evil.svg", '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>');
    await client.upload(run, "evil.html", "<script>fetch('/api/v1/session')</script>");
    const content = async (path: string, as: string) => {
      const url = `${client.origin}${base}/files/${run}/content?path=${path}&as=${as}`;
      const response = await fetch(url, { headers: { authorization: `Bearer ${viewer}` } });
      const header = (name: string) => response.headers.get(name) ?? "";
      expect(header("x-content-type-options")).toBe("nosniff");
      return {
        type: header("content-type"),
        policy: header("content-security-policy"),
        how: header("content-disposition"),
      };
    };
    for (const path of ["evil.svg", "evil.html", "a10.txt"])
      expect(await content(path, "download")).toMatchObject({
        ...{ type: "application/octet-stream", policy: expect.stringMatching(/^sandbox; default-src 'none'/) },
        how: expect.stringMatching(/^attachment;/),
      });
    expect(await content("a10.txt", "shown")).toMatchObject({ type: "application/octet-stream" });
    expect(await content("evil.svg", "shown")).toMatchObject({
      ...{ type: "image/svg+xml", policy: expect.stringMatching(/^sandbox; default-src 'none'/) },
    });
    const page = await content("evil.html", "shown");
    expect(page.type).toBe("text/html; charset=utf-8");
    expect(page.policy).toMatch(/^sandbox allow-scripts; default-src 'none'/);
    expect(page.policy).toContain("connect-src 'none'");
    expect(page.policy).not.toContain("allow-same-origin");
  });

  it("of 200 MB are read at their beginning only", async () => {
    const line = `${"9,".repeat(500)}9\n`;
    await client.upload(run, "large.csv", Buffer.alloc(2e8, line));
    const before = process.memoryUsage().rss;
    const began = performance.now();
    expect(await preview("large.csv")).toMatchObject({ kind: "table", isCut: true, totalRows: null });
    expect(performance.now() - began).toBeLessThan(3000);
    expect(process.memoryUsage().rss - before).toBeLessThan(60e6);
  });

  it("are another project's business only there", async () => {
    const other = (await house.person("mallory", { fish: "admin" })).token;
    expect((await house.send("GET", `/api/v1/projects/fish/files/${run}`, other)).status).toBe(404);
    expect((await get(`/files/${run}`, other)).status).toBe(404);
    for (const wrong of ["m-1", "a".repeat(31), "%2e%2e%2f"]) expect((await get(`/files/${wrong}`)).status).toBe(400);
  });
});

describe("a model that a client logged", () => {
  it("is on the run's page with its files, and is registered from there", async () => {
    const { model } = await client.post("/logged-models", {
      ...{ experiment_id: "0", name: "finder", source_run_id: run, model_type: "sklearn" },
    });
    const id: string = model.info.model_id;
    const mlModel = `flavors:\n  sklearn: {}\nsignature:\n  inputs: '[{"name": "size", "type": "double"}]'\n`;
    await client.upload(id, "MLmodel", mlModel);
    await client.patch(`/logged-models/${id}`, { model_id: id, status: "LOGGED_MODEL_READY" });
    expect((await get(`/tracked-runs/${run}`)).body.models).toMatchObject([
      { id, name: "finder", direction: "output", status: "READY", bytes: mlModel.length, versions: [] },
    ]);
    expect((await get(`/files/${id}/preview?path=MLmodel`)).body.preview).toMatchObject({
      ...{ kind: "model", flavors: ["sklearn"], inputs: [{ name: "size" }] },
    });

    const path = `${base}/models/finder/versions`;
    const source = `models:/${id}`;
    expect((await house.send("POST", path, viewer, { source })).status).toBe(403);
    const made = await house.send("POST", path, developer, { source, description: "first" });
    expect(made.body).toMatchObject({
      ...{ name: "finder", version: "1", description: "first", stage: "None" },
      lineage: { run: null, trackedRun: { id: run, name: "barn owl" }, loggedModel: id },
    });
    expect((await house.send("POST", path, developer, { source })).body.version).toBe("2");
    expect((await house.send("POST", path, developer, { source: "s3://elsewhere" })).status).toBeGreaterThanOrEqual(
      400,
    );
    expect((await get(`/tracked-runs/${run}`)).body).toMatchObject({
      models: [{ versions: [{ model: "finder", version: "1" }, { version: "2" }] }],
      versions: [{ model: "finder", version: "1", aliases: [] }, { version: "2" }],
    });
    const artifact = made.body.artifact.id;
    expect((await get(`/files/${artifact}`)).body.items).toMatchObject([{ name: "MLmodel" }]);
    expect((await get(`/files/${artifact}/preview?path=MLmodel`)).body.preview.kind).toBe("model");
  });

  it("is described and tagged, as a model and as a version", async () => {
    const model = `${base}/models/finder`;
    const note = { description: "# Finds owls", tags: { owner: "ada" } };
    expect((await house.send("PATCH", model, viewer, note)).status).toBe(403);
    expect((await house.send("PATCH", model, developer, note)).body.description).toBe("# Finds owls");
    expect((await get("/models/finder")).body).toMatchObject({
      tags: { owner: "ada" },
      versions: 2,
      latestVersion: "2",
    });
    const version = await house.send("PATCH", `${model}/versions/1`, developer, { tags: { risk: "low" } });
    expect(version.body).toMatchObject({ description: "first", tags: { risk: "low" } });
    const without = await house.send("PATCH", `${model}/versions/1`, developer, {
      description: "",
      tags: { risk: null },
    });
    expect(without.body).toMatchObject({ description: "", tags: {} });
    expect((await house.send("PATCH", `${base}/models/none`, developer, note)).status).toBe(404);
  });
});
