/**
 * Runs a bench by its name:
 *
 *     npm run bench -- tracking --quick
 *
 * Without a name it says which there are. Arguments behind the name are the bench's own.
 */
const benches: Readonly<Record<string, { readonly about: string; run(): Promise<unknown> }>> = {
  tracking: {
    about: "Pave's tracking server against stock MLflow [--quick] [--json] [--write] [--only PART] [--servers a,b]",
    run: () => import("../tracking/main.ts"),
  },
  "tracking-soak": {
    about: "long mixed load on the tracking server, nothing lost and memory flat [--minutes 15] [--kill]",
    run: () => import("../tracking/soak.ts"),
  },
  backup: { about: "a backup and a restore [--megabytes 1000]", run: () => import("../backup.ts") },
  canary: { about: "how soon a canary finds a bad version", run: () => import("../canary-detection.ts") },
  "canary-kills": { about: "kills during canaries", run: () => import("../canary-kills.ts") },
  drift: { about: "what it costs to count rows in a profile", run: () => import("../drift-observe.ts") },
  kills: { about: "kills of every part while people work [--rounds 3]", run: () => import("../soak-kills.ts") },
  "plan-run": { about: "how soon a run's steps are planned", run: () => import("../plan-run.ts") },
  serving: { about: "the gateway against a bare server", run: () => import("../serving/bench-serving.ts") },
  start: { about: "start and idle memory [--runs 5]", run: () => import("../start.ts") },
  "step-start": { about: "what a step takes before its code runs", run: () => import("../step-start.ts") },
};

const name = process.argv[2] ?? "";
const bench = benches[name];
if (bench) {
  // benches read their arguments as if they had been started themselves
  process.argv.splice(2, 1);
  await bench.run();
} else {
  const lines = Object.entries(benches).map(([key, { about }]) => `  ${key.padEnd(16)} ${about}`);
  process.stderr.write(
    `${name === "" ? "Which bench?" : `There is no bench '${name}'.`} npm run bench -- NAME\n${lines.join("\n")}\n`,
  );
  process.exitCode = 2;
}
