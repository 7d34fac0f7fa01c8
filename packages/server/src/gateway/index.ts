/** What the rest of the server may use of the data plane. */
export { runGateway } from "./run-gateway.ts";
export { connectGateway, gatewayProcess, gatewayStatus, stopGateway } from "./supervisor/control-socket.ts";
export { gatewayCodeVersion } from "./supervisor/gateway-version.ts";
