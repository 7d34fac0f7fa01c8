/** What settings may say: the server reads them before it has read anything else of the contract. */
export { isolations } from "./resources/isolation.ts";
export { issuerKinds } from "./resources/trusts.ts";
