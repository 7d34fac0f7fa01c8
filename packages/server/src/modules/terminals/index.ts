export { type DevicePoll, pollDevice, startDevice } from "./device-flow.ts";
export type { TerminalToken } from "./issue-token.ts";
export { redeemCode } from "./redeem-code.ts";
export { pruneTerminals } from "./terminal-store.ts";
export { terminalsRoutes } from "./terminals-routes.ts";
