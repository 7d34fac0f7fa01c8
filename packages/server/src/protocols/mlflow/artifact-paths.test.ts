import { afterAll, beforeAll, expect, test } from "vitest";
import { createMlflowHouse, type MlflowHouse } from "./testing/mlflow-house.ts";

/*
 * What was done to MLflow's own server by paths (CVE-2023-6909, -6977, -6014, CVE-2024-1483, -1558, -1560, -3848,
 * CVE-2025-11201, CVE-2026-2033), and what is like it, on every route that takes a path: 400, in MLflow's form, and
 * nothing is written.
 */
let house: MlflowHouse;
let root: string;
let modelRoot: string;
let runId: string;
let experiment: string;
beforeAll(async () => {
  house = await createMlflowHouse();
  experiment = await house.newExperiment("study");
  runId = await house.newRun(experiment);
  root = `${experiment}/${runId}/artifacts`;
  const created = await house.post("/logged-models", { experiment_id: experiment, name: "m", source_run_id: runId });
  modelRoot = `${experiment}/models/${created.body.model.info.model_id}/artifacts`;
  await house.post("/registered-models/create", { name: "model" });
});
afterAll(async () => {
  const rows = await house?.ctx.db.selectFrom("tracked_files").select("path").execute();
  const blobs = await house?.ctx.db.selectFrom("blobs").select("digest").execute();
  await house?.close();
  expect([rows, blobs]).toEqual([[], []]);
});

const tricks: readonly (readonly [string, string])[] = [
  ["a folder above", "../x"],
  ["folders above, in the middle", "a/../../x"],
  ["this folder", "a/./x"],
  ["encoded", "%2e%2e/x"],
  ["encoded with its slash", "..%2fx"],
  ["encoded in capitals", "%2E%2E%2Fx"],
  ["encoded twice", "%252e%252e%252fx"],
  ["encoded three times", "%25252e%25252e%25252fx"],
  ["half encoded", "%2e./x"],
  ["absolute", "/etc/passwd"],
  ["absolute, encoded", "%2Fetc%2Fpasswd"],
  ["two slashes", "a//b"],
  ["a fragment", "a%23/../b"],
  ["a fragment alone", "a%23b"],
  ["a query", "a?b=../../x"],
  ["a query, encoded", "a%3Fb"],
  ["a query, encoded twice", "a%253Fb"],
  ["a backslash", "a%5C..%5Cb"],
  ["a backslash, encoded twice", "a%255Cb"],
  ["NUL", "a%00b"],
  ["NUL, encoded twice", "a%2500b"],
  ["a control character", "a%0Ab"],
  ["a drive", "C:/windows"],
  ["a drive, encoded", "C%3A%5Cwindows"],
  ["a URI", "file:/etc/passwd"],
  ["a URI with a host", "file:%2F%2F%2Fetc%2Fpasswd"],
  ["overlong UTF-8", "%c0%ae%c0%ae/x"],
  ["overlong UTF-8 of a slash", "..%c0%afx"],
  ["a path that is too long", "x".repeat(1001)],
  ["a name that is too long", "x".repeat(256)],
];
const invalid = [400, "INVALID_PARAMETER_VALUE"];
const refusal = ({ status, body }: { status: number; body: { error_code?: string } }) => [
  status,
  body?.error_code?.replace("BAD_REQUEST", "INVALID_PARAMETER_VALUE"),
];

test.each(tricks)("%s is no path of a file: %s", async (_what, path) => {
  for (const place of [root, modelRoot]) {
    for (const method of ["PUT", "GET", "DELETE"] as const) {
      const body = method === "PUT" ? { body: "x" } : {};
      const answer = await house.call(method, `/mlflow-artifacts/artifacts/${place}/${path}`, {
        as: "developer",
        ...body,
      });
      expect(refusal(answer), method).toEqual(invalid);
    }
    const presigned = await house.call("GET", `/mlflow-artifacts/presigned/${place}/${path}`, { as: "developer" });
    expect(refusal(presigned), "presigned").toEqual(invalid);
    for (const verb of ["create", "complete", "abort"]) {
      const body = { path: "x", num_parts: 1, upload_id: "x", parts: [{ part_number: 1, etag: "x" }] };
      const answer = await house.call("POST", `/mlflow-artifacts/mpu/${verb}/${place}/${path}`, {
        as: "developer",
        body,
      });
      expect(refusal(answer), verb).toEqual(invalid);
    }
  }
});

