export { ledgerKey } from "./ledger-key.ts";
export { ledgerMetrics } from "./ledger-metrics.ts";
export { ledgerRoutes } from "./ledger-routes.ts";
export { chainHead, hasEvent, listEvents, sealedEvents } from "./ledger-store.ts";
export { recordEvent } from "./record-event.ts";
export { sealLedger, signCheckpoint } from "./seal-ledger.ts";
