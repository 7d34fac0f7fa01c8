import type { Target } from "../../harness/drive.ts";
import { get, openApi } from "../api.ts";
import { key, valueAt, type WrittenRun } from "./work.ts";

interface Page {
  readonly metrics?: readonly { readonly step?: number; readonly value: number }[];
  readonly next_page_token?: string;
}

/** Reads back every run: how many of the points that were acknowledged are not there, or not with their value. */
export async function findLost(server: Target, runs: readonly WrittenRun[]): Promise<number> {
  const api = openApi(server);
  let lost = 0;
  try {
    for (const { runId, points } of runs) {
      const found = new Map<number, number>();
      for (let token: string | undefined = ""; token !== undefined; ) {
        const query = {
          run_id: runId,
          metric_key: key,
          max_results: 25_000,
          ...(token === "" ? {} : { page_token: token }),
        };
        const page: Page = await api.call<Page>(get("/metrics/get-history", query));
        for (const { step = 0, value } of page.metrics ?? []) found.set(step, value);
        token = page.next_page_token;
      }
      for (let step = 0; step < points; step += 1) if (found.get(step) !== valueAt(step)) lost += 1;
    }
  } finally {
    api.close();
  }
  return lost;
}
