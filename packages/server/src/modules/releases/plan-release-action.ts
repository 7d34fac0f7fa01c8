import type { EnvironmentSpec, ProjectSpec, RequestLogRule, RolloutSettings } from "@pave/contract";
import { canonicalJson } from "../../kernel/json.ts";
import { parseDurationMs } from "../../kernel/time.ts";
import type { PlannedAction } from "../plans/index.ts";
import { defaultLimits, type ReleaseConfiguration, type ReleaseRow } from "../serving/index.ts";
import type { Live, ReleaseAsked, Target, Targets } from "./release-targets.ts";
import type { ReleaseRevision } from "./releases-deps.ts";
import { describeSettings } from "./rollout-settings.ts";

interface Around {
  readonly chosen: Targets;
  readonly live: Live;
  readonly environment: EnvironmentSpec;
  readonly asked: ReleaseAsked;
  /** How many actions of the same plan change the project's gates and resources. */
  readonly others: number;
  /** How traffic moves to it; settings of a single step move it at once. */
  readonly rollout: RolloutSettings;
}

/** What releasing the target changes; nothing when it runs already, as the revision says. */
export function planReleaseAction(target: Target, around: Around): PlannedAction[] {
  const { chosen, live, environment } = around;
  const { revision } = chosen;
  const { name, version } = target;
  const now = live.get(name)?.release;
  const after = afterOf(target, revision);
  const before = now ? beforeOf(now) : null;
  if (before && canonicalJson({ ...before, release: undefined }) === canonicalJson(after)) return [];
  // without anything to compare it with, it goes at once
  const isCanary = now !== undefined && around.rollout.canary.length > 1;
  const isNewVersion = now?.model !== version.model || now.modelVersion !== version.version;
  return [
    {
      id: releaseActionId(name),
      kind: "release",
      subject: `deployment ${name} in ${environment.name}`,
      title: isNewVersion
        ? `Serve ${version.model} version ${version.version} at ${name}`
        : `Serve ${version.model} version ${version.version} at ${name} as revision ${revision.number} says`,
      reason: `${isNewVersion || !now ? whyVersion(target, around, now) : whyRevision(now, after, around)}${isCanary ? `. Canary: ${describeSettings(around.rollout)}` : ""}`,
      undo: now
        ? `All traffic returns to version ${now.modelVersion}`
        : "The endpoint goes back to answering that nothing is released",
      change: now ? "update" : "create",
      before,
      after: isCanary ? { ...after, rollout: around.rollout } : after,
    },
  ];
}

function whyVersion(
  { passedOver }: Target,
  { asked, chosen: { revision } }: Around,
  now: ReleaseRow | undefined,
): string {
  const { from, models } = asked;
  const newest =
    passedOver === undefined
      ? "It is the newest version that is ready"
      : `It is what the newest run of revision ${revision.number} made; version ${passedOver} comes from another`;
  const chosen = from ? `It runs in ${from}` : models ? "It was asked for" : newest;
  return `${chosen}; ${now ? `${now.model} version ${now.modelVersion} runs now` : "nothing runs there yet"}`;
}

/** The version runs already: what is new is the revision, with or without other limits, gates and resources. */
function whyRevision(now: ReleaseRow, after: ReturnType<typeof afterOf>, { others }: Around): string {
  const isConfigured = canonicalJson(beforeOf(now).configuration) === canonicalJson(after.configuration);
  const what =
    isConfigured && others === 0
      ? "neither configuration nor model version changes"
      : "configuration changes; model version stays";
  return `Revision ${after.revision} instead of ${now.revisionNumber}: ${what}`;
}

export const releaseActionId = (deployment: string): string => `release.${deployment}`;

const beforeOf = ({
  number,
  model,
  modelVersion,
  modelDigest,
  revisionNumber,
  configuration: { limits, slo, log, truthDelayMs },
}: ReleaseRow) => ({
  release: number,
  model,
  modelVersion,
  digest: modelDigest,
  revision: revisionNumber,
  configuration: {
    limits,
    slo,
    ...(log === undefined ? {} : { log }),
    ...(truthDelayMs === undefined ? {} : { truthDelayMs }),
  },
});

const afterOf = (target: Target, { number, spec }: ReleaseRevision) => ({
  model: target.version.model,
  modelVersion: target.version.version,
  digest: target.version.digest,
  revision: number,
  configuration: configurationOf(target, spec),
});

/** How the model is served, from the spec; its files are added when the release is made. */
function configurationOf({ serve }: Target, spec: ProjectSpec | null): Omit<ReleaseConfiguration, "files"> {
  const slo = spec?.monitor.slo ?? {};
  const truthDelayMs = parseDurationMs(spec?.monitor.groundTruth?.delay ?? "");
  return {
    limits: {
      maxBodyBytes: serve.maxBodyBytes ?? defaultLimits.maxBodyBytes,
      maxRows: serve.maxRows ?? defaultLimits.maxRows,
      timeoutMs: (serve.timeout === undefined ? undefined : parseDurationMs(serve.timeout)) ?? defaultLimits.timeoutMs,
    },
    slo: {
      ...(slo.availability === undefined ? {} : { availability: slo.availability }),
      ...(slo.p99Ms === undefined ? {} : { p99Ms: slo.p99Ms }),
    },
    ...(serve.log === undefined ? {} : { log: logOf(serve.log) }),
    ...(truthDelayMs === undefined ? {} : { truthDelayMs }),
  };
}

const logOf = ({ sample, maxRowsPerSecond, redact }: NonNullable<Target["serve"]["log"]>): Partial<RequestLogRule> => ({
  ...(sample === undefined ? {} : { sample }),
  ...(maxRowsPerSecond === undefined ? {} : { maxRowsPerSecond }),
  ...(redact === undefined ? {} : { redact }),
});
