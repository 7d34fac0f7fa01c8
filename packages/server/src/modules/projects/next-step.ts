import type { Project, ProjectSummary, RoadStage } from "@pave/contract";
import type { ProjectFacts, RoadInput } from "./road.ts";

/** The one thing to do next. */
export function nextStep(input: RoadInput, road: readonly RoadStage[]): Project["next"] {
  const { project, facts } = input;
  const base = `/projects/${project}`;
  const say = (text: string, command: string | null, href: string | null = null): Project["next"] => ({
    text,
    command,
    href,
  });
  const stage = (name: RoadStage["stage"]) => road.find((candidate) => candidate.stage === name);
  const { lastRun, latestModelVersion: latest } = facts;
  const liveIn = (environment: string) =>
    facts.deployments.find((deployment) => deployment.environment === environment && deployment.modelVersion !== null);

  if (!input.revision) return say("Push the project's files", "pave push");
  if (!input.revision.isValid) return say("See what is wrong in pave.yaml", "pave validate");
  const plan = facts.openPlans.find((candidate) => ["open", "ready", "stale", "blocked"].includes(candidate.state));
  if (plan) {
    const href = `${base}/plans/${plan.number}`;
    if (plan.state === "open")
      return say(`Approve plan ${plan.number}: ${plan.title}`, `pave plans approve ${plan.number}`, href);
    if (plan.state === "ready")
      return say(`Apply plan ${plan.number}: ${plan.title}`, `pave plans apply ${plan.number}`, href);
    if (plan.state === "stale")
      return say(
        `Compute plan ${plan.number} again: something it read has changed`,
        `pave plans recompute ${plan.number}`,
        href,
      );
    return say(`See which gate blocks plan ${plan.number}`, `pave plans show ${plan.number}`, href);
  }
  const applying = facts.openPlans.find(({ state }) => state === "applying");
  if (applying)
    return say(
      `Watch plan ${applying.number}: ${applying.title}`,
      `pave plans show ${applying.number}`,
      `${base}/plans/${applying.number}`,
    );
  if (stage("environment")?.state === "failed")
    return say("See why the Python environment could not be made", "pave sync");
  if (!lastRun) return say("Run the pipeline", "pave run");
  const run = `${base}/runs/${lastRun.number}`;
  if (["queued", "running"].includes(lastRun.state))
    return say(`Watch run ${lastRun.number}`, `pave runs logs ${lastRun.number}`, run);
  if (lastRun.state === "failed")
    return say(`See why run ${lastRun.number} failed`, `pave runs show ${lastRun.number}`, run);
  if (!latest) return say("Declare what the pipeline trains under `models:` and run it again", "pave run");
  const staging = liveIn("staging");
  const production = liveIn("production");
  if (staging?.modelVersion !== latest.version)
    return say(`Release version ${latest.version} to staging`, "pave deploy --to staging");
  if (production?.modelVersion !== latest.version)
    return say(`Promote version ${latest.version} to production`, "pave promote staging production");
  if (production.requestsLastHour === 0)
    return say(
      "Send a request to the endpoint",
      "pave predict production",
      `${base}/deployments/production/${production.name}`,
    );
  return null;
}

export function healthOf(facts: ProjectFacts): ProjectSummary["health"] {
  if (facts.lastRun?.state === "failed" && facts.deployments.every((deployment) => deployment.modelVersion === null))
    return "failing";
  if (
    facts.lastRun?.state === "failed" ||
    facts.troubles > 0 ||
    facts.openPlans.some((plan) => ["open", "ready", "blocked", "stale"].includes(plan.state))
  )
    return "attention";
  return facts.lastSucceededRun || facts.deployments.some((deployment) => deployment.modelVersion !== null)
    ? "healthy"
    : "new";
}
