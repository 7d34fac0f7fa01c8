export { createPeople, type People } from "./create-people.ts";
export { signInMs } from "./oidc/begin-sign-in.ts";
export type { OidcSettings } from "./oidc/oidc-settings.ts";
export { pruneOidc } from "./oidc/oidc-store.ts";
export { peopleRoutes } from "./people-routes.ts";