const plain = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

test.each(tricks)("%s is no folder to list: %s", async (_what, path) => {
  const places = [
    `/mlflow-artifacts/artifacts?path=${encodeURIComponent(`${root}/${plain(path)}`)}`,
    `/mlflow/artifacts/list?run_id=${runId}&path=${encodeURIComponent(plain(path))}`,
    `/mlflow/logged-models/${modelRoot.split("/")[2]}/artifacts/directories?artifact_directory_path=${encodeURIComponent(plain(path))}`,
  ];
  for (const place of places) {
    // as text, bytes that are no UTF-8 are letters like any others, and nothing lies there
    const isText = /%c0/.test(path);
    const answer = await house.call("GET", place, { as: "developer" });
    if (isText && answer.status === 200) expect(answer.body.files ?? []).toEqual([]);
    else expect(refusal(answer), place).toEqual(invalid);
  }
});

test.each([
  ["no name", "/"],
  ["a folder above", "a/.."],
  ["NUL", "a\0b"],
  ["a fragment", "/tmp/a#b"],
  ["a query", "/tmp/a?b"],
  ["an encoded slash", "/tmp/..%2fb"],
  ["a name that is too long", "x".repeat(256)],
])("%s is no name of a file that is sent in parts", async (_what, path) => {
  for (const verb of ["create", "complete", "abort"]) {
    const body = { path, num_parts: 1, upload_id: "x", parts: [{ part_number: 1, etag: "x" }] };
    const answer = await house.call("POST", `/mlflow-artifacts/mpu/${verb}/${root}`, { as: "developer", body });
    expect(refusal(answer), verb).toEqual(invalid);
  }
});

test("uploads in parts are not implemented with a folder, in the words that make clients send the file", async () => {
  const body = { path: "/tmp/model.bin", num_parts: 3 };
  const answer = await house.call("POST", `/mlflow-artifacts/mpu/create/${root}`, { as: "developer", body });
  expect([answer.status, answer.body]).toEqual([
    501,
    { error_code: "NOT_IMPLEMENTED", message: "Multipart upload is not supported for the current artifact repository" },
  ]);
  const presigned = await house.call("GET", `/mlflow-artifacts/presigned/${root}/a`, { as: "developer" });
  expect([presigned.status, presigned.body.error_code]).toEqual([501, "NOT_IMPLEMENTED"]);
  const info = await house.call("GET", "/mlflow/server-info", { from: "/api/3.0" });
  expect(info.body).toMatchObject({ multipart_uploads_enabled: false, multipart_downloads_enabled: false });
});

test.each([
  "file:///etc/passwd",
  "file:/etc/passwd",
  "file://localhost/etc/passwd",
  "/etc/passwd",
  "../../etc",
  "C:\\windows",
  "s3://bucket/model",
  "http://169.254.169.254/latest",
  "dbfs:/model",
  "mlflow-artifacts:/../../etc",
  "mlflow-artifacts://elsewhere/1/ROOT/model",
  "mlflow-artifacts:/ROOT/../../x",
  "mlflow-artifacts:/ROOT/%2e%2e/x",
  "mlflow-artifacts:/ROOT/%252e%252e/x",
  "mlflow-artifacts:/ROOT/a#../../x",
  "mlflow-artifacts:/ROOT/a?../../x",
  "mlflow-artifacts:/ROOT//etc/passwd",
  "mlflow-artifacts:/ROOT/a\\..\\b",
  "runs:/RUN/../x",
  "runs:/RUN//etc",
  "runs:/RUN/a#b",
  "runs:/RUN/a\u0001b",
  "runs:/../etc",
  "models:/../../etc/1",
  "models:/model/../1",
])("%s is no source of a version", async (source) => {
  const answer = await house.post("/model-versions/create", {
    name: "model",
    source: source.replace("ROOT", root).replace("RUN", runId),
  });
  expect(refusal(answer)).toEqual(invalid);
});

test.each(["file:///tmp", "/tmp", "s3://bucket/x", "../x", "mlflow-artifacts:/x", "http://host/?a=../x#y"])(
  "%s cannot be chosen as a place for artifacts",
  async (artifact_location) => {
    const answer = await house.post("/experiments/create", { name: `at ${artifact_location}`, artifact_location });
    expect(refusal(answer)).toEqual(invalid);
  },
);
