import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

let house: MlflowHouse;
let experiment: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("study");
});
afterAll(() => house.close());

const codeOf = ({ status, body }: { status: number; body: { error_code: string } }) => [status, body.error_code];

describe("artifacts", () => {
  let run_id: string;
  let root: string;
  beforeAll(async () => {
    run_id = await house.newRun(experiment);
    root = `/mlflow-artifacts/artifacts/${experiment}/${run_id}/artifacts`;
  });
  const put = (path: string, body: string | Buffer, headers: Record<string, string> = {}) =>
    house.call("PUT", `${root}/${path}`, { as: "developer", body, headers });
  const list = async (path: string) =>
    (
      await house.call("GET", `/mlflow-artifacts/artifacts?path=${experiment}/${run_id}/artifacts${path}`, {
        as: "viewer",
      })
    ).body;

  test("come back as they went, of whatever type they are said to be", async () => {
    const bytes = Buffer.alloc(3_000_000, 7);
    expect((await put("deep/model.bin", bytes)).body).toEqual({});
    await put("MLmodel", "flavors: {}", { "content-type": "text/plain" });
    await put("deep/a.json", '{"a":1}', { "content-type": "application/json" });
    await put("empty.txt", "", { "transfer-encoding": "chunked" });
    const read = await house.call("GET", `${root}/deep/model.bin`, { as: "viewer" });
    expect(read.headers).toMatchObject({
      "content-length": "3000000",
      "x-content-type-options": "nosniff",
      "content-disposition": "attachment; filename*=UTF-8''model.bin",
    });
    expect(createHash("sha256").update(read.text).digest("hex")).toBe(
      createHash("sha256").update(bytes.toString()).digest("hex"),
    );
    expect((await house.call("GET", `${root}/empty.txt`, { as: "viewer" })).text).toBe("");
    expect(await list("")).toEqual({
      files: [
        { path: "MLmodel", is_dir: false, file_size: 11 },
        { path: "deep", is_dir: true },
        { path: "empty.txt", is_dir: false, file_size: 0 },
      ],
    });
    expect(await list("/deep/")).toEqual({
      files: [
        { path: "a.json", is_dir: false, file_size: 7 },
        { path: "model.bin", is_dir: false, file_size: 3_000_000 },
      ],
    });
    expect([await list("/nothing"), await list("/MLmodel")]).toEqual([{}, {}]);
    const byRun = await house.get(`/artifacts/list?run_id=${run_id}&path=deep`);
    expect(byRun.body.files.map(({ path }: { path: string }) => path)).toEqual(["deep/a.json", "deep/model.bin"]);
    expect(codeOf(await house.call("GET", `${root}/nothing`, { as: "viewer" }))).toEqual([
      404,
      "RESOURCE_DOES_NOT_EXIST",
    ]);
  });

  test("are refused while the disk has little room, with a status that clients do not try again", async () => {
    house.room.bytes = 1000;
    const answer = await put("large.bin", "x".repeat(10));
    house.room.bytes = 1e12;
    expect(codeOf(answer)).toEqual([507, "INTERNAL_ERROR"]);
    expect(await list("/large.bin")).toEqual({});
  });

  test("are replaced, and deleted with all that is below", async () => {
    await put("gone/a", "1");
    await put("gone/b/c", "1");
    await put("gone/a", "22");
    await put("gone2", "1");
    expect((await house.call("GET", `${root}/gone/a`, { as: "viewer" })).text).toBe("22");
    expect((await house.call("DELETE", `${root}/gone`, { as: "developer" })).body).toEqual({});
    expect(await list("/gone")).toEqual({});
    expect((await house.call("GET", `${root}/gone2`, { as: "viewer" })).text).toBe("1");
  });

  test("are never a file and a folder at once", async () => {
    await put("one", "1");
    expect((await put("one/two", "1")).status).toBe(400);
    await put("two/three", "1");
    expect((await put("two", "1")).status).toBe(400);
  });

  test.each([
    "../x",
    "a/../../x",
    "%2e%2e/x",
    "a/%2e%2e%2fx",
    "%252e%252e/x",
    "a%5Cb",
    "a%23b",
    "a%00b",
    "/x",
    "a//b",
    "%2Fetc",
  ])("%s is no path, whatever is done with it", async (path) => {
    for (const method of ["PUT", "GET", "DELETE"] as const) {
      const answer = await house.call(method, `${root}/${path}`, {
        as: "developer",
        ...(method === "PUT" ? { body: "x" } : {}),
      });
      expect(codeOf(answer), method).toEqual([400, "INVALID_PARAMETER_VALUE"]);
    }
  });

  test("a path to list that leaves its folder is refused in the protocol's form", async () => {
    const answer = await house.call("GET", "/mlflow-artifacts/artifacts?path=../../x", { as: "developer" });
    expect(codeOf(answer)).toEqual([400, "INVALID_PARAMETER_VALUE"]);
  });
});
