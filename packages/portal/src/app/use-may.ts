import { type Permission, type ProjectPermission, type Role, rolePermissions, roles } from "@pave/contract";
import { useSession } from "./use-session.ts";

/**
 * Why the signed-in person may not do something in a project, or on the platform where that is null, as a sentence for a
 * tooltip; null when they may. The server decides; this only spares people a click that would be refused.
 */
export function useDenied(project: string | null, permission: Permission): string | null {
  const { data: session } = useSession();
  if (!session || session.platformAdmin) return null;
  if (project === null) return session.permissions.includes(permission) ? null : "This takes a platform admin.";
  const role: Role | undefined = session.roles[project];
  if (role && may(role, permission)) return null;
  const able = roles.filter((name) => may(name, permission));
  const held = role ? `You are ${role} in ${project}` : `You have no role in ${project}`;
  return `${held}; this takes ${able.join(" or ")}. An admin of the project can give you the role.`;
}

const may = (role: Role, permission: Permission): boolean =>
  rolePermissions[role].includes(permission as ProjectPermission);
