/**
 * Every error code of Pave with its HTTP status. Codes are `<thing>.<what_went_wrong>`; a code never changes its
 * meaning once released. Messages say where, what was expected and what was found; `fix` says what to do.
 */
export const errorStatus = {
  "request.invalid": 400,
  "request.too_large": 413,
  "request.not_found": 404,
  "request.method_not_allowed": 405,
  "request.unsupported_media_type": 415,
  "request.rate_limited": 429,
  "server.internal": 500,
  "server.unavailable": 503,
  "access.unauthenticated": 401,
  "access.token_invalid": 401,
  "access.token_expired": 401,
  "access.denied": 403,
  "access.link_used": 410,
  "access.code_invalid": 400,
  "access.assertion_invalid": 401,
  "access.assertion_used": 401,
  "access.not_trusted": 403,
  "access.issuer_unavailable": 503,
  "access.conflict": 409,
  "access.not_found": 404,
  "access.last_admin": 409,
  "access.password_wrong": 401,
  "access.password_weak": 422,
  "access.passwords_off": 403,
  "access.invitation_invalid": 410,
  "oidc.off": 404,
  "oidc.unavailable": 503,
  "oidc.misconfigured": 503,
  "oidc.sign_in_lost": 410,
  "oidc.denied": 403,
  "oidc.token_refused": 401,
  "oidc.email_unverified": 403,
  "oidc.not_invited": 403,
  "oidc.account_disabled": 403,
  "oidc.account_conflict": 409,
  "oidc.logout_refused": 400,
  "database.unavailable": 503,
  "database.newer": 500,
  "database.migration_edited": 500,
  "database.data_folder_in_use": 500,
  "database.data_folder_unusable": 500,
  "database.disk_full": 507,
  "database.platform_unsupported": 500,
  "database.start_failed": 500,
  "project.not_found": 404,
  "project.exists": 409,
  "revision.not_found": 404,
  "revision.path_invalid": 422,
  "revision.too_large": 413,
  "spec.invalid": 422,
  "lock.mismatch": 422,
  "template.not_found": 404,
  "template.answers_invalid": 422,
  "environment.not_found": 404,
  "environment.invalid": 422,
  "python.not_found": 404,
  "python.unavailable": 422,
  "python.build_failed": 422,
  "blob.not_found": 404,
  "blob.digest_mismatch": 422,
  "blob.signature_invalid": 403,
  "artifact.not_found": 404,
  "artifact.corrupt": 500,
  "component.not_found": 404,
  "component.invalid": 422,
  "profile.failed": 422,
  "run.not_found": 404,
  "run.already_finished": 409,
  "run.not_retryable": 409,
  "step.not_found": 404,
  "work.lease_lost": 409,
  "work.not_found": 404,
  "isolation.unavailable": 422,
  "secret.not_found": 404,
  "secret.invalid": 422,
  "connection.not_found": 404,
  "connection.invalid": 422,
  "connection.failed": 422,
  "vault.misconfigured": 500,
  "vault.locked": 503,
  "vault.unavailable": 503,
  "vault.damaged": 500,
  "tracking.not_found": 404,
  "tracking.exists": 409,
  "tracking.deleted": 409,
  "tracking.managed": 403,
  "tracking.search_invalid": 400,
  "model.not_found": 404,
  "model.version_not_found": 404,
  "model.invalid": 422,
  "model.not_checked": 409,
  "model.check_failed": 422,
  "model.alias_invalid": 422,
  "model.exists": 409,
  "model.in_use": 409,
  "plan.not_found": 404,
  "plan.stale": 409,
  "plan.not_open": 409,
  "plan.not_approved": 409,
  "plan.hash_mismatch": 409,
  "plan.nothing_to_do": 409,
  "gate.blocked": 422,
  "comment.not_found": 404,
  "comment.not_yours": 403,
  "comment.deleted": 409,
  "review.not_found": 404,
  "review.no_questions": 422,
  "review.not_open": 409,
  "review.incomplete": 422,
  "review.self": 403,
  "ownership.held": 409,
  "approval.self": 403,
  "approval.duplicate": 409,
  "release.not_found": 404,
  "release.not_in_previous_environment": 422,
  "release.failed": 422,
  "deployment.not_found": 404,
  "deployment.no_previous_release": 409,
  "deployment.busy": 409,
  "rollout.not_found": 404,
  "rollout.not_open": 409,
  "deployment.log_not_found": 404,
  "alert.not_found": 404,
  "notification.target_not_found": 404,
  "notification.route_not_found": 404,
  "notification.delivery_not_found": 404,
  "notification.target_exists": 409,
  "notification.target_invalid": 422,
  "network.refused": 422,
  "network.failed": 422,
  "repository.not_found": 404,
  "repository.exists": 409,
  "repository.invalid": 422,
  "repository.unreachable": 422,
  "repository.commit_gone": 409,
  "repository.signature_invalid": 401,
  "prediction.invalid": 400,
  "prediction.timeout": 504,
  "resource.unavailable": 422,
  "config.invalid": 500,
  "port.taken": 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof errorStatus;

/** What every failed API answer carries: `{ "error": ErrorBody }`. */
export interface ErrorBody {
  readonly code: ErrorCode;
  /** Where, what was expected, what was found. */
  readonly message: string;
  /** What to do about it. */
  readonly fix?: string | undefined;
  /** The page of the docs about this code. */
  readonly docs: string;
  /** Single findings, when there are several at once (for example every problem of a spec). */
  readonly problems?: readonly Problem[];
}

/** One finding with its place, as an editor would mark it. */
export interface Problem {
  /** File within the project, if there is one. */
  readonly path?: string | undefined;
  /** 1-based. */
  readonly line?: number | undefined;
  /** 1-based. */
  readonly column?: number | undefined;
  readonly message: string;
  readonly fix?: string | undefined;
}

export const docsOf = (code: ErrorCode): string => `/docs/errors#${code.replace(".", "-")}`;
