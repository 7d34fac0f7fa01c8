import { errorStatus } from "@pave/contract/errors";
import { expect, test } from "vitest";
import { problemIn, wordsOf } from "./sign-in-problems.ts";

test("every code that a browser is sent back with has words of its own", () => {
  const codes = Object.keys(errorStatus).filter((code) => code.startsWith("oidc.") && code !== "oidc.logout_refused");
  expect(codes.filter((code) => problemIn(`?problem=${code}`) === undefined)).toEqual([]);
});

test("a link puts no words of its own on the page", () => {
  expect(problemIn("?problem=Your+account+is+locked,+call+me")).toBeUndefined();
  expect(problemIn("?problem=constructor")).toBeUndefined();
  const found = problemIn("?problem=oidc.unavailable&id=<b>call me</b>");
  expect(found).toEqual({ code: "oidc.unavailable", id: "" });
  expect(wordsOf(found ?? { code: "", id: "" }, "Example ID").title).toBe("Example ID does not answer");
});
