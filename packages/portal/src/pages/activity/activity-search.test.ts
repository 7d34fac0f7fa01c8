import { expect, test } from "vitest";
import { activityQueryOf, parseActivitySearch } from "./activity-search.ts";

test("a URL says only what it can mean", () => {
  expect(parseActivitySearch({ who: "ada", type: 5, days: 7, other: "x", subject: "" })).toEqual({
    who: "ada",
    type: "5",
    days: "7",
  });
});

test.each([
  [{}, {}],
  [
    { who: "ada", days: "1" },
    { principal: "ada", from: "2026-01-01T10:30:00.000Z" },
  ],
  [{ days: "400" }, {}],
  [{ type: "token" }, { type: "token", routine: "true" }],
  [
    { subject: "s1", routine: "true" },
    { subject: "s1", routine: "true" },
  ],
])("%j asks for %j", (search, query) => {
  expect(activityQueryOf(search, Date.parse("2026-01-02T10:30:44.000Z"))).toEqual(query);
});
