import { createHash } from "node:crypto";

/** The id that the run with a number from 0 gets where ids are given, which is where runs are loaded by SQL. */
export const seededRunId = (number: number): string => createHash("md5").update(`run ${number}`).digest("hex");
