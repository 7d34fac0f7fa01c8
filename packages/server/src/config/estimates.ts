import { z } from "zod";
import type { SettingGroup } from "./setting.ts";

const amount = z.coerce.number().min(0).max(1_000_000);

/** What estimates count with. */
export const estimateSettings = {
  priceCpuHourUsd: {
    env: "PAVE_PRICE_CPU_HOUR_USD",
    type: amount.default(0.031611),
    help: "Price of an hour of one CPU, for estimates; OpenCost's default (Google Cloud, us-central1) unless told otherwise.",
  },
  priceGibHourUsd: {
    env: "PAVE_PRICE_GIB_HOUR_USD",
    type: amount.default(0.004237),
    help: "Price of an hour of one GiB of memory, for estimates; OpenCost's default (Google Cloud, us-central1) unless told otherwise.",
  },
  carbonGramsPerKwh: {
    env: "PAVE_CARBON_GRAMS_PER_KWH",
    type: amount.default(473),
    help: "Grams of CO₂e of one kWh where the machines are, for estimates; the world's average of 2024 (Ember, Global Electricity Review 2025) unless told otherwise.",
  },
} as const satisfies SettingGroup;
