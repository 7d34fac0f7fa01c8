import { ApiError } from "@pave/contract";
import type { Result } from "../command.ts";
import { colors } from "../output.ts";

/** A plan that would change nothing is no failure: CI says the same deploy again and again. */
export async function orNothingToDo(plan: () => Promise<Result>): Promise<Result> {
  try {
    return await plan();
  } catch (error) {
    if (!(error instanceof ApiError) || error.code !== "plan.nothing_to_do") throw error;
    return { data: { nothingToDo: true, message: error.message }, text: `${colors.green("✔")} ${error.message}` };
  }
}
