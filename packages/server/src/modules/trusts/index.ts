export { type ExchangeDeps, type Exchanged, exchangeAssertion } from "./exchange-assertion.ts";
export { createIssuerKeys } from "./issuer-keys.ts";
export { pruneTrusts } from "./trust-store.ts";
export { trustsRoutes } from "./trusts-routes.ts";
