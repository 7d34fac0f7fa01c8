import { failedModelCheck, type ModelCheck } from "@pave/contract";

const maxProblemLength = 2000;
/** As much of an input example as is kept; it goes to whoever serves the model and whoever looks at it. */
const maxExampleBytes = 512 * 1024;
const maxCheckBytes = 2 ** 20;

/**
 * A check as far as it is believed: code of the model ran in the process that printed it, and may have printed it
 * itself. What it says of memory is no more than it was given, and it says no more than can be kept.
 */
export function boundedCheck(check: ModelCheck, { memoryBytes }: { readonly memoryBytes: number }): ModelCheck {
  const { problem, rssBytes, heldBytes, inputExample } = check;
  const bounded = {
    ...check,
    ...(problem === undefined ? {} : { problem: problem.slice(0, maxProblemLength) }),
    ...(heldBytes === undefined ? {} : { heldBytes: Math.min(heldBytes, memoryBytes) }),
    rssBytes: rssBytes === null ? null : Math.min(rssBytes, memoryBytes),
    inputExample: bytesOf(inputExample) > maxExampleBytes ? null : inputExample,
  };
  return bytesOf(bounded) > maxCheckBytes
    ? failedModelCheck(`what was found out about the model has more than ${maxCheckBytes} bytes`, bounded.rssBytes)
    : bounded;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));
