import { cpuSeconds, peakBytes } from "../harness/process-tree.ts";
import type { Measured } from "../harness/result.ts";
import type { Case } from "./cases/case.ts";
import { type Answers, askAll } from "./check-answers.ts";
import { seed } from "./seed.ts";
import type { TrackingServer } from "./servers/server.ts";
import type { Sizes } from "./sizes.ts";

export interface Outcome {
  readonly measured: readonly Measured[];
  readonly answers: Answers;
  /** What it could not do; the rest is measured nevertheless. */
  readonly failures: readonly string[];
}

/** Loads a server, asks what is compared, and drives the cases one after the other. */
export async function measureServer(
  server: TrackingServer,
  cases: readonly Case[],
  options: { readonly sizes: Sizes; readonly python: string; say(text: string): void },
): Promise<Outcome> {
  const { sizes, python, say } = options;
  const began = performance.now();
  const seeded = await seed(server, sizes, say);
  say(`loaded in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  const failures: string[] = [];
  const failed = (what: string, error: unknown) => {
    const why = `${what}: ${error instanceof Error ? error.message : String(error)}`;
    failures.push(why);
    say(`FAILED ${why}`);
  };
  const answers: Record<string, string> = {};
  try {
    Object.assign(answers, await askAll(server, seeded, sizes));
  } catch (error) {
    failed("answers that are compared", error);
  }
  const answered = (what: string, text: string) => {
    answers[what] = text;
  };
  const measured: Measured[] = [];
  for (const { name, onlyPave = false, run } of cases) {
    if (onlyPave && server.name !== "pave") continue;
    say(`${name} …`);
    const [at, before] = [performance.now(), await cpuSeconds(await server.pids())];
    try {
      measured.push(...(await run({ server, seeded, sizes, python, answered, say })));
    } catch (error) {
      failed(name, error);
    }
    const [seconds, cpu] = [(performance.now() - at) / 1000, (await cpuSeconds(await server.pids())) - before];
    say(`${name}: ${seconds.toFixed(1)} s, processor time of the server ${cpu.toFixed(1)} s`);
  }
  const bytes = await peakBytes(await server.pids());
  measured.push({
    ...{ case: "memory under this load", metric: "peak resident", unit: "MB", value: bytes / 1e6 },
    ...{ better: "lower", aim: { absolute: 300 } },
  });
  return { measured, answers, failures };
}
