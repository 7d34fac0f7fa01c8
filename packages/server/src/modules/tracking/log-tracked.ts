import type { Ctx } from "../../db/context.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { insertMetrics } from "./insert-metrics.ts";
import * as store from "./log-store.ts";

/** MLflow's limits; what is longer is cut, as its own server does. */
const maxParamLength = 6000;
const maxTagLength = 8000;

export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly step: number;
  readonly time: Date;
}

/** Adds points; the same point twice is one. The latest value of a key is that of its largest (step, time, value). */
export async function logMetrics(ctx: Ctx, runId: string, points: readonly MetricPoint[]): Promise<void> {
  if (points.length > 0) await insertMetrics(ctx, { runId, points });
}

/** Params are set once: the same value again changes nothing, another one is refused. */
export async function logParams(ctx: Ctx, runId: string, params: Readonly<Record<string, unknown>>): Promise<void> {
  const texts = new Map(Object.entries(params).map(([key, value]) => [key, paramText(value)]));
  if (texts.size === 0) return;
  const kept = await store.insertParams(ctx, runId, texts);
  const changed = kept.find(({ key, value }) => texts.get(key) !== value);
  if (!changed) return;
  throw new PaveError(
    "request.invalid",
    `Changing param values is not allowed. Param with key='${changed.key}' was already logged with value='${changed.value}' for run ID='${runId}'. Attempted logging new value '${texts.get(changed.key)}'.`,
    { fix: "Log it under another name, or in another run" },
  );
}

/** Texts as they are, everything else as JSON. */
export function paramText(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  return cut(text, maxParamLength);
}

export const tagText = (value: string): string => cut(value, maxTagLength);

/** Never between the halves of a character, which no database takes. */
const cut = (text: string, length: number): string => text.slice(0, length).replace(/[\uD800-\uDBFF]$/, "");

/** A tag that is there gets the new value; the tag with the run's name renames the run. */
export async function setTags(ctx: Ctx, runId: string, tags: Readonly<Record<string, string>>): Promise<void> {
  const texts = new Map(Object.entries(tags).map(([key, value]) => [key, tagText(value)]));
  if (texts.size > 0) await store.putTags(ctx, runId, texts);
}
