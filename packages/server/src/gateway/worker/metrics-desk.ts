import type { IncomingMessage, ServerResponse } from "node:http";
import { expositionType } from "../../kernel/metrics/index.ts";
import { PaveError } from "../../kernel/pave-error.ts";
import { namedFeatures } from "../protocols/named-features.ts";
import type { FromWorker } from "../worker-messages.ts";
import { answerError } from "./answer.ts";

const patienceMs = 5000;

/** `/metrics` is the supervisor's to tell, which has the counters of all workers; a worker only passes it on. */
export class MetricsDesk {
  readonly #tell: (message: FromWorker) => void;
  readonly #waiting = new Map<number, ServerResponse>();
  #asked = 0;

  constructor(tell: (message: FromWorker) => void) {
    this.#tell = tell;
  }

  ask(_request: IncomingMessage, response: ServerResponse) {
    this.#asked += 1;
    const id = this.#asked;
    this.#waiting.set(id, response);
    const timer = setTimeout(() => {
      this.#waiting.delete(id);
      const error = new PaveError("server.unavailable", "the gateway's supervisor did not answer in 5 s", {
        fix: "try again",
      });
      answerError(response, error, namedFeatures);
    }, patienceMs);
    response.once("close", () => {
      clearTimeout(timer);
      this.#waiting.delete(id);
    });
    this.#tell({ type: "metrics-wanted", id });
  }

  deliver(id: number, text: string) {
    const response = this.#waiting.get(id);
    if (!response || response.destroyed || response.headersSent) return;
    response.writeHead(200, { "content-type": expositionType, "cache-control": "no-store" });
    response.end(text);
  }
}
