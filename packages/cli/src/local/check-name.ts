import { nameSchema } from "@pave/contract";
import { CliError } from "../command.ts";

/** A project's name as it stands, before anything is sent under it. `place` is where it was said. */
export function checkName(name: string, place: string): string {
  const result = nameSchema.safeParse(name);
  if (result.success) return name;
  throw new CliError(`${place}: ${JSON.stringify(shortened(name))} is no project's name`, {
    fix: `It ${result.error.issues[0]?.message ?? "is not valid"}.`,
  });
}

const shortened = (text: string): string => (text.length > 40 ? `${text.slice(0, 39)}…` : text);
