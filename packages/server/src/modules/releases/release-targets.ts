import { type ModelReference, parseModelReference, type ServeSpec } from "@pave/contract";
import type { Ctx } from "../../db/context.ts";
import { must, PaveError } from "../../kernel/pave-error.ts";
import { suggestion } from "../../kernel/spec/index.ts";
import { checkStateOf, getVersion, latestReadyVersion, type ModelVersionRow, newestVersion } from "../models/index.ts";
import { type DeploymentRow, findReleases, listDeployments, type ReleaseRow } from "../serving/index.ts";
import type { ReleaseRevision, ReleasesDeps } from "./releases-deps.ts";

/** What was asked for. Everything left out is chosen when the plan is computed, and pinned. */
export interface ReleaseAsked {
  /** Release what runs in this environment. */
  readonly from?: string | undefined;
  /** `name@version`, `name@alias`, or `name` for the newest; `models:/…` as MLflow writes it, also of what `serve` lacks. */
  readonly models?: readonly string[] | undefined;
  /** What the deployment of the one `models:/…` is called that `serve` lacks; its model's name when absent. */
  readonly deployment?: string | undefined;
  /** Id, number or `latest`, which is the one meant when absent. */
  readonly revision?: string | undefined;
}

/** The choices made: a later look at the same plan speaks of the same candidate. */
export interface ReleasePinned {
  readonly revisionId: string;
  readonly models: Readonly<Record<string, number>>;
  /** Deployments that `serve` of the revision lacks, with their models. */
  readonly deployments?: Readonly<Record<string, string>>;
}

/** One deployment of the release: what it serves and what will serve it. */
export interface Target {
  readonly name: string;
  readonly serve: ServeSpec;
  readonly version: ModelVersionRow;
  /** The newest version that is ready, where another was taken since it comes from another revision. */
  readonly passedOver?: number;
}

export interface Targets {
  readonly revision: ReleaseRevision;
  readonly targets: readonly Target[];
  readonly pinned: ReleasePinned;
}

/** Deployments with the release that is live in them. */
export type Live = ReadonlyMap<string, { readonly deployment: DeploymentRow; readonly release: ReleaseRow }>;

export async function liveReleases(ctx: Ctx, projectId: string, environment: string): Promise<Live> {
  const deployments = await listDeployments(ctx, { projectId, environment });
  const releases = await findReleases(
    ctx,
    deployments.flatMap(({ activeReleaseId }) => (activeReleaseId ? [activeReleaseId] : [])),
  );
  return new Map(
    deployments.flatMap((deployment) => {
      const release = releases.get(deployment.activeReleaseId ?? "");
      return release ? [[deployment.name, { deployment, release }] as const] : [];
    }),
  );
}

interface Choice {
  readonly projectId: string;
  readonly project: string;
  readonly asked: ReleaseAsked;
  readonly pinned: ReleasePinned | null;
}

/** Settles which model versions of which revision a plan releases. */
export async function chooseTargets(deps: ReleasesDeps, ctx: Ctx, input: Choice): Promise<Targets> {
  const { projectId, asked, pinned } = input;
  const named = pinned
    ? pinnedVersions(pinned)
    : asked.from
      ? await versionsLiveIn(ctx, input, asked.from)
      : namedVersions(asked.models ?? []);
  const revision = await deps.projects.getRevision(
    ctx,
    projectId,
    pinned?.revisionId ?? named.revision ?? asked.revision ?? "latest",
  );
  const { serve } = specOf(revision);
  const extra = extraDeployments(named, serve, asked);
  const targets: Target[] = [];
  for (const [name, served] of Object.entries(onlyExtra(named, extra) ? extra : { ...serve, ...extra })) {
    if (served.kind !== "online") throw notYet(name, served.kind);
    const version = await chooseVersion(ctx, projectId, served.model, named.versions.get(served.model));
    const own = named.versions.has(served.model) ? undefined : await versionOf(deps, ctx, version, revision.id);
    targets.push(
      own ? { name, serve: served, version: own, passedOver: version.version } : { name, serve: served, version },
    );
  }
  if (targets.length === 0) {
    throw new PaveError("spec.invalid", `pave.yaml of revision ${revision.number}: \`serve\` has nothing to release`, {
      fix: "Say what is served: `serve: { <name>: { kind: online, model: <model> } }`; or release a registered model as it is: --model models:/<model>.",
    });
  }
  const served = targets.map(({ version }) => version.model);
  const stray = [...named.versions.keys()].find((model) => !served.includes(model));
  if (stray !== undefined) {
    throw new PaveError(
      "model.not_found",
      `Nothing in \`serve\` of revision ${revision.number} uses the model ${stray}${suggestion(stray, served)}`,
      { fix: `Name one of ${served.join(", ")}; or deploy it beside them: --model models:/${stray}` },
    );
  }
  const models = Object.fromEntries(targets.map(({ version }) => [version.model, version.version]));
  const deployments = Object.fromEntries(Object.entries(extra).map(([name, { model }]) => [name, model]));
  const pinnedDeployments = Object.keys(deployments).length > 0 ? { deployments } : {};
  return { revision, targets, pinned: { revisionId: revision.id, models, ...pinnedDeployments } };
}

