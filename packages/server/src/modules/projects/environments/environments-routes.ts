import type { Handlers } from "../../../http/handlers.ts";
import type { Environments } from "./create-environments.ts";
import type { EnvironmentRow } from "./environments-store.ts";
import { getEnvironment, listEnvironments } from "./get-environment.ts";

export const environmentsRoutes = (environments: Environments): Handlers => ({
  async listEnvironments(ctx) {
    return { items: (await listEnvironments(ctx)).map(toSummary) };
  },
  async getEnvironment(ctx, { params }) {
    const row = await getEnvironment(ctx, params.environment);
    return { ...toSummary(row), source: row.source, spec: row.spec, updatedAt: row.updatedAt.toISOString() };
  },
  createEnvironmentPlan: (ctx, { params, body }) => environments.plan(ctx, { name: params.environment, ...body }),
});

const toSummary = ({ name, spec, version }: EnvironmentRow) => ({
  name,
  description: spec.description ?? "",
  after: spec.after ?? null,
  version,
  approvals: { ...spec.approvals },
  gates: spec.gates.map((gate) => ({
    check: gate.check,
    when: gate.when ?? null,
    message: gate.message ?? null,
    mode: gate.mode,
  })),
  frozen: spec.freeze?.reason ?? null,
});
