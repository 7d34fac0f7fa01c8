import { expect, test } from "vitest";
import { shownRole } from "./members-list.ts";

test("a role says when a group of the sign-in provider gives it", () => {
  expect(shownRole({ role: "developer", byGroup: true })).toBe("developer (by group)");
  expect(shownRole({ role: "developer", byGroup: false })).toBe("developer");
});
