/**
 * Saves a small platform of this version for later ones to be tested with: `node tests/support/save-version.ts`. Run it
 * when a version is about to be landed that changed the database; `tests/install/upgrade.test.ts` starts from what it wrote.
 */
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { startPlatform } from "./platform.ts";
import { saveVersion } from "./saved-version.ts";
import { tinyProject } from "./tiny-project.ts";

const file = join(import.meta.dirname, "..", "fixtures", "previous-version.json.gz");
const platform = await startPlatform();
try {
  const project = await tinyProject(platform, "tiny");
  await project.json(["run"]);
  await project.json(["deploy", "--to", "staging"]);
  const answer = await project.json(["predict", "staging"]);
  await project.edit("pave.yaml", "depth: 6", "depth: 7");
  await project.json(["run"]);
  await project.json(["deploy", "--to", "staging"]);
  await platform.stop();
  await saveVersion(platform.home, file, answer);
} finally {
  await platform.remove();
}
process.stdout.write(`${file}, ${(await stat(file)).size} bytes\n`);
