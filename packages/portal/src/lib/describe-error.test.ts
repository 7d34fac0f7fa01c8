import { ApiError, type ErrorBody } from "@pave/contract";
import { expect, test } from "vitest";
import { describeError } from "./describe-error.ts";

const failed = (body: Partial<ErrorBody>) =>
  describeError(new ApiError(422, { code: "spec.invalid", message: "m", docs: "/docs/errors#spec-invalid", ...body }));

test("an error of the platform comes with what to do and the page that explains it", () => {
  expect(failed({ message: "pave.yaml: 2 problems", fix: "Mend them." })).toEqual({
    ...{ title: "pave.yaml: 2 problems", fix: "Mend them.", docs: "/docs/errors#spec-invalid", problems: [] },
  });
});

test("a finding that is the message, or its fix, is not said again", () => {
  const problems = [{ message: "unknown key a" }, { message: "drop it" }, { message: "unknown key b", line: 3 }];
  expect(failed({ message: "body: unknown key a", fix: "drop it", problems }).problems).toEqual([problems[2]]);
});

test("no answer is no error of the platform: there is nothing to read about it there", () => {
  expect(describeError(new TypeError("fetch failed"))).toMatchObject({
    title: "The platform does not answer",
    docs: null,
  });
});
