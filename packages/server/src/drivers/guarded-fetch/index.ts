export { type AddressGuard, createAddressGuard, isAllowEntry } from "./address-guard.ts";
export { createGuardedFetch, type GuardedFetch, type GuardedFetchOptions } from "./guarded-fetch.ts";
