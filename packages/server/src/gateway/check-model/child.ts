/**
 * The throw-away process of the check: `node child.ts <model folder>` prints a ModelCheck as one line of JSON. Exits 0
 * when the model is fine and 1 when it is not.
 */
import { scoreFolder } from "./score-folder.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write("usage: node child.ts <model folder>\n");
  process.exit(2);
}
const check = await scoreFolder(folder);
process.stdout.write(`${JSON.stringify(check)}\n`, () => process.exit(check.ok ? 0 : 1));
