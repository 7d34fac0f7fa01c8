import type { ModelCheck } from "@pave/contract";

/** In the workers that all endpoints share, or in a process of its own. */
export type Place = "shared" | "apart";

/**
 * What a release may cost the others that share its workers, by what its check measured. A worker stands still while a
 * model runs, so these are pauses of every endpoint; and each worker holds its own copy, so memory counts once per core.
 */
const sharedLimits = {
  /** A full batch: what busy neighbours wait behind each other. Trees and linear models need 0.1 to 2 ms. */
  batchMs: 10,
  /** The largest request that the endpoint takes, which runs in one go. */
  requestMs: 100,
  /** Of the checking process: some 140 MB without any model. */
  rssBytes: 512 * 2 ** 20,
} as const;

type Measured = Pick<ModelCheck, "p50Ms" | "batchMs" | "rssBytes">;

/** What one row costs in a batch. A check that measured nothing (no row to score) says nothing: 0. */
export const rowMs = ({ p50Ms, batchMs }: Measured): number =>
  batchMs === undefined || batchMs === null ? (p50Ms ?? 0) : batchMs / 64;

/** Slow or large releases run apart; `maxRows` is what the endpoint takes in one request. */
export function placeOf(check: Measured, maxRows: number): Place {
  const isSlow = 64 * rowMs(check) > sharedLimits.batchMs || maxRows * rowMs(check) > sharedLimits.requestMs;
  return isSlow || (check.rssBytes ?? 0) > sharedLimits.rssBytes ? "apart" : "shared";
}

/** Room for requests that are larger than what was checked; beyond it the process is replaced. */
export const memoryLimit = ({ rssBytes }: Measured): number => 2 * (rssBytes ?? 0) + 2 ** 30;
