import { ApiError, docsOf, type ErrorBody, type ErrorCode, errorStatus } from "@pave/contract";
import { expect, test } from "vitest";
import { CliError } from "./command.ts";
import { renderError } from "./render-error.ts";

const failed = (code: ErrorCode, body: Partial<ErrorBody>) =>
  renderError(new ApiError(errorStatus[code], { code, message: "it broke", docs: docsOf(code), ...body }));

test("message, findings with their places, and the fix", () => {
  const problems = [
    { path: "pave.yaml", line: 3, column: 1, message: "unknown key `tierr`", fix: "remove it" },
    { path: "pave.yaml", line: 9, column: 7, message: "expected a text" },
  ];
  expect(failed("spec.invalid", { message: "pave.yaml has 2 problems", problems, fix: "See the docs." })).toMatchObject(
    {
      text: "pave.yaml has 2 problems\n  pave.yaml:3:1  unknown key `tierr`\n      remove it\n  pave.yaml:9:7  expected a text\n  See the docs.",
      exitCode: 2,
    },
  );
});

test("nothing is said twice, and never more than twenty findings", () => {
  const problem = { path: "pave.yaml", line: 3, column: 1, message: "unknown key `tierr`", fix: "remove it" };
  expect(
    failed("spec.invalid", { message: "pave.yaml:3:1: unknown key `tierr`", fix: "remove it", problems: [problem] })
      .text,
  ).toBe("pave.yaml:3:1: unknown key `tierr`\n  remove it");
  const many = Array.from({ length: 25 }, (_, index) => ({ message: `finding ${index}` }));
  const lines = failed("spec.invalid", { message: "many", problems: many }).text.split("\n");
  expect(lines.length).toBe(22);
  expect(lines.at(-1)).toBe("  … and 5 more");
});

test.each<[ErrorCode, number]>([
  ["project.not_found", 2],
  ["plan.stale", 2],
  ["gate.blocked", 1],
  ["access.denied", 3],
  ["access.token_expired", 3],
  ["approval.self", 3],
  ["server.internal", 4],
  ["server.unavailable", 4],
])("%s ends with %i", (code, exitCode) => {
  expect(failed(code, {}).exitCode).toBe(exitCode);
});

test("what others wrote into a message cannot act on the terminal", () => {
  expect(failed("run.not_found", { message: "step \u001b[2Jx failed", fix: "see \u001b]0;t\u0007y" }).text).toBe(
    "step x failed\n  see y",
  );
});

test("its own mistakes, and what nobody foresaw, are one line as well", () => {
  expect(renderError(new CliError("no pave.yaml", { fix: "make one" }))).toEqual({
    text: "no pave.yaml\n  make one",
    body: { message: "no pave.yaml", fix: "make one" },
    exitCode: 2,
  });
  expect(renderError(new TypeError("x is not a function"))).toEqual({
    text: "x is not a function",
    body: { message: "x is not a function" },
    exitCode: 1,
  });
});
