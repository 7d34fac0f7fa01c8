export { accessRoutes, callerOf, sessionCookie, sessionOf } from "./access-routes.ts";
export { accountsOf } from "./accounts-of.ts";
export { type Answerable, answerableFor } from "./answerable.ts";
export { authenticate, isStillSignedIn, withActor } from "./authenticate.ts";
export { decisionRoutes } from "./decision-routes.ts";
export { type ExplainPlan, listAccess } from "./explain-access.ts";
export { applyGroupGrants, type GroupGrants } from "./group-grants.ts";
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
export { findPrincipal } from "./principal-store.ts";
export {
  activeUserCount,
  createPrincipal,
  disablePrincipal,
  ensurePrincipal,
  getPrincipal,
  isOwnName,
  localAccounts,
  type Principal,
  platformTeam,
  principalRefs,
  setProjectRole,
} from "./principals.ts";
export { findProject, findProjects } from "./project-store.ts";
export { type AttemptLimit, accountLimit, addressLimit, countAttempt, placeOf } from "./rate-limit.ts";
export { pruneAttempts } from "./rate-limit-store.ts";
export { revokeToken } from "./revoke-token.ts";
export { everybodyOn } from "./role-store.ts";
export { findSession, hasSignedInFrom, lastSeen, listSessions } from "./session-store.ts";
export { endSessions, sessionMs, startSession } from "./sessions.ts";
export { createSignInLink, signIn } from "./sign-in.ts";
export { addTeamMember, defaultOwner, getTeam, listTeams, removeTeamMember } from "./teams.ts";
export { isTokenText, newTokenText, tokenHash } from "./token-text.ts";
