import type { Ctx } from "../../db/context.ts";
import { sleep } from "../../kernel/time.ts";
import { configVersion } from "./deployment-store.ts";
import { noteGatewayKeys } from "./gateway-config.ts";
import { isConfigTaken } from "./readiness.ts";

/**
 * Tells gateways of the tokens as they are now, so that a new one works, and a revoked one does not, when the caller
 * hears that it is made. A gateway that does not answer is not waited for longer than `patienceMs`.
 */
export async function publishKeys(ctx: Ctx, patienceMs = 2_000): Promise<void> {
  await noteGatewayKeys(ctx);
  const { version } = await configVersion(ctx);
  const deadline = performance.now() + patienceMs;
  while (!(await isConfigTaken(ctx, version)) && performance.now() < deadline) await sleep(20);
}
