import type { GatewayLimits } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";
import type { Outputs } from "../model/prediction-decoder.ts";
import type { RowBuffer } from "../model/row-buffer.ts";
import type { LoadedRelease } from "../worker/loaded-release.ts";

/** A translation of one wire format onto the one internal way to run a model. */
export interface Protocol {
  /**
   * Understands a body as far as it can without writing rows. Throws PaveError. `isExact`: parse whole numbers above
   * 2^53 exactly; asked for in a second try, after `write` threw InexactInteger.
   */
  read(text: string, release: LoadedRelease, limits: GatewayLimits, isExact: boolean): InferenceCall;
  /** The body of a failed answer. */
  renderError(error: PaveError): string;
}

export interface InferenceCall {
  readonly rows: number;
  /** Writes exactly `rows` rows. Throws PaveError for the first value that does not fit, or InexactInteger. */
  write(buffer: RowBuffer): void;
  /** The features of one row by name, as JSON had them; those that were not sent are missing. */
  row(index: number): Readonly<Record<string, unknown>>;
  /** The body of the answer. Throws PaveError when the model's answer cannot be given. */
  render(outputs: Outputs, from: number, predictionId: string): string;
  /** The features of one row, by name, as they were sent; asked only for rows that are logged. */
  featuresOf(row: number): Readonly<Record<string, unknown>>;
}

export function checkRowCount(rows: number, limits: GatewayLimits, place: string): void {
  if (rows < 1)
    throw new PaveError("prediction.invalid", `${place}: expected at least one row, found none`, {
      fix: "send one row or more",
    });
  if (rows > limits.maxRows) {
    throw new PaveError("request.too_large", `${place}: expected at most ${limits.maxRows} rows, found ${rows}`, {
      fix: "split the rows over several requests",
    });
  }
}

/** A model that answers with NaN is broken, whatever was asked: its fault, so a 500 that monitoring counts. */
export const notFinite = (row: number) =>
  new PaveError("server.internal", `the model gave a number that is not finite for row ${row + 1}`, {
    fix: "tell the owners of the model; its training data may lack such values",
  });
