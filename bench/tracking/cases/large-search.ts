import { drive } from "../../harness/drive.ts";
import type { Aim, Measured } from "../../harness/result.ts";
import { quantile } from "../../harness/statistics.ts";
import { openApi, post } from "../api.ts";
import { bodyOf, searches } from "../searches.ts";
import { seedRuns } from "../seed-runs.ts";
import { isPave } from "../servers/pave.ts";
import type { Case } from "./case.ts";

/** Of each search the slower of two looks after a first, so that none hides behind what another left in memory. */
const rounds = 3;

/**
 * The list of filtered searches over more runs than MLflow can be given in an hour. The second size is held against the
 * first: what people look for must not get slower as fast as runs get more.
 */
export const largeSearch: Case = {
  name: "large search",
  onlyPave: true,
  async run({ server, sizes, say }) {
    if (!isPave(server)) return [];
    const measured: Measured[] = [];
    const p95s: number[] = [];
    const api = openApi(server);
    const ids: string[] = [];
    for (let number = 0; number < 10; number += 1) {
      const body = { name: `large ${number}` };
      ids.push((await api.call<{ experiment_id: string }>(post("/experiments/create", body))).experiment_id);
    }
    api.close();
    let loaded = 0;
    for (const count of sizes.large) {
      await seedRuns(server, { experimentIds: ids, from: loaded, to: count, say });
      loaded = count;
      const times: number[] = [];
      for (const search of searches) {
        const request = () => post("/runs/search", bodyOf(search, ids));
        const looked = [];
        for (let round = 0; round < rounds; round += 1)
          looked.push((await drive(server, { connections: 1, seconds: 0, atLeast: 1, request })).p50Ms);
        const slower = Math.max(...looked.slice(1));
        say(`${slower.toFixed(1).padStart(8)} ms  ${search.name}`);
        times.push(slower);
      }
      p95s.push(quantile(times, 0.95));
      const of = (metric: string, value: number, aim: Aim): Measured => ({
        case: "filtered searches, loaded by SQL",
        metric: `${metric} over ${count.toLocaleString("en")}`,
        unit: "ms",
        value,
        better: "lower",
        aim,
      });
      const isFirst = count === sizes.large[0];
      measured.push(
        of("p50", quantile(times, 0.5), {}),
        of("p95", quantile(times, 0.95), isFirst ? { absolute: 100 } : {}),
      );
    }
    const [small, large] = p95s;
    if (small !== undefined && large !== undefined)
      measured.push({
        case: "filtered searches, loaded by SQL",
        metric: `p95 over ${sizes.large[1]?.toLocaleString("en")}, against the smaller`,
        unit: "times",
        value: large / small,
        better: "lower",
        aim: { absolute: 2 },
      });
    return measured;
  },
};
