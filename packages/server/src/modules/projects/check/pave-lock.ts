import { type LockSpec, lockSpecSchema, type Problem, type ProjectSpec } from "@pave/contract";
import { stringify } from "yaml";
import { parseSpec } from "../../../kernel/spec/index.ts";
import { parseReference, type ResolvedComponent } from "../../components/index.ts";

export const lockPath = "pave.lock";

export interface LockSurroundings {
  readonly spec: ProjectSpec;
  readonly components: ReadonlyMap<string, ResolvedComponent>;
  readonly template: LockSpec["template"] | null;
  /** Digest of the file that `python.lock` names. */
  readonly pythonDigest: string | undefined;
}

export function makeLock({ spec, components, template, pythonDigest }: LockSurroundings): LockSpec {
  const pinned = libraryUses(spec).flatMap((uses) => {
    const component = components.get(uses);
    return component ? [[uses, { version: component.spec.version, digest: component.digest }] as const] : [];
  });
  return {
    apiVersion: "pave/v1",
    kind: "lock",
    ...(template ? { template } : {}),
    components: Object.fromEntries(pinned.sort(([a], [b]) => (a < b ? -1 : 1))),
    ...(spec.python && pythonDigest ? { python: { lock: spec.python.lock, digest: pythonDigest } } : {}),
  };
}

export const lockText = (lock: LockSpec): string =>
  `# Made by \`pave lock\`. It pins what pave.yaml uses; commit it.\n${stringify(lock, { lineWidth: 0, sortMapEntries: true })}`;

/** What is pinned must be what would run. */
export function checkLock(text: string, surroundings: LockSurroundings): Problem[] {
  const { value: lock, problems, problemAt } = parseSpec(text, lockPath, lockSpecSchema);
  if (!lock) return [...problems];
  const wanted = makeLock(surroundings);
  const found: Problem[] = [];
  for (const [uses, { version, digest }] of Object.entries(wanted.components)) {
    const pinned = Object.hasOwn(lock.components, uses) ? lock.components[uses] : undefined;
    if (!pinned)
      found.push(
        problemAt(["components"], `\`${uses}\` is used by pave.yaml and not pinned in pave.lock`, "run `pave lock`", {
          key: true,
        }),
      );
    else if (pinned.digest !== digest) {
      found.push(
        problemAt(
          ["components", uses],
          `\`${uses}\` is pinned to ${pinned.version} (${short(pinned.digest)}), found ${version} (${short(digest)})`,
          "run `pave lock` to take what is there now",
        ),
      );
    }
  }
  if (wanted.python && !lock.python)
    found.push(
      problemAt([], `\`${wanted.python.lock}\` is used by pave.yaml and not pinned in pave.lock`, "run `pave lock`"),
    );
  else if (
    wanted.python &&
    lock.python &&
    (lock.python.digest !== wanted.python.digest || lock.python.lock !== wanted.python.lock)
  ) {
    found.push(
      problemAt(
        ["python"],
        `${lock.python.lock} is pinned as ${short(lock.python.digest)}, found ${wanted.python.lock} as ${short(wanted.python.digest)}`,
        "run `pave lock`, then `pave sync`",
      ),
    );
  }
  return found;
}

/** Components of the library; the project's own steps are pinned by the revision itself. */
function libraryUses(spec: ProjectSpec): string[] {
  const uses = Object.values(spec.pipelines).flatMap((pipeline) =>
    Object.values(pipeline.steps).map((step) => step.uses),
  );
  return [...new Set(uses)].filter((text) => parseReference(text)?.kind === "library");
}

const short = (digest: string): string => digest.slice(0, "sha256:".length + 12);