type Serve = Readonly<Record<string, ServeSpec>>;

/** What was asked for beside what pave.yaml serves: a model that a client logged, by its `models:/…`. */
function extraDeployments(named: Named, serve: Serve, { deployment }: ReleaseAsked): Serve {
  const known = Object.values(serve).map(({ model }) => model);
  const extra: [string, ServeSpec][] = [];
  for (const [name, model] of Object.entries(named.deployments ?? {}))
    if (serve[name]?.model !== model) extra.push([name, { kind: "online", model }]);
  const loose = (named.loose ?? []).filter((model) => !known.includes(model));
  if (deployment !== undefined && named.loose && loose.length !== 1)
    throw new PaveError(
      "request.invalid",
      `deployment: expected one model that \`serve\` lacks, found ${loose.length}`,
      {
        fix: "Name a deployment together with one --model models:/NAME; others are named in pave.yaml.",
      },
    );
  for (const model of loose) extra.push([deployment ?? deploymentName(model), { kind: "online", model }]);
  const taken = extra.find(([name, { model }]) => serve[name] !== undefined && serve[name].model !== model);
  if (taken)
    throw new PaveError("request.invalid", `deployment: \`serve.${taken[0]}\` of pave.yaml serves another model`, {
      fix: "Choose another name with --name.",
    });
  return Object.fromEntries(extra);
}

/** Whoever deploys a model from a notebook releases that one, not the project around it. */
const onlyExtra = ({ versions }: Named, extra: Serve): boolean => {
  const models = new Set(Object.values(extra).map(({ model }) => model));
  return models.size > 0 && [...versions.keys()].every((model) => models.has(model));
};

/** Names of models may hold anything; those of deployments are parts of addresses. */
function deploymentName(model: string): string {
  const name = model
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  if (name !== "") return name;
  throw new PaveError("request.invalid", `The model ${model} has no name that a deployment could have`, {
    fix: "Name the deployment with --name.",
  });
}

export const specOf = (revision: ReleaseRevision) => {
  if (revision.spec) return revision.spec;
  throw new PaveError("spec.invalid", `pave.yaml of revision ${revision.number} is missing or has mistakes`, {
    fix: "See them with `pave validate`, and push a revision without.",
  });
};

interface Named {
  readonly versions: ReadonlyMap<string, string>;
  readonly revision?: string;
  /** Models that need no entry in `serve`. */
  readonly loose?: readonly string[];
  /** Deployments to their models, where those are settled. */
  readonly deployments?: Readonly<Record<string, string>>;
}

const pinnedVersions = ({ models, revisionId, deployments }: ReleasePinned): Named => ({
  ...(deployments ? { deployments } : {}),
  versions: new Map(Object.entries(models).map(([model, version]) => [model, String(version)])),
  revision: revisionId,
});

function namedVersions(models: readonly string[]): Named {
  const named = models.map(referenceOf);
  return {
    versions: new Map(named.map(({ model, version }) => [model, version])),
    loose: named.flatMap(({ model, isUri }) => (isUri ? [model] : [])),
  };
}

