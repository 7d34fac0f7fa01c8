import { CliError } from "../command.ts";

/** The whole number of an option such as `--limit`. */
export function wholeNumber(option: string, value: string | boolean | string[] | undefined): number {
  const number = Number(value);
  if (typeof value === "string" && Number.isInteger(number) && number > 0) return number;
  throw new CliError(`${option} ${String(value)}: expected a whole number above 0`, {
    fix: `For example: ${option} 20`,
  });
}

/** `name=value` pairs; numbers and booleans become such. */
export function parseVars(pairs: readonly string[], option = "--var"): Record<string, string | number | boolean> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf("=");
      if (at < 1)
        throw new CliError(`${option} ${pair}: expected name=value`, { fix: `For example: ${option} sample=1000` });
      const value = pair.slice(at + 1);
      if (value === "true" || value === "false") return [pair.slice(0, at), value === "true"];
      return [pair.slice(0, at), isNumber.test(value) ? Number(value) : value];
    }),
  );
}

/** As JSON writes numbers: `007` is a code, not a number. */
const isNumber = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d{1,2})?$/;
