export { type AddressGuard, createAddressGuard, isAllowEntry } from "./address-guard.ts";
export { createGuardedFetch, type GuardedFetch } from "./guarded-fetch.ts";
