import { cp } from "node:fs/promises";
import { join } from "node:path";
import type { TestPlatform } from "./platform.ts";

/** Copies a project of `tests/fixtures` to a folder of the platform and creates it there; gives the folder. */
export async function createFixtureProject(platform: TestPlatform, name: string): Promise<string> {
  const folder = join(platform.folder, name);
  await cp(join(import.meta.dirname, "..", "fixtures", name), folder, { recursive: true });
  await platform.client.createProject({ body: { name, owner: "platform" } });
  return folder;
}
