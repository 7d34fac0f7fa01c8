import { describe, expect, it } from "vitest";
import { estimateServing, type LoadedModel, type MeasuredTraffic, type ServedDeployment } from "./estimate-serving.ts";

const rates = { cpuHourUsd: 0.036, gibHourUsd: 0.01, gramsCo2ePerKwh: 500 };
const gibibyte = 2 ** 30;
const model = (version: number, more: Partial<LoadedModel> = {}): LoadedModel => ({
  name: `flights version ${version}`,
  heldBytes: gibibyte,
  rowMs: 1,
  ...more,
});
const noTraffic: MeasuredTraffic = { requests: 0, rows: 0, totalMs: 0, days: 1 };
/** A million requests of one row a month, each 3 ms in the gateway. */
const busy: MeasuredTraffic = { requests: 1_000_000, rows: 1_000_000, totalMs: 3_000_000, days: 365 / 12 };
const estimate = (deployment: Partial<ServedDeployment>, gatewayProcesses = 1) =>
  estimateServing({
    deployments: [{ now: [], after: [model(1)], traffic: noTraffic, ...deployment }],
    gatewayProcesses,
    rates,
  });

/** 730 hours of a GiB. */
const gibMonthUsd = 7.3;
/** 730 h × 1.073741824 GB × 0.375 W × 500 g/kWh. */
const gibMonthGrams = 146.968;
const cpuUsd = (seconds: number) => (seconds / 3600) * 0.036;
/** 4 W of a thread. */
const cpuGrams = (seconds: number) => ((seconds * 4) / 3.6e6) * 500;

describe("a month of", () => {
  it.each<[string, Partial<ServedDeployment>, { gib: number; cpuSeconds: number }]>([
    ["a model without traffic is its memory", {}, { gib: 1, cpuSeconds: 0 }],
    [
      "a new version is both, as the old one is kept for the way back",
      { now: [model(1)], after: [model(2), model(1)] },
      { gib: 2, cpuSeconds: 0 },
    ],
    ["traffic where nothing ran is the time that was measured", { traffic: busy }, { gib: 1, cpuSeconds: 3000 }],
    [
      "a slower model adds its own time to the gateway's share",
      { traffic: busy, now: [model(1)], after: [model(2, { rowMs: 5 })] },
      { gib: 1, cpuSeconds: 7000 },
    ],
    [
      "a faster model takes off no more than the old one's time",
      { traffic: busy, now: [model(1)], after: [model(2, { rowMs: 0 })] },
      { gib: 1, cpuSeconds: 2000 },
    ],
    [
      "a model whose time was overstated leaves no share below zero",
      { traffic: busy, now: [model(1, { rowMs: 9 })], after: [model(2)] },
      { gib: 1, cpuSeconds: 1000 },
    ],
    [
      "ten rows a request take ten times the model's time",
      { traffic: { ...busy, rows: 10_000_000, totalMs: 12_000_000 }, now: [model(1)], after: [model(2, { rowMs: 2 })] },
      { gib: 1, cpuSeconds: 22_000 },
    ],
    [
      "a model that was not timed takes the time that was measured",
      { traffic: busy, now: [model(1)], after: [model(2, { rowMs: null })] },
      { gib: 1, cpuSeconds: 3000 },
    ],
    [
      "a day's requests are extrapolated",
      { traffic: { requests: 2400, rows: 2400, totalMs: 24_000, days: 1 } },
      { gib: 1, cpuSeconds: 730 },
    ],
  ])("%s", (_, deployment, { gib, cpuSeconds }) => {
    const { costPerMonthUsd, gramsCo2ePerMonth } = estimate(deployment);
    expect(costPerMonthUsd).toBeCloseTo(gib * gibMonthUsd + cpuUsd(cpuSeconds), 6);
    expect(gramsCo2ePerMonth).toBeCloseTo(gib * gibMonthGrams + cpuGrams(cpuSeconds), 2);
  });

  it("several deployments is their sum, with the memory once for every gateway process", () => {
    const one: ServedDeployment = { now: [], after: [model(1)], traffic: busy };
    const both = estimateServing({ deployments: [one, one], gatewayProcesses: 3, rates });
    expect(both.costPerMonthUsd).toBeCloseTo(6 * gibMonthUsd + cpuUsd(6000), 6);
    expect(both.gramsCo2ePerMonth).toBeCloseTo(6 * gibMonthGrams + cpuGrams(6000), 2);
  });
});

describe("what runs now", () => {
  it("is estimated by the same traffic", () => {
    const { now } = estimate({ traffic: busy, now: [model(1)], after: [model(2, { rowMs: 5 }), model(1)] });
    expect(now?.costPerMonthUsd).toBeCloseTo(gibMonthUsd + cpuUsd(3000), 6);
    expect(now?.gramsCo2ePerMonth).toBeCloseTo(gibMonthGrams + cpuGrams(3000), 2);
  });

  it("is nothing before the first release", () => {
    expect(estimate({}).now).toBeNull();
  });
});

describe("the method says", () => {
  const atRates = "at 500 g CO₂e per kWh, $0.036 per CPU hour and $0.01 per GiB hour";

  it("that there is no traffic yet", () => {
    expect(estimate({}).method).toBe(
      `No traffic yet, memory only: 1074 MB of loaded models in 1 gateway process, ${atRates}`,
    );
  });

  it("what was counted, and in how long", () => {
    const traffic = { requests: 14_000, rows: 14_000, totalMs: 14_000, days: 7 };
    const small = model(1, { heldBytes: 4_240_000 });
    expect(estimate({ traffic, after: [small] }, 2).method).toBe(
      `60,833 requests a month (14,000 in 7 days) and 4.2 MB of loaded models in 2 gateway processes, ${atRates}`,
    );
  });

  it("which model is in the way of an estimate, and only the side that holds it is unknown", () => {
    const unmeasured = model(1, { heldBytes: null });
    const unknown = { costPerMonthUsd: null, gramsCo2ePerMonth: null };
    expect(estimate({ now: [unmeasured], after: [model(2), unmeasured] })).toEqual({
      ...unknown,
      now: unknown,
      method: "No estimate: the memory of flights version 1 was not measured when it was registered",
    });
    expect(estimate({ now: [unmeasured], after: [model(2)] })).toMatchObject({
      now: unknown,
      costPerMonthUsd: expect.closeTo(gibMonthUsd, 6),
    });
  });
});
