import { sql } from "kysely";
import type { Ctx } from "../../db/context.ts";
import type { Labels, MetricFamily } from "../../kernel/metrics/index.ts";
import type { ReleaseConfiguration } from "./deployment.ts";
import { countLiveGateways } from "./gateway-store.ts";

/** What is released where and what it promises, rollouts that are on, and gateways. Their callers they tell themselves. */
export async function servingMetrics(ctx: Ctx): Promise<readonly MetricFamily[]> {
  const [released, rollouts, alive] = [await findReleased(ctx), await findRollouts(ctx), await countLiveGateways(ctx)];
  const now = ctx.clock.now().getTime();
  const gauge = (name: string, help: string, samples: MetricFamily["samples"]): MetricFamily => ({
    name,
    type: "gauge",
    help,
    samples,
  });
  return [
    gauge(
      "pave_deployment_release_info",
      "The release that is active in a deployment.",
      released.map((row) => {
        const { release, model, version } = row;
        const labels = { ...placeOf(row), release: String(release), model, model_version: String(version) };
        return { labels, value: 1 };
      }),
    ),
    gauge(
      "pave_deployment_availability_objective_ratio",
      "The share of requests that must not fail, where the project promises one.",
      released.flatMap((row) => objective(row, row.slo?.availability, 100)),
    ),
    gauge(
      "pave_deployment_latency_objective_seconds",
      "What the 99th percentile of latency must stay below, where the project promises it.",
      released.flatMap((row) => objective(row, row.slo?.p99Ms, 1000)),
    ),
    gauge(
      "pave_rollout_age_seconds",
      "Rollouts in progress, by how long they are on.",
      rollouts.map((row) => ({
        labels: { ...placeOf(row), kind: row.kind, state: row.state },
        value: Math.max(0, now - row.startedAt.getTime()) / 1000,
      })),
    ),
    gauge("pave_gateways_alive", "Gateways that report.", [{ value: alive }]),
  ];
}

interface Place {
  readonly project: string;
  readonly environment: string;
  readonly deployment: string;
}

const placeOf = ({ project, environment, deployment }: Place): Labels => ({ project, environment, deployment });

const objective = (row: Place, value: number | undefined, per: number): MetricFamily["samples"] =>
  value === undefined ? [] : [{ labels: placeOf(row), value: value / per }];

const findReleased = (ctx: Ctx) =>
  ctx.db
    .selectFrom("deployments as d")
    .innerJoin("projects as p", "p.id", "d.project_id")
    .innerJoin("releases as r", "r.id", "d.active_release_id")
    .select([
      "p.name as project",
      "d.environment as environment",
      "d.name as deployment",
      "r.number as release",
      "r.model as model",
      "r.model_version as version",
      sql<ReleaseConfiguration["slo"] | null>`r.configuration -> 'slo'`.as("slo"),
    ])
    .orderBy("d.id")
    .execute();

const findRollouts = (ctx: Ctx) =>
  ctx.db
    .selectFrom("rollouts as o")
    .innerJoin("deployments as d", "d.id", "o.deployment_id")
    .innerJoin("projects as p", "p.id", "d.project_id")
    .select([
      "p.name as project",
      "d.environment as environment",
      "d.name as deployment",
      "o.kind as kind",
      "o.state as state",
      "o.started_at as startedAt",
    ])
    .where("o.finished_at", "is", null)
    .orderBy("o.started_at")
    .execute();