function referenceOf(text: string): ModelReference {
  if (/^(models:\/+m-[0-9a-f]{32}|runs:\/.*)$/.test(text))
    throw new PaveError(
      "request.invalid",
      `models: ${text} was logged and not registered; what is released is a version of a registered model`,
      { fix: `Register it, for example with mlflow.register_model("${text}", "NAME"), and name models:/NAME.` },
    );
  const reference = parseModelReference(text);
  if (reference) return reference;
  throw new PaveError(
    "request.invalid",
    `models: expected <name>@<version or alias> or models:/<name>@<alias>, found ${text}`,
    { fix: "Write for example flight-delays@2, or models:/flight-delays@champion." },
  );
}

/** What runs in another environment: its versions, and the newest of the revisions they were released with. */
async function versionsLiveIn(ctx: Ctx, { projectId, project }: Choice, environment: string): Promise<Named> {
  const all = await liveReleases(ctx, projectId, environment);
  const live = [...all.values()].map(({ release }) => release);
  if (live.length === 0) {
    throw new PaveError(
      "release.not_found",
      `Nothing of ${project} runs in ${environment}, so there is nothing to promote`,
      { fix: `Release it there first: \`pave deploy --to ${environment}\`.` },
    );
  }
  const newest = must(live.toSorted((a, b) => b.revisionNumber - a.revisionNumber)[0], "a live release");
  const deployments = new Map([...all].map(([name, { release }]) => [name, release.model]));
  return {
    versions: new Map(live.map(({ model, modelVersion }) => [model, String(modelVersion)])),
    revision: newest.revisionId,
    deployments: Object.fromEntries(deployments),
  };
}

async function chooseVersion(
  ctx: Ctx,
  projectId: string,
  model: string,
  reference: string | undefined,
): Promise<ModelVersionRow> {
  const version =
    reference === undefined || reference === "latest"
      ? // where none is ready, the newest says why
        ((await latestReadyVersion(ctx, model)) ?? (await newestVersion(ctx, model)))
      : await getVersion(ctx, model, reference);
  if (version?.projectId !== projectId) {
    throw new PaveError("model.version_not_found", `Model ${model} of this project has no version that is ready`, {
      fix: "Register one: run what makes it, with `pave run` or a client of MLflow.",
    });
  }
  if (version.status !== "READY") {
    throw new PaveError(
      "model.version_not_found",
      `Model ${model} version ${version.version} is ${version.status}, expected READY: ${version.statusMessage || "it was not registered to the end"}`,
      { fix: "Release another version." },
    );
  }
  assertServable(version);
  return version;
}

/**
 * What the newest run of the revision made, or found in the cache, where the newest version comes from another revision:
 * a pull request that is still open registers versions too, and they are not what a release of main means. What a client
 * registered belongs to no revision and stays the newest.
 */
async function versionOf(
  deps: ReleasesDeps,
  ctx: Ctx,
  newest: ModelVersionRow,
  revisionId: string,
): Promise<ModelVersionRow | undefined> {
  if (newest.revisionId === null || newest.revisionId === revisionId) return undefined;
  const number = await deps.pipelines.registeredVersion(ctx, { revisionId, model: newest.model });
  if (number === undefined || number === newest.version) return undefined;
  const version = await getVersion(ctx, newest.model, number);
  return version.status === "READY" && checkStateOf(version).state === "passed" ? version : undefined;
}

/** Gateways load only what was loaded and scored before. */
function assertServable(version: ModelVersionRow): void {
  const { state, problem } = checkStateOf(version);
  const what = `Model ${version.model} version ${version.version}`;
  if (state === "failed")
    throw new PaveError("model.check_failed", `${what} cannot be served: ${problem ?? "it did not pass its check"}`, {
      fix: "Mend the model, log it again and register that as a new version.",
    });
  if (state === "running")
    throw new PaveError("model.not_checked", `${what} is being checked: a runner loads and scores it`, {
      fix: `Wait until \`pave models show ${version.model}@${version.version}\` says that it passed; is a runner there?`,
    });
  if (state === "none")
    throw new PaveError("model.not_checked", `${what} was registered before versions of clients were checked`, {
      fix: "Register it once more, for example with mlflow.register_model, and release that version.",
    });
}

const notYet = (name: string, kind: string): PaveError =>
  new PaveError("spec.invalid", `serve.${name}: deployments of kind ${kind} cannot be released yet, expected online`, {
    fix: "Make it online, or take it out of `serve` for now.",
  });
