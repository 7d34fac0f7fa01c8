import type { ModelAnswers } from "@pave/contract";

export type OutcomeValue = string | number | boolean;

/** How tables and languages write yes and no; a value in any of these counts for classes in any other. */
const yes = ["true", "1", "yes"];
const no = ["false", "0", "no"];

/** The value as it is kept and compared: the class as the model writes it, or the number. Undefined when it does not fit. */
export function fitValue(answers: ModelAnswers, value: OutcomeValue): string | undefined {
  const text = String(value);
  switch (answers.kind) {
    case "number":
      return numberText(value);
    case "binary":
      return classOf([answers.negative, answers.positive], text);
    case "label":
      return answers.classes === null ? text : classOf(answers.classes, text);
    case "other":
      return text;
  }
}

/** What would have fitted, in words. */
export function expectedValue(answers: ModelAnswers): string {
  switch (answers.kind) {
    case "number":
      return "a number";
    case "binary":
      return `${answers.negative} or ${answers.positive}`;
    case "label":
      return answers.classes === null ? "a label" : `one of ${answers.classes.slice(0, 10).join(", ")}`;
    case "other":
      return "a value";
  }
}

function numberText(value: OutcomeValue): string | undefined {
  if (typeof value === "boolean" || (typeof value === "string" && value.trim() === "")) return undefined;
  const number = Number(value);
  return isMeasurable(number) ? String(number) : undefined;
}

/** Fourth powers are summed, over all rows of an hour: beyond this the sums would have no place in the database. */
export const isMeasurable = (number: number): boolean => Math.abs(number) <= 1e70;

function classOf(classes: readonly string[], text: string): string | undefined {
  if (classes.includes(text)) return text;
  const lower = text.toLowerCase();
  const [same, other] = yes.includes(lower) ? [yes, no] : [no, yes];
  if (!same.includes(lower) || classes.length !== 2) return undefined;
  const found = classes.find((name) => same.includes(name.toLowerCase()));
  return found !== undefined && classes.some((name) => other.includes(name.toLowerCase())) ? found : undefined;
}
