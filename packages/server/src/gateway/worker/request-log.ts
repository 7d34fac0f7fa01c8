import { type LoggedRelease, maxLogBodyBytes, type RequestLogRule, redactedValue } from "@pave/contract/gateway";
import { scoreOf } from "../model/model-answers.ts";
import type { Outputs, Prediction } from "../model/prediction-decoder.ts";
import type { InferenceCall } from "../protocols/protocol.ts";
import type { LoggedRequests } from "../worker-messages.ts";
import type { LoadedRelease } from "./loaded-release.ts";

export interface Answered {
  readonly rule: RequestLogRule;
  readonly release: Pick<LoadedRelease, "deploymentId" | "releaseId" | "modelVersion" | "model">;
  readonly id: string;
  readonly call: InferenceCall;
  readonly outputs: Outputs;
  readonly from: number;
}

/** A row with more text than this is logged without its features. */
const maxFeatureBytes = 64 * 1024;
/** A label with more text than this is no class of anything. */
const maxLabelLength = 1000;
/**
 * Between two messages to the supervisor; what is beyond is not kept, and seen in the counts. With a part of the spool
 * that was nearly full before, it still fits into one request to the api.
 */
const maxWaitingBytes = maxLogBodyBytes / 2;
/** So many seconds' worth of rows may come at once. */
const burstSeconds = 60;

/**
 * Keeps what was asked and answered, by the endpoint's rule, until it is taken. Costs some microseconds for a row that is
 * kept, and the rule bounds how many are: a worker at its limit spends less than a hundredth of its time here.
 */
export class RequestLog {
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #budgets = new Map<string, { rows: number; atMs: number }>();
  #lines: string[] = [];
  #bytes = 0;
  #releases = new Map<string, Writable<LoggedRelease>>();

  constructor(now: () => number = () => performance.now(), random: () => number = Math.random) {
    this.#now = now;
    this.#random = random;
  }

  add(answered: Answered) {
    const { rule, call, release } = answered;
    const counts = this.#countsOf(release);
    counts.seen += call.rows;
    if (rule.sample < 1 && this.#random() >= rule.sample) return;
    const kept = this.#grant(release.deploymentId, rule, call.rows);
    if (kept === 0) return;
    const redact = rule.redact.length === 0 ? undefined : new Set(rule.redact);
    // of more rows than fit some from everywhere: callers may send them in an order
    const step = call.rows / kept;
    for (let index = 0; index < kept && this.#bytes < maxWaitingBytes; index += 1) {
      const line = lineOf(answered, Math.floor(index * step), redact);
      this.#lines.push(line);
      this.#bytes += Buffer.byteLength(line);
      counts.kept += 1;
    }
  }

  /** Undefined when nothing was answered since the last call. */
  take(): LoggedRequests | undefined {
    if (this.#releases.size === 0) return undefined;
    const taken = { releases: [...this.#releases.values()], rows: this.#lines.length, lines: this.#lines.join("") };
    this.#releases = new Map();
    this.#lines = [];
    this.#bytes = 0;
    return taken;
  }

  #countsOf({ deploymentId, releaseId, modelVersion, model }: Answered["release"]): Writable<LoggedRelease> {
    let counts = this.#releases.get(releaseId);
    if (!counts) {
      counts = { deploymentId, releaseId, modelVersion, answers: model.answers, seen: 0, kept: 0 };
      this.#releases.set(releaseId, counts);
    }
    return counts;
  }

  /** How many of so many rows the endpoint's budget has room for. */
  #grant(deploymentId: string, { maxRowsPerSecond }: RequestLogRule, rows: number): number {
    const now = this.#now();
    const most = maxRowsPerSecond * burstSeconds;
    const before = this.#budgets.get(deploymentId) ?? { rows: most, atMs: now };
    const left = Math.min(most, before.rows + ((now - before.atMs) / 1000) * maxRowsPerSecond);
    const granted = Math.min(rows, Math.floor(left));
    this.#budgets.set(deploymentId, { rows: left - granted, atMs: now });
    return granted;
  }
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };

function lineOf(
  { release, id, call, outputs, from }: Answered,
  row: number,
  redact: ReadonlySet<string> | undefined,
): string {
  const { model, releaseId } = release;
  const prediction = JSON.parse(model.decode(outputs, from + row) ?? '{"outputs":{}}') as Prediction;
  const { score, label } = scoreOf(model.answers, prediction);
  const features = featuresJson(model.features, call.featuresOf(row), redact);
  return `{"id":"${id}","row":${row},"release":"${releaseId}","score":${score},"label":${labelJson(label)},"features":${features}}\n`;
}

/** Models answer with any text; what no column takes is left out. */
const labelJson = (label: string | null): string =>
  label === null || label.length > maxLabelLength || label.includes("\0")
    ? "null"
    : JSON.stringify(label.toWellFormed());

/** Only what the model takes: whatever else a caller sends is not ours to keep. */
function featuresJson(
  features: LoadedRelease["model"]["features"],
  values: Readonly<Record<string, unknown>>,
  redact: ReadonlySet<string> | undefined,
): string {
  const kept: Record<string, unknown> = {};
  for (const { name } of features)
    kept[name] = redact?.has(name) ? redactedValue : Object.hasOwn(values, name) ? values[name] : null;
  const text = JSON.stringify(kept, plain);
  return text.length <= maxFeatureBytes ? text : "{}";
}

/** Whole numbers beyond 2^53 come as BigInt, which JSON does not know; half a surrogate is JSON that few can read. */
const plain = (_key: string, value: unknown) =>
  typeof value === "bigint" ? String(value) : typeof value === "string" ? value.toWellFormed() : value;
