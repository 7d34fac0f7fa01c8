import type { CommandDefinition } from "./step-definition.ts";

export const namesSecret = (text: string): boolean => text.includes("${{ secrets.");

/** Its process is given values that stand nowhere else. */
export const takesSecrets = ({ secrets = [], connection }: CommandDefinition): boolean =>
  secrets.length > 0 || connection !== undefined;
