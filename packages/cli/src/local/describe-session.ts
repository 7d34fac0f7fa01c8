import type { Session } from "@pave/contract";

/** `developer of flights, reviewer of churn.` */
export function describeRoles({ platformAdmin, roles }: Pick<Session, "platformAdmin" | "roles">): string {
  if (platformAdmin) return "Platform admin.";
  const held = Object.entries(roles).sort(([a], [b]) => a.localeCompare(b));
  if (held.length === 0) return "No role in any project yet.";
  const shown = held.slice(0, 8).map(([project, role]) => `${role} of ${project}`);
  return `${shown.join(", ")}${held.length > shown.length ? ` and of ${held.length - shown.length} more` : ""}.`;
}
