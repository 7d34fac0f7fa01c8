import type { Footprint, PlanEstimate } from "./resources/plans.ts";

/** Two digits are all that an estimate knows: `4.7 mg`, `0.43 g`, `12 g`, `1.2 kg`. */
export function gramsText(grams: number): string {
  if (grams === 0) return "0 g";
  if (grams < 0.00001) return "under 0.01 mg";
  if (grams < 0.0995) return `${twoDigits(grams * 1000)} mg`;
  if (grams < 999.5) return `${twoDigits(grams)} g`;
  return grams < 999_500 ? `${twoDigits(grams / 1000)} kg` : `${twoDigits(grams / 1e6)} t`;
}

/** `$0.03`, `$1,240`: cents up to a hundred dollars. */
export function usdText(usd: number): string {
  if (usd > 0 && usd < 0.005) return "under $0.01";
  const cents = usd < 99.995 ? 2 : 0;
  const options = { minimumFractionDigits: cents, maximumFractionDigits: cents };
  return `$${new Intl.NumberFormat("en", options).format(usd)}`;
}

/** Cost and carbon of an estimate, as `now → after` where something runs now. */
export const estimateText = (estimate: PlanEstimate): { cost: string; carbon: string; once: string | null } => ({
  cost: changeText(estimate, "costPerMonthUsd", usdText, "a month"),
  carbon: changeText(estimate, "gramsCo2ePerMonth", gramsText, "CO₂e a month"),
  once:
    estimate.once &&
    `${usdText(estimate.once.costUsd)} and ${gramsText(estimate.once.gramsCo2e)} CO₂e, to score what runs now`,
});

function changeText(
  estimate: PlanEstimate,
  field: keyof Footprint,
  text: (value: number) => string,
  unit: string,
): string {
  const words = (value: number | null) => (value === null ? "not known" : text(value));
  const after = estimate[field];
  if (estimate.now === null) return after === null ? "not known" : `${text(after)} ${unit}`;
  const now = estimate.now[field];
  return after === null && now === null ? "not known" : `${words(now)} → ${words(after)} ${unit}`;
}

function twoDigits(value: number): string {
  if (value >= 99.5) return String(Math.round(value));
  return String(Number(value.toPrecision(2)));
}
