import type { CommandDefinition } from "./step-definition.ts";

export const namesSecret = (text: string): boolean => text.includes("${{ secrets.");

/**
 * The step's `env:`. Of one that reads through a connection nothing: a variable that makes its program load code would hand
 * that the password. `pave validate` refuses it; a run from before it did may still be there.
 */
export const ownEnv = ({ env = {}, connection }: CommandDefinition): Readonly<Record<string, string>> =>
  connection === undefined ? env : {};

/** Its process is given values that stand nowhere else. */
export const takesSecrets = ({ secrets = [], connection }: CommandDefinition): boolean =>
  secrets.length > 0 || connection !== undefined;
