import { writeFileSync } from "node:fs";
import type { Reporter } from "vitest/node";

/**
 * Tells `scripts/test.mjs` what came of a run of vitest, in the file that PAVE_TEST_OUTCOME names; does nothing where none
 * is named. vitest's own report in JSON is silent on errors that belong to no test, for which a run fails all the same;
 * `strayErrors` are those that belong to no file either.
 */
export const testOutcome: Reporter = {
  onTestRunEnd(modules, errors) {
    const path = process.env.PAVE_TEST_OUTCOME;
    if (path === undefined) return;
    const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state));
    const [passed, failed] = ["passed", "failed"].map((state) => states.filter((each) => each === state).length);
    const failedModules = modules.filter((module) => !["passed", "skipped"].includes(module.state()));
    // a promise that nobody looks at belongs to no test, but to the file that ran
    const filesOfErrors = errors.map((error) => (error as { VITEST_TEST_PATH?: string }).VITEST_TEST_PATH);
    const files = [...failedModules.map(({ moduleId }) => moduleId), ...filesOfErrors].filter(
      (file) => file !== undefined,
    );
    const outcome = {
      ...{ passed, failed, skipped: states.filter((state) => state === "skipped").length },
      failedFiles: [...new Set(files)],
      strayErrors: filesOfErrors.filter((file) => file === undefined).length,
    };
    writeFileSync(path, JSON.stringify(outcome));
  },
};
