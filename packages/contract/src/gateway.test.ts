import { expect, test } from "vitest";
import { gatewayEndpointSchema, gatewayFileSchema } from "./gateway.ts";

const digest = `sha256:${"a".repeat(64)}`;

test.each(["../MLmodel", "/etc/passwd", "a/../../b", "a/./b", "..", "a\\b", ""])(
  "a model file may not be called %j",
  (path) => {
    expect(gatewayFileSchema.safeParse({ path, digest, size: 1, url: "/f" }).success).toBe(false);
  },
);

test.each(["MLmodel", "data/model.onnx", "a..b/..c"])("a model file may be called %j", (path) => {
  expect(gatewayFileSchema.safeParse({ path, digest, size: 1, url: "/f" }).success).toBe(true);
});

test("weights sum to 100, or there are none", () => {
  const endpoint = {
    deploymentId: "d",
    environment: "production",
    project: "p",
    deployment: "late",
    stableReleaseId: null,
    releases: [],
    limits: { maxBodyBytes: 1, maxRows: 1, timeoutMs: 1 },
  };
  const parse = (weights: unknown) => gatewayEndpointSchema.safeParse({ ...endpoint, weights }).success;
  expect(parse([])).toBe(true);
  expect(
    parse([
      { releaseId: "a", weight: 95 },
      { releaseId: "b", weight: 5 },
    ]),
  ).toBe(true);
  expect(parse([{ releaseId: "a", weight: 95 }])).toBe(false);
});
