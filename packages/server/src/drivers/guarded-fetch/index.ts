export { type AddressGuard, createAddressGuard, isAllowEntry } from "./address-guard.ts";
export { createGuardedFetch, type GuardedFetch, type GuardedRequest, type GuardedResponse } from "./guarded-fetch.ts";
