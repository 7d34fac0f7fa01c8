import type { Plan } from "@pave/contract";
import { connect, findConnection } from "../../packages/cli/src/connection.ts";
import { CommandFailed, pave } from "./pave.ts";
import { folder, project, seePlanThrough, stateOf } from "./sample.ts";

/**
 * Approves a plan as a second user with the role that the environment asks for, by a token of that user's own. The user
 * is disabled afterwards: more than one active user would change how steps must be isolated. A plan that an interrupted
 * start has left approved is seen through.
 */
export async function approveAsSomebodyElse(plan: Plan): Promise<string> {
  const name = `${reviewers}${Date.now().toString(36)}`;
  const applied = await (plan.state === "open" ? approveAs(name, plan) : seePlanThrough(plan)).finally(
    dismissReviewers,
  );
  if (applied.state !== "applied") throw new CommandFailed(stateOf(applied));
  const who = plan.state === "open" ? `${name} approved plan ${plan.number}` : `plan ${plan.number} went on`;
  return `${who}; version ${applied.candidate?.version ?? "?"} is live in ${plan.environment}`;
}

const reviewers = "sample-reviewer-";

async function approveAs(name: string, { number }: Plan): Promise<Plan> {
  const client = await connect();
  await client.createPrincipal({ body: { kind: "user", name } });
  await client.setMember({ params: { project, principal: name }, body: { role: "reviewer" } });
  const { token } = await client.createToken({ body: { name: "review", principal: name, expiresInDays: 1 } });
  const { url } = await findConnection();
  const said = "compared the two versions on the same test set";
  return pave<Plan>(["plans", "approve", String(number), "-m", said], { folder, token, url });
}

/** Also those whom an interrupted start has left; not while what they approved is on its way in their name. */
export async function dismissReviewers(): Promise<void> {
  const client = await connect();
  const { items } = await client.listPrincipals();
  for (const { name: principal } of items.filter((one) => one.name.startsWith(reviewers) && !one.disabledAt)) {
    await client.removeMember({ params: { project, principal } }).catch(() => undefined);
    await client.disablePrincipal({ params: { principal }, body: {} });
  }
}
