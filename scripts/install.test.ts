import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("what takes time is a plain line where there is no terminal", () => {
  const script = join(import.meta.dirname, "install.mjs");
  const { stderr } = spawnSync(process.execPath, [
    "--input-type=module",
    "--eval",
    `import { step } from ${JSON.stringify(script)}; step("Installing packages")();`,
  ]);
  expect(String(stderr)).toMatch(/^✔ Installing packages 0\.\d s\n$/);
});
