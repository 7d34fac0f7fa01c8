import { counted, type RoadStage } from "@pave/contract";

/** What modules above know of a project. `app.ts` hands in where it comes from. */
export interface ProjectFacts {
  readonly lastRun: {
    readonly number: number;
    readonly pipeline: string;
    readonly state: string;
    readonly at: Date;
  } | null;
  readonly lastSucceededRun: { readonly number: number; readonly at: Date } | null;
  readonly latestModelVersion: { readonly model: string; readonly version: string; readonly at: Date } | null;
  readonly deployments: readonly {
    readonly environment: string;
    readonly name: string;
    readonly model: string | null;
    readonly modelVersion: string | null;
    readonly activatedAt: Date | null;
    readonly requestsLastHour: number;
  }[];
  /** Plans that are not over, newest first. */
  readonly openPlans: readonly {
    readonly number: number;
    readonly environment: string;
    readonly title: string;
    readonly state: string;
    readonly at: Date;
  }[];
  /** Alerts that nobody looks at yet, and rollouts that wait for a verdict. */
  readonly troubles: number;
}

export const noFacts: ProjectFacts = {
  lastRun: null,
  lastSucceededRun: null,
  latestModelVersion: null,
  deployments: [],
  openPlans: [],
  troubles: 0,
};

/** All that the road is drawn from. */
export interface RoadInput {
  readonly project: string;
  readonly createdAt: Date;
  readonly template: { readonly name: string; readonly version: string } | null;
  readonly revision: {
    readonly number: number;
    readonly at: Date;
    readonly isValid: boolean;
    readonly declaresPython: boolean;
  } | null;
  readonly python: {
    readonly state: "queued" | "building" | "ready" | "failed";
    readonly interpreter: string | null;
    readonly packages: number;
    readonly error: string | null;
    readonly at: Date;
  } | null;
  readonly facts: ProjectFacts;
}

type Stage = Omit<RoadStage, "at"> & { readonly at: Date | null };

/** The stages of the road. The first one that is still to do is the current one. */
export function roadOf(input: RoadInput): RoadStage[] {
  const stages = [
    start(input),
    environment(input),
    build(input),
    register(input),
    place(input, "staging"),
    place(input, "production"),
    watch(input),
  ];
  const current = stages.some(
    (stage) => stage.state === "current" || stage.state === "failed" || stage.state === "waiting",
  )
    ? -1
    : stages.findIndex((stage) => stage.state === "todo");
  return stages.map((stage, index) => ({
    ...stage,
    state: index === current ? "current" : stage.state,
    at: stage.at?.toISOString() ?? null,
  }));
}

function start({ project, template, revision, createdAt }: RoadInput): Stage {
  const from = template ? `from template ${template.name} ${template.version}` : "without a template";
  const base = { stage: "start", title: "Start", href: `/projects/${project}` } as const;
  if (!revision) return { ...base, state: "todo", summary: `created ${from}; no files pushed yet`, at: createdAt };
  if (!revision.isValid)
    return {
      ...base,
      state: "failed",
      summary: `pave.yaml of revision ${revision.number} is not valid`,
      at: revision.at,
    };
  return { ...base, state: "done", summary: `revision ${revision.number}, ${from}`, at: revision.at };
}

function environment({ project, revision, python }: RoadInput): Stage {
  const base = {
    stage: "environment",
    title: "Environment",
    href: `/projects/${project}`,
    at: python?.at ?? null,
  } as const;
  if (revision?.isValid && !revision.declaresPython)
    return { ...base, state: "done", summary: "no Python lock is declared" };
  if (!python) return { ...base, state: "todo", summary: "the Python environment is not made yet" };
  if (python.state === "failed")
    return { ...base, state: "failed", summary: firstLine(python.error ?? "the Python environment could not be made") };
  if (python.state !== "ready") return { ...base, state: "current", summary: "the Python environment is being made" };
  return {
    ...base,
    state: "done",
    summary: `${python.interpreter ?? "Python"}, ${counted(python.packages, "package")}`,
  };
}

function build({ project, facts: { lastRun, lastSucceededRun } }: RoadInput): Stage {
  const base = { stage: "build", title: "Build" } as const;
  if (!lastRun) return { ...base, state: "todo", summary: "no run yet", href: `/projects/${project}/runs`, at: null };
  const href = `/projects/${project}/runs/${lastRun.number}`;
  const summary = `run ${lastRun.number} ${lastRun.state === "running" ? "is running" : lastRun.state}`;
  if (["queued", "running"].includes(lastRun.state))
    return { ...base, state: "current", summary, href, at: lastRun.at };
  if (lastRun.state === "succeeded" || (lastRun.state === "cancelled" && lastSucceededRun))
    return { ...base, state: "done", summary, href, at: lastRun.at };
  return { ...base, state: lastRun.state === "cancelled" ? "todo" : "failed", summary, href, at: lastRun.at };
}

function register({ project, facts: { latestModelVersion: latest } }: RoadInput): Stage {
  const base = { stage: "register", title: "Register" } as const;
  if (!latest)
    return { ...base, state: "todo", summary: "no model version yet", href: `/projects/${project}/models`, at: null };
  return {
    ...base,
    state: "done",
    summary: `${latest.model} version ${latest.version}`,
    href: `/projects/${project}/models/${latest.model}/versions/${latest.version}`,
    at: latest.at,
  };
}

const titles = { staging: "Staging", production: "Production" } as const;
const waitingStates: Readonly<Record<string, string>> = {
  open: "waits for approval",
  ready: "is ready to apply",
  stale: "went stale",
  blocked: "is blocked by a gate",
  evaluating: "is being evaluated",
  applying: "is being applied",
};

function place({ project, facts }: RoadInput, name: "staging" | "production"): Stage {
  const base = { stage: name, title: titles[name] } as const;
  const plan = facts.openPlans.find((candidate) => candidate.environment === name);
  const live = facts.deployments.find(
    (deployment) => deployment.environment === name && deployment.modelVersion !== null,
  );
  if (plan) {
    const state =
      plan.state === "blocked" ? "failed" : ["evaluating", "applying"].includes(plan.state) ? "current" : "waiting";
    const now = live ? `; version ${live.modelVersion} is live` : "";
    return {
      ...base,
      state,
      summary: `plan ${plan.number} ${waitingStates[plan.state] ?? plan.state}${now}`,
      href: `/projects/${project}/plans/${plan.number}`,
      at: plan.at,
    };
  }
  if (!live) return { ...base, state: "todo", summary: "nothing is live here", href: null, at: null };
  return {
    ...base,
    state: "done",
    summary: `version ${live.modelVersion} serves at ${live.name}`,
    href: `/projects/${project}/deployments/${name}/${live.name}`,
    at: live.activatedAt,
  };
}

function watch({ project, facts }: RoadInput): Stage {
  const base = { stage: "watch", title: "Watch", at: null } as const;
  const live = facts.deployments.find(
    (deployment) => deployment.environment === "production" && deployment.modelVersion !== null,
  );
  if (!live) return { ...base, state: "todo", summary: "traffic shows here once production serves", href: null };
  const href = `/projects/${project}/deployments/production/${live.name}`;
  const count = live.requestsLastHour;
  return count > 0
    ? { ...base, state: "done", summary: `${counted(count, "request")} in the last hour`, href }
    : { ...base, state: "todo", summary: "no request in the last hour", href };
}

const firstLine = (text: string): string => text.split("\n", 1)[0] ?? text;
