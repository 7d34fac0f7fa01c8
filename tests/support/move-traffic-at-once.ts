import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Plan } from "@pave/contract";
import { parse, stringify } from "yaml";
import type { TestPlatform } from "./platform.ts";

/**
 * Gives the platform a production of its own without a canary, for tests about something else: its releases need no
 * traffic. On a laptop an author may approve their own plan there; not so with `ofTeam`.
 */
export async function moveTrafficAtOnce(
  platform: TestPlatform,
  options: { readonly ofTeam?: boolean } = {},
): Promise<void> {
  const { source } = await platform.client.getEnvironment({ params: { environment: "production" } });
  const { rollout: _, ...spec } = parse(source) as { approvals: object; rollout: object };
  if (options.ofTeam) spec.approvals = { ...spec.approvals, selfApproval: false };
  const file = join(platform.folder, "production-at-once.yaml");
  await writeFile(file, stringify(spec));
  const { number } = await platform.json<Plan>(["environments", "apply", file, "--yes"]);
  const { state } = await platform.json<Plan>(["plans", "approve", String(number), "--platform"]);
  if (state !== "applied") throw new Error(`platform plan ${number} is ${state}`);
}
