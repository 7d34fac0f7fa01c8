import type { Ctx } from "../../db/context.ts";
import type { PythonEnvironmentRow } from "../projects/index.ts";
import { type CacheFields, cacheFields, cacheKey, explainMiss } from "./cache-key.ts";
import { type FoundResult, findUsableResults } from "./find-usable-results.ts";
import type { PipelinesDeps } from "./pipelines-deps.ts";
import type { RunRow } from "./run-store.ts";
import type { CommandDefinition } from "./step-definition.ts";
import { resolveAllInputs } from "./step-inputs.ts";
import type { OpenStep, StepStart } from "./step-kinds.ts";
import { findLastFields, findRunsMaking, type StepCache, setCaches } from "./step-store.ts";

interface Asked {
  readonly open: OpenStep<CommandDefinition>;
  readonly fields: CacheFields;
  readonly key: string;
  readonly isRefresh: boolean;
}

/**
 * How steps of a run start, by their ids: from the result of an earlier one with the same fields, not before another
 * that makes the same right now, or with an attempt. What each is made from is kept with it, and why it missed.
 */
export async function askCache(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: RunRow,
  open: readonly OpenStep<CommandDefinition>[],
  python: PythonEnvironmentRow | null,
): Promise<ReadonlyMap<string, StepStart>> {
  const asked = await askedOf(deps, ctx, run, open, python);
  const reusing = asked.filter(({ isRefresh }) => !isRefresh);
  const found = await findUsableResults(
    deps,
    ctx,
    reusing.map(({ key }) => key),
  );
  const missing = reusing.filter(({ key }) => !found.get(key)?.usable);
  // Not under one lock: two that begin in the same moment both run, which costs time and changes nothing.
  const making = await findRunsMaking(
    ctx,
    missing.map(({ key }) => key),
  );
  const last = await findLastFields(
    ctx,
    run,
    missing.filter(({ key }) => !found.has(key) && !making.has(key)).map(({ open }) => open.step.name),
  );

  const starts = new Map<string, StepStart>();
  const caches: StepCache[] = [];
  for (const { open, fields, key, isRefresh } of asked) {
    const { step } = open;
    const result = isRefresh ? undefined : found.get(key);
    const maker = isRefresh || result?.usable ? undefined : making.get(key);
    if (maker !== undefined) {
      starts.set(step.id, { type: "waiting", message: `waits for run ${maker}, which makes the same` });
      continue;
    }
    const isHit = result?.usable === true;
    const miss = isHit ? null : whyMissed(open, fields, { result, isRefresh, last: last.get(step.name) });
    caches.push({ stepId: step.id, key, fields, miss });
    starts.set(step.id, isHit ? fromCache(result) : { type: "attempt" });
    if (!isHit) making.set(key, run.number);
  }
  await setCaches(ctx, caches);
  return starts;
}

async function askedOf(
  deps: PipelinesDeps,
  ctx: Ctx,
  run: RunRow,
  open: readonly OpenStep<CommandDefinition>[],
  python: PythonEnvironmentRow | null,
): Promise<Asked[]> {
  const definitions = open.map(({ definition }) => definition);
  const inputs = await resolveAllInputs(deps.artifacts, ctx, run.id, definitions);
  return open.map((open, at) => {
    const { definition } = open;
    const digests = Object.fromEntries(Object.entries(inputs[at] ?? {}).map(([port, { digest }]) => [port, digest]));
    const digest = definition.needsPython ? python?.digest : undefined;
    const fields = cacheFields(definition, digests, digest ? { digest } : null);
    const isRefresh = run.refresh || definition.cache === "refresh" || changesUnseen(definition);
    return { open, fields, key: cacheKey(run.projectId, fields), isRefresh };
  });
}

/** Data behind a connection, unless the spec names its state. */
const changesUnseen = ({ connection, params }: CommandDefinition): boolean =>
  connection !== undefined && typeof params.version !== "string";

function fromCache({ result }: Extract<FoundResult, { usable: true }>): StepStart {
  const { attemptId, outputs, metrics } = result;
  return { type: "done", change: { attemptId, cachedFrom: attemptId, outputs, metrics, message: null } };
}

function whyMissed(
  { step, definition }: OpenStep<CommandDefinition>,
  fields: CacheFields,
  { result, isRefresh, last }: { result: FoundResult | undefined; isRefresh: boolean; last: CacheFields | undefined },
): string {
  if (isRefresh && changesUnseen(definition))
    return "data behind a connection may have changed; with `version:` the step may come from the cache";
  if (isRefresh) return "a refresh was asked for";
  if (result && !result.usable) return result.reason;
  if (!last) return "there is no earlier result of this step";
  return explainMiss(last, fields, step.uses) ?? "the earlier result came from the cache and is gone";
}
