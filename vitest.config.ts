import { defineConfig } from "vitest/config";
import { PlatformsFirst } from "./scripts/test-order.ts";
import { testOutcome } from "./scripts/test-outcome.ts";

export default defineConfig({
  test: {
    projects: [
      { extends: true, test: { name: "platforms", include: ["tests/**/*.test.ts"] } },
      {
        extends: true,
        test: {
          name: "parts",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "{components,scripts,templates,examples}/**/*.test.ts"],
          // one process after the other would read the program for each file; they leave nothing in the one they share
          isolate: false,
        },
      },
    ],
    globalSetup: ["packages/server/src/db/test-global-setup.ts"],
    // How long a test waits for what should come, not a promise of how fast it comes: where speed is promised, a test
    // measures it. The suite keeps all cores busy, so everything may take several times as long as by itself.
    testTimeout: 120_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    reporters: ["default", testOutcome],
    sequence: { sequencer: PlatformsFirst },
    pool: "forks",
    maxWorkers: 2,
    // what is tested is words, not colours; some runners force those
    env: { NO_COLOR: "1" },
  },
});
