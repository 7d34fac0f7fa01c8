export { accessRoutes, sessionCookie } from "./access-routes.ts";
export { findPrincipal, findProject, findProjects } from "./access-store.ts";
export { authenticate, isStillSignedIn, withActor } from "./authenticate.ts";
export { mintToken } from "./mint-token.ts";
export {
  assertCan,
  assertWithinToken,
  can,
  readableProjectNames,
  readableProjects,
  resolveProject,
  rolesOn,
} from "./permissions.ts";
export { type PredictKey, predictKeys } from "./predict-keys.ts";
export {
  activeUserCount,
  createPrincipal,
  disablePrincipal,
  ensurePrincipal,
  getPrincipal,
  localAccounts,
  type Principal,
  principalRefs,
  setProjectRole,
} from "./principals.ts";
export { accountLimit, addressLimit, countAttempt } from "./rate-limit.ts";
export { pruneAttempts } from "./rate-limit-store.ts";
export { revokeToken } from "./revoke-token.ts";
export { createSignInLink, signIn } from "./sign-in.ts";
export { addTeamMember, defaultOwner, getTeam, listTeams, platformTeam, removeTeamMember } from "./teams.ts";
