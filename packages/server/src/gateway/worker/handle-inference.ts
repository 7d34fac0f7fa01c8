import type { IncomingMessage, ServerResponse } from "node:http";
import type { GatewayLimits } from "@pave/contract";
import { isPaveError, messageOf, PaveError } from "../../kernel/pave-error.ts";
import type { Outputs } from "../model/prediction-decoder.ts";
import { InexactInteger } from "../model/row-encoder.ts";
import type { InferenceCall, Protocol } from "../protocols/protocol.ts";
import { answerError, answerJson, type Headers } from "./answer.ts";
import type { BatchFailure } from "./batcher.ts";
import type { Counters } from "./counters.ts";
import type { LoadedRelease } from "./loaded-release.ts";
import { newPredictionId } from "./prediction-id.ts";
import { readBody } from "./read-body.ts";
import type { RequestLog } from "./request-log.ts";
import type { Endpoint } from "./route-table.ts";

export interface Inference {
  readonly endpoint: Endpoint;
  /** Asked when the body is there: versions may be swapped while a slow caller sends it. */
  readonly pick: () => LoadedRelease | undefined;
  readonly protocol: Protocol;
  readonly counters: Counters;
  readonly requestLog: RequestLog;
  readonly logError: (message: string) => void;
}

/** Reads a body, runs it on a release together with what arrives in the same tick, answers, and counts. */
export function handleInference(request: IncomingMessage, response: ServerResponse, inference: Inference) {
  const started = performance.now();
  readBody(request, inference.endpoint.limits.maxBodyBytes, (error, text) => {
    const release = inference.pick();
    if (release) new Call(response, inference, release, started).run(error, text);
    else refuseNotReady(response, inference, started);
  });
}

/** One request on its way through a release. */
class Call {
  readonly #response: ServerResponse;
  readonly #inference: Inference;
  readonly #release: LoadedRelease;
  readonly #started: number;
  readonly #predictionId = newPredictionId();

  constructor(response: ServerResponse, inference: Inference, release: LoadedRelease, started: number) {
    this.#response = response;
    this.#inference = inference;
    this.#release = release;
    this.#started = started;
  }

  run(error: PaveError | undefined, text: string) {
    if (error) return this.#fail(error);
    try {
      this.#submit(text, false);
    } catch (problem) {
      if (problem instanceof InexactInteger) this.#runExactly(text);
      else this.#fail(problem);
    }
  }

  #runExactly(text: string) {
    try {
      this.#submit(text, true);
    } catch (problem) {
      this.#fail(problem);
    }
  }

  #submit(text: string, isExact: boolean) {
    const { protocol, endpoint } = this.#inference;
    const { batcher, rowMs } = this.#release;
    if (batcher.pending >= maxPending) throw tooMany();
    const call = protocol.read(text, this.#release, endpoint.limits, isExact);
    checkExpectedTime(call.rows, rowMs, endpoint.limits);
    batcher.add({
      rows: call.rows,
      deadline: this.#started + endpoint.limits.timeoutMs,
      write: call.write,
      answer: (outputs, from) => {
        try {
          answerJson(this.#response, 200, call.render(outputs, from, this.#predictionId), this.#headers());
          this.#count(200, call.rows);
        } catch (problem) {
          this.#fail(problem);
          return;
        }
        this.#log(call, outputs, from);
        this.#observe(call, outputs, from);
      },
      fail: (reason) => {
        if (reason.kind === "model") this.#logFailure(reason.error);
        this.#fail(failureOf(reason, endpoint));
      },
    });
  }

  /** The answer is out already; whatever is wrong with the log is no business of the caller's. */
  #log(call: InferenceCall, outputs: Outputs, from: number) {
    const { requestLog, endpoint, logError } = this.#inference;
    if (!endpoint.log) return;
    try {
      requestLog.add({ rule: endpoint.log, release: this.#release, id: this.#predictionId, call, outputs, from });
    } catch (problem) {
      logError(`a request could not be logged: ${messageOf(problem)}`);
    }
  }

  /** The answer is written: nothing here may fail it. */
  #observe(call: InferenceCall, outputs: Outputs, from: number) {
    try {
      this.#inference.counters.observe(this.#release, call, outputs, from);
    } catch (problem) {
      this.#inference.logError(`rows could not be counted: ${messageOf(problem)}`);
    }
  }

  #fail(problem: unknown) {
    if (!isPaveError(problem))
      this.#inference.logError(problem instanceof Error ? `${problem.stack}` : messageOf(problem));
    const error = isPaveError(problem) ? problem : gatewayFault(problem);
    answerError(this.#response, error, this.#inference.protocol, this.#headers());
    this.#count(error.status, 0);
  }

  #logFailure(error: unknown) {
    const { modelName, modelVersion } = this.#release;
    this.#inference.logError(`${modelName} version ${modelVersion} failed on a request: ${messageOf(error)}`);
  }

  #headers(): Headers {
    return ["pave-prediction-id", this.#predictionId, "pave-model-version", this.#release.modelVersion];
  }

  #count(status: number, rows: number) {
    this.#inference.counters.count(this.#release, status, rows, performance.now() - this.#started);
  }
}

