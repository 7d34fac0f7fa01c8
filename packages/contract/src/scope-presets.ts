import { type Permission, rolePermissions } from "./permissions.ts";

/** Sets of permissions for what tokens are mostly for. A preset's name has no dot, a permission's has one. */
export const scopePresets = {
  ci: ["platform.use", ...rolePermissions.developer],
  read: ["platform.use", "project.read"],
  predict: ["deployment.predict"],
} as const satisfies Record<string, readonly Permission[]>;
export type ScopePreset = keyof typeof scopePresets;

export const scopePresetNames = Object.keys(scopePresets) as ScopePreset[];

/** Permissions, with what presets stand for in place of their names. */
export const expandScopes = (scopes: readonly string[]): string[] => [
  ...new Set(
    scopes.flatMap((scope) => (Object.hasOwn(scopePresets, scope) ? scopePresets[scope as ScopePreset] : [scope])),
  ),
];

/** The preset that these permissions are, if they are one. */
export const presetOf = (scopes: readonly string[]): ScopePreset | undefined =>
  scopePresetNames.find(
    (name) =>
      scopePresets[name].length === scopes.length &&
      scopePresets[name].every((permission) => scopes.includes(permission)),
  );
