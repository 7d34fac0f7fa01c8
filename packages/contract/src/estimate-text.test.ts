import { expect, test } from "vitest";
import { estimateText, gramsText, usdText } from "./estimate-text.ts";

test.each([
  [0, "0 g"],
  [0.000004, "under 0.01 mg"],
  [0.00473, "4.7 mg"],
  [0.0996, "0.1 g"],
  [0.432, "0.43 g"],
  [1.96, "2 g"],
  [12.4, "12 g"],
  [473.4, "473 g"],
  [999.7, "1 kg"],
  [12_400, "12 kg"],
  [2_450_000, "2.5 t"],
])("%d grams are %s", (grams, text) => {
  expect(gramsText(grams)).toBe(text);
});

test.each([
  [0, "$0.00"],
  [0.0001, "under $0.01"],
  [0.028, "$0.03"],
  [12.5, "$12.50"],
  [99.996, "$100"],
  [1240.4, "$1,240"],
])("%d dollars are %s", (usd, text) => {
  expect(usdText(usd)).toBe(text);
});

const unknown = { costPerMonthUsd: null, gramsCo2ePerMonth: null };
const small = { costPerMonthUsd: 0.03, gramsCo2ePerMonth: 12 };

test("an estimate says what is, what will be, and that it is of a month", () => {
  const estimate = { ...small, method: "", now: null, once: null };
  expect(estimateText(estimate)).toEqual({ cost: "$0.03 a month", carbon: "12 g CO₂e a month", once: null });
  expect(
    estimateText({
      ...estimate,
      now: { costPerMonthUsd: 0.012, gramsCo2ePerMonth: 6 },
      once: { costUsd: 0.0001, gramsCo2e: 0.02 },
    }),
  ).toEqual({
    cost: "$0.01 → $0.03 a month",
    carbon: "6 g → 12 g CO₂e a month",
    once: "under $0.01 and 20 mg CO₂e, to score what runs now",
  });
});

test("what was not measured is not known, on its side", () => {
  const rest = { method: "", once: null };
  expect(estimateText({ ...unknown, ...rest, now: null })).toMatchObject({ cost: "not known", carbon: "not known" });
  expect(estimateText({ ...unknown, ...rest, now: unknown })).toMatchObject({ cost: "not known" });
  expect(estimateText({ ...small, ...rest, now: unknown })).toMatchObject({
    cost: "not known → $0.03 a month",
    carbon: "not known → 12 g CO₂e a month",
  });
});