/** Counted as the fault of the release that should have been there. */
function refuseNotReady(response: ServerResponse, { endpoint, protocol, counters }: Inference, started: number) {
  answerError(response, notReady(endpoint), protocol);
  const { deploymentId, stableReleaseId, stableModelVersion } = endpoint;
  if (stableReleaseId === null) return;
  const missing = { deploymentId, releaseId: stableReleaseId, modelVersion: stableModelVersion };
  counters.count(missing, 503, 0, performance.now() - started);
}

export function notReady({ path, stableReleaseId }: Endpoint): PaveError {
  if (stableReleaseId === null) {
    return new PaveError("server.unavailable", `${path}: nothing is released here yet`, {
      fix: "deploy a release with `pave deploy`",
    });
  }
  return new PaveError("server.unavailable", `${path}: the model is not loaded yet`, {
    fix: "try again in a second; `pave deployments show` tells whether loading failed",
  });
}

/** Requests of one release that wait in one worker. Their rows are in memory, which other endpoints need too. */
const maxPending = 1024;

const tooMany = () =>
  new PaveError("server.unavailable", `${maxPending} requests wait for this model already`, {
    fix: "send fewer requests at once, or try again",
  });

/** What cannot be answered in time is not begun: it would hold up everybody behind it, for nothing. */
function checkExpectedTime(rows: number, rowMs: number, { timeoutMs }: GatewayLimits): void {
  if (rows * rowMs <= timeoutMs) return;
  const seconds = (ms: number) => `${Number((ms / 1000).toPrecision(2))} s`;
  throw new PaveError(
    "request.too_large",
    `${rows} rows take this model about ${seconds(rows * rowMs)}, longer than the time limit of ${seconds(timeoutMs)}`,
    { fix: `send at most ${Math.max(1, Math.floor(timeoutMs / rowMs))} rows at once` },
  );
}

function failureOf(reason: BatchFailure, { limits }: Endpoint): PaveError {
  switch (reason.kind) {
    case "late":
      return new PaveError("server.unavailable", `the request waited longer than ${limits.timeoutMs} ms for its turn`, {
        fix: "send fewer requests at once, or try again",
      });
    case "timeout":
      return new PaveError(
        "prediction.timeout",
        `the model did not answer within ${limits.timeoutMs} ms and was stopped`,
        {
          fix: "send fewer rows at once; if the model is stuck on these values, tell its owners",
        },
      );
    case "ended":
      return new PaveError("server.unavailable", "the model's process ended in the middle of this request", {
        fix: "try again; if it happens with the same values each time, tell the owners of the model",
      });
    case "model":
      return modelFailure(reason.error);
  }
}

function modelFailure(error: unknown): PaveError {
  return new PaveError("server.internal", `the model failed on this request: ${messageOf(error).slice(0, 300)}`, {
    fix: "compare the values with the model's training data, and tell the owners of the model",
    cause: error,
  });
}

export const gatewayFault = (cause: unknown) =>
  new PaveError("server.internal", "the gateway failed on this request", {
    fix: "try again; its log has the reason",
    cause,
  });
