export { openVault, type Rotation, type Vault } from "./vault/open-vault.ts";
export type { Sealed } from "./vault/sealed.ts";
