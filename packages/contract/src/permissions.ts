/** Roles a principal can hold on a project. A platform admin holds `admin` on every project. */
export const roles = ["viewer", "developer", "reviewer", "admin"] as const;
export type Role = (typeof roles)[number];

/** One readable table: who may do what on a project. Routes name one of these. */
const viewer = ["project.read"] as const;
const developer = [
  ...viewer,
  "project.update",
  "revision.push",
  "python.sync",
  "run.start",
  "run.cancel",
  "tracking.write",
  "model.update",
  "plan.create",
  "plan.apply",
  "deployment.rollback",
  "deployment.predict",
  "deployment.label",
  "deployment.read-log",
  "alert.update",
] as const;
const reviewer = [
  ...viewer,
  "plan.approve",
  "plan.apply",
  "deployment.rollback",
  "deployment.promote",
  "deployment.predict",
  "alert.update",
] as const;

/** Permissions that belong to no project. `platform.use` and `project.create` are every signed-in user's. */
export const platformPermissions = [
  "platform.use",
  "platform.admin",
  "backup.manage",
  "backup.download",
  "project.create",
  "environment.update",
  "platform-plan.approve",
  "platform-plan.apply",
  "ledger.read",
  "metrics.read",
] as const;

/** Permissions of machines; no role carries them, only tokens minted for that purpose. */
export const machinePermissions = ["work.lease", "gateway.sync", "run.self", "run.register"] as const;

export type ProjectPermission = (typeof developer)[number] | (typeof reviewer)[number] | "member.update";
export type Permission = ProjectPermission | (typeof platformPermissions)[number] | (typeof machinePermissions)[number];

export const rolePermissions: Record<Role, readonly ProjectPermission[]> = {
  viewer,
  developer,
  reviewer,
  admin: [...new Set<ProjectPermission>([...developer, ...reviewer, "member.update"])],
};

/** Whose approval a plan takes, in words. The platform's own plans are its admins' to decide; no role on a project counts. */
export const approversOf = (plan: { readonly project: string | null; readonly roles: readonly string[] }): string =>
  plan.project === null ? "a platform admin" : `the role ${plan.roles.join(" or ")}`;
