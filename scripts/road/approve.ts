import { createClient, type Plan } from "@pave/contract";
import { CommandFailed, pave } from "./pave.ts";

/**
 * Approves a plan as a second user with the role that the environment asks for, through the API with a token of that
 * user's own. The user is disabled afterwards: more than one active user would change how steps must be isolated.
 */
export async function approveAsSomebodyElse(plan: Plan, url: string): Promise<string> {
  const { project } = plan;
  if (project === null) throw new CommandFailed(`plan ${plan.number} is the platform's, not a project's`);
  const name = `reviewer-${Date.now().toString(36)}`;
  await pave(["principals", "create", name]);
  try {
    await pave(["members", "set", name, "reviewer", "--project", project]);
    const { token } = await pave<{ token: string }>(["tokens", "create", "review", "--principal", name, "--days", "1"]);
    const reviewer = createClient({ baseUrl: url, token });
    const params = { project, plan: plan.number };
    const seen = await reviewer.getPlan({ params });
    await reviewer.approvePlan({
      params,
      body: { hash: seen.hash, comment: "compared the two versions on the same test set" },
    });
    const applied = await pave<Plan>(["plans", "apply", String(plan.number), "--project", project]).catch(async () =>
      waitApplied(project, plan),
    );
    if (applied.state !== "applied")
      throw new CommandFailed(
        `plan ${plan.number} is ${applied.state}${applied.message ? `: ${applied.message}` : ""}`,
      );
    return `${name} approved plan ${plan.number}; version ${applied.candidate?.version ?? "2"} is live in ${plan.environment}`;
  } finally {
    await pave(["members", "remove", name, "--project", project]).catch(() => undefined);
    await pave(["principals", "disable", name]).catch(() => undefined);
  }
}

/** The approval may have started the applying already; then there is nothing left to say but to watch. */
async function waitApplied(project: string, plan: Plan): Promise<Plan> {
  for (let tries = 0; ; tries += 1) {
    const now = await pave<Plan>(["plans", "show", String(plan.number), "--project", project]);
    if (!["open", "ready", "applying", "evaluating"].includes(now.state) || tries > 100) return now;
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}
