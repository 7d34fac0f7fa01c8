/**
 * The friendly protocol, `POST …/predict`. One object of named features is one row; `{"inputs": [rows]}` (or
 * `instances`) is several. The answer always has the list `predictions`, a row each:
 *
 *     {"predictionId": "…", "model": {"name": "late", "version": "3"},
 *      "predictions": [{"label": true, "probability": 0.57, "probabilities": {"false": 0.43, "true": 0.57}}]}
 */
import { PaveError } from "../../kernel/pave-error.ts";
import { findDuplicateKey } from "../find-duplicate-key.ts";
import { describeValue, type Finding } from "../model/row-encoder.ts";
import { parseJson } from "../parse-json.ts";
import type { LoadedRelease } from "../worker/loaded-release.ts";
import { checkRowCount, notFinite, type Protocol } from "./protocol.ts";

export const namedFeatures: Protocol = {
  read(text, release, limits, isExact) {
    const body = parseJson(text, isExact);
    assertNamesOnce(text, body);
    const { rows, place } = findRows(body, release);
    checkRowCount(rows.length, limits, place ?? "body");
    const { encoder, decode } = release.model;
    return {
      rows: rows.length,
      write(buffer) {
        for (const [index, row] of rows.entries()) {
          const where = place === undefined ? "" : `${place}[${index}].`;
          if (!isObject(row)) {
            throw new PaveError(
              "prediction.invalid",
              `${where.slice(0, -1)}: expected an object of named features, found ${describeValue(row)}`,
              { fix: exampleFix(release) },
            );
          }
          const finding = encoder.writeRow(buffer, row, isExact);
          if (finding) throw unfit(where, finding);
        }
      },
      row: (index) => rows[index] as Record<string, unknown>,
      render(outputs, from, predictionId) {
        let predictions = "";
        for (let index = 0; index < rows.length; index += 1) {
          const prediction = decode(outputs, from + index);
          if (prediction === undefined) throw notFinite(index);
          predictions += index === 0 ? prediction : `,${prediction}`;
        }
        return `{"predictionId":"${predictionId}","model":${release.identityJson},"predictions":[${predictions}]}`;
      },
      featuresOf: (row) => rows[row] as Record<string, unknown>,
    };
  },

  renderError: ({ code, message, fix }) => JSON.stringify({ error: { code, message, fix } }),
};

function assertNamesOnce(text: string, body: unknown): void {
  const name = findDuplicateKey(text, body);
  if (name === undefined) return;
  throw new PaveError("prediction.invalid", `body: expected every name once, found ${JSON.stringify(name)} twice`, {
    fix: `send one value for ${JSON.stringify(name)}`,
  });
}

/** A feature may itself be called `inputs` or `instances`; then the object is one row. */
function findRows(body: unknown, release: LoadedRelease): { rows: readonly unknown[]; place?: string } {
  if (!isObject(body)) {
    throw new PaveError(
      "prediction.invalid",
      `body: expected an object of named features, or {"inputs": [objects]}, found ${describeValue(body)}`,
      { fix: exampleFix(release) },
    );
  }
  for (const place of ["inputs", "instances"]) {
    const rows = body[place];
    if (!Object.hasOwn(body, place) || release.model.features.some(({ name }) => name === place)) continue;
    if (!Array.isArray(rows)) {
      throw new PaveError("prediction.invalid", `${place}: expected a list of objects, found ${describeValue(rows)}`, {
        fix: `send {"${place}": [{…}, …]}`,
      });
    }
    const other = Object.keys(body).find((key) => key !== place);
    if (other !== undefined) {
      throw new PaveError("prediction.invalid", `body: expected only "${place}", found "${other}" beside it`, {
        fix: `leave "${other}" out, or move it into each row`,
      });
    }
    return { rows, place };
  }
  return { rows: [body] };
}

function unfit(where: string, { feature, expected, found, fix }: Finding): PaveError {
  return new PaveError("prediction.invalid", `${where}${feature}: expected ${expected}, found ${found}`, { fix });
}

const exampleFix = ({ model }: LoadedRelease) =>
  model.example ? `send for example ${JSON.stringify(model.example)}` : "send an object with a value for each feature";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
