export { createMonitoring } from "./create-monitoring.ts";
export { webhookChannel } from "./webhook-store.ts";
