/** What the rest of the server may use of the data plane. */
import type { GatewayOptions } from "./run-gateway.ts";

export { connectGateway, gatewayProcess, gatewayStatus, stopGateway } from "./supervisor/control-socket.ts";
export { gatewayCodeVersion } from "./supervisor/gateway-version.ts";

/** The data plane itself is read only by the process that is one. Resolves when it has stopped. */
export async function runGateway(options: GatewayOptions): Promise<void> {
  const gateway = await import("./run-gateway.ts");
  return gateway.runGateway(options);
}
