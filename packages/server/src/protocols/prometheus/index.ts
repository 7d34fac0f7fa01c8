import type { Ctx } from "../../db/context.ts";
import type { Protocol } from "../../http/protocol.ts";
import { renderError } from "../../http/render-error.ts";
import { expositionType, type MetricFamily, processMetrics, renderExposition } from "../../kernel/metrics/index.ts";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { assertCan } from "../../modules/access/index.ts";

/** A module's samples, at a cost that does not grow with what happened before: totals that are kept, and what is open. */
export type MetricSource = (ctx: Ctx) => Promise<readonly MetricFamily[]>;

export interface PrometheusDeps {
  /** By the module's name. */
  readonly sources: Readonly<Record<string, MetricSource>>;
}

/** `GET /metrics` of the platform, for Prometheus. What callers of models see is told by each gateway itself. */
export const createPrometheus = ({ sources }: PrometheusDeps): Protocol => ({
  name: "prometheus",
  prefixes: [],
  routes: [
    {
      method: "GET",
      path: "/metrics",
      permission: "metrics.read",
      async handle(ctx) {
        await assertCan(ctx, "metrics.read");
        const families = [...processMetrics("api"), ...(await gather(ctx, sources))];
        return {
          status: 200,
          headers: { "content-type": expositionType, "cache-control": "no-store" },
          body: renderExposition(families),
        };
      },
    },
  ],
  notFound: (method, path) =>
    new PaveError("request.not_found", `There is no ${method} ${path}`, { fix: "Use GET /metrics." }),
  renderError: (error, log, correlationId) => renderError(error, log, correlationId),
});

/** One after the other, so that a scrape takes one connection. What one module cannot tell is no reason to tell nothing. */
async function gather(ctx: Ctx, sources: PrometheusDeps["sources"]): Promise<MetricFamily[]> {
  const families: MetricFamily[] = [];
  const up: MetricFamily["samples"][number][] = [];
  for (const [source, samplesOf] of Object.entries(sources)) {
    const found = await samplesOf(ctx).catch((error: unknown) => {
      ctx.log.warn({ source, error: messageOf(error) }, "metrics could not be read");
      return undefined;
    });
    families.push(...(found ?? []));
    up.push({ labels: { source }, value: found ? 1 : 0 });
  }
  const help = "Whether these metrics could be read in this scrape.";
  return [...families, { name: "pave_metrics_source_up", type: "gauge", help, samples: up }];
}
