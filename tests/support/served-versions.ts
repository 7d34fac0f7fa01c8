import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Run } from "@pave/contract";
import type { UsedPlatform } from "./platform.ts";
import { fixture, tinyProject } from "./tiny-project.ts";

export interface ServedVersions {
  readonly folder: string;
  /** May call the endpoints of the project. */
  readonly token: string;
  /** From the next release on. */
  setRollout(rollout: string): Promise<void>;
}

/** A project with a version for each of these fixtures, in order, whose endpoint rolls out as said. */
export async function serveVersions(
  platform: UsedPlatform,
  name: string,
  fixtures: readonly string[],
  rollout: string,
): Promise<ServedVersions> {
  const project = await tinyProject(platform, name);
  await project.edit(
    "pave.yaml",
    `  ${name}: { model: ${name} }`,
    `  ${name}: { model: ${name}, rollout: ${rollout} }`,
  );
  const model = join(project.folder, "steps", "train", "model");
  for (const [index, one] of fixtures.entries()) {
    await rm(model, { recursive: true });
    await cp(fixture(one), model, { recursive: true });
    // a step of other code is a version of its own, also where the model is the same
    await project.put("steps/train/note.txt", `version ${index + 1}\n`);
    const run = await project.json<Run>(["run"]);
    if (run.state !== "succeeded") throw new Error(`run ${run.number} ${run.state}: ${run.message}`);
  }
  const { token } = await platform.client.createToken({
    body: { name: "load", project: name, scopes: ["deployment.predict"], expiresInDays: 1 },
  });
  let set = rollout;
  return {
    folder: project.folder,
    token,
    async setRollout(next) {
      await project.edit("pave.yaml", `rollout: ${set} }`, `rollout: ${next} }`);
      set = next;
      await project.json(["push"]);
    },
  };
}
