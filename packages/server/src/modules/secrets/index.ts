export { noteTaken } from "./attempt-secrets-store.ts";
export { chooseSecret, createSecrets, type Secrets, type TakingAttempt } from "./create-secrets.ts";
export { assertSecretValue } from "./secret-value.ts";
export { assertMayChange, secretsRoutes } from "./secrets-routes.ts";
export { openVault, type Rotation, type Vault } from "./vault/open-vault.ts";
export type { Sealed } from "./vault/sealed.ts";
