/** Roles a principal can hold on a project. A platform admin holds `admin` on every project. */
export const roles = ["viewer", "developer", "reviewer", "admin"] as const;
export type Role = (typeof roles)[number];

interface ProjectRow {
  /** What one may with it, in words: `may …`. */
  readonly lets: string;
  readonly roles: readonly Role[];
}

const everyone = ["viewer", "developer", "reviewer", "admin"] as const;
const builders = ["developer", "admin"] as const;
const deciders = ["reviewer", "admin"] as const;
const workers = ["developer", "reviewer", "admin"] as const;
const admins = ["admin"] as const;

/** The one readable table: who may do what on a project. Routes name one of these; docs/access.md is made from it. */
export const projectPermissions = {
  "project.read": { lets: "see the project: its runs, models, plans, deployments and what was said", roles: everyone },
  "project.update": { lets: "change the project's settings", roles: builders },
  "revision.push": { lets: "push revisions of the project's files", roles: builders },
  "python.sync": { lets: "lock and build Python environments", roles: builders },
  "run.start": { lets: "start and retry runs", roles: builders },
  "run.cancel": { lets: "cancel runs", roles: builders },
  "tracking.write": { lets: "log experiments, as MLflow's client does", roles: builders },
  "tracking.import": {
    lets: "copy in from a server of MLflow, under the names and times of others",
    roles: admins,
  },
  "secret.update": { lets: "set and remove secrets", roles: builders },
  "connection.update": { lets: "bind connections to data, and check them", roles: builders },
  "model.update": { lets: "register models, set aliases and tags", roles: builders },
  "plan.create": { lets: "make plans, compute them again, withdraw them", roles: builders },
  "plan.apply": { lets: "apply plans that have every approval", roles: workers },
  "deployment.rollback": { lets: "roll back, pause and abort rollouts", roles: workers },
  "deployment.predict": { lets: "ask endpoints", roles: workers },
  "deployment.label": { lets: "send ground truth", roles: builders },
  "deployment.read-log": { lets: "read what endpoints were asked and answered", roles: builders },
  "alert.update": { lets: "acknowledge alerts", roles: workers },
  "comment.write": { lets: "comment on runs, model versions, plans and alerts", roles: workers },
  "review.request": { lets: "ask for a review of a model version, answer its questions", roles: builders },
  "review.decide": { lets: "approve or reject a model version in its review", roles: deciders },
  "plan.approve": { lets: "approve and reject plans", roles: deciders },
  "deployment.promote": { lets: "end a canary early in favour of the candidate", roles: deciders },
  "member.update": { lets: "give and take roles, name the owner", roles: admins },
  "repository.update": { lets: "connect the git repository whose pushes are run and released", roles: admins },
  "guarded-secret.update": {
    lets: "set secrets and connections of environments whose plans take approvals",
    roles: admins,
  },
  "retention.update": { lets: "say how long deleted things and old runs are kept", roles: admins },
  "access.read": { lets: "see who may do what on the project, and why", roles: admins },
} as const satisfies Record<string, ProjectRow>;

export type ProjectPermission = keyof typeof projectPermissions;

/** Permissions that belong to no project: everybody's who is signed in, or platform admins'. */
export const platformPermissionTable = {
  "platform.use": { lets: "sign in and look around: lists, environments, the platform's plans", who: "everybody" },
  "platform.admin": { lets: "manage principals, teams, tokens and owners of everybody", who: "platform admins" },
  "backup.manage": { lets: "make, look at, drill and remove backups", who: "platform admins" },
  "backup.download": { lets: "download a backup: all that the platform knows", who: "platform admins" },
  "collection.manage": { lets: "look what nothing needs any more, and remove it", who: "platform admins" },
  "project.create": { lets: "create projects", who: "everybody" },
  "environment.update": { lets: "plan changes of environments", who: "platform admins" },
  "platform-plan.approve": { lets: "approve and reject plans of the platform", who: "platform admins" },
  "platform-plan.apply": { lets: "apply, compute again and withdraw plans of the platform", who: "platform admins" },
  "ledger.read": { lets: "read and export the whole ledger", who: "platform admins" },
  "metrics.read": { lets: "scrape the platform's metrics", who: "platform admins" },
} as const satisfies Record<string, { readonly lets: string; readonly who: "everybody" | "platform admins" }>;

export type PlatformPermission = keyof typeof platformPermissionTable;
export const platformPermissions = Object.keys(platformPermissionTable) as PlatformPermission[];

/** Permissions of machines; no role carries them, only tokens minted for that purpose. */
export const machinePermissions = ["work.lease", "gateway.sync", "run.self", "run.register"] as const;

export type Permission = ProjectPermission | PlatformPermission | (typeof machinePermissions)[number];

const allOf = (role: Role): readonly ProjectPermission[] =>
  (Object.keys(projectPermissions) as ProjectPermission[]).filter((permission) =>
    (projectPermissions[permission].roles as readonly Role[]).includes(role),
  );

/** The same table by role. */
export const rolePermissions: Record<Role, readonly ProjectPermission[]> = {
  viewer: allOf("viewer"),
  developer: allOf("developer"),
  reviewer: allOf("reviewer"),
  admin: allOf("admin"),
};

/** Which of the table's three parts a permission is in; undefined where it is none. */
export function permissionKind(name: string): "project" | "platform" | "machine" | undefined {
  if (Object.hasOwn(projectPermissions, name)) return "project";
  if (Object.hasOwn(platformPermissionTable, name)) return "platform";
  return (machinePermissions as readonly string[]).includes(name) ? "machine" : undefined;
}

/** Whose approval a plan takes, in words. The platform's own plans are its admins' to decide; no role on a project counts. */
export const approversOf = (plan: { readonly project: string | null; readonly roles: readonly string[] }): string =>
  plan.project === null ? "a platform admin" : `the role ${plan.roles.join(" or ")}`;
