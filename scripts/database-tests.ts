/*
 * The tests below folders that ask for a database, one a line:
 *
 *     node scripts/database-tests.ts packages/server/src/modules
 *
 * What reaches `db/test-server.ts` by no import has no database, whatever its folder: on another PostgreSQL it would only
 * repeat what it said before.
 */
import { globSync } from "node:fs";
import { join } from "node:path";
import { importsOf } from "./check-imports.ts";

const testServer = "packages/server/src/db/test-server.ts";

export function databaseTests(folders: readonly string[]): string[] {
  const root = join(import.meta.dirname, "..");
  const known = new Map<string, readonly string[]>();
  const reaches = (file: string, seen: Set<string>): boolean => {
    if (file === testServer) return true;
    if (seen.has(file)) return false;
    seen.add(file);
    const imports = known.get(file) ?? importsOf(file);
    known.set(file, imports);
    return imports.some((target) => target.endsWith(".ts") && reaches(target, seen));
  };
  return globSync(
    folders.map((folder) => `${folder}/**/*.test.ts`),
    { cwd: root },
  )
    .filter((file) => reaches(file, new Set()))
    .sort();
}

if (process.argv[1] === import.meta.filename)
  process.stdout.write(`${databaseTests(process.argv.slice(2)).join("\n")}\n`);
