import { type Plan, planCalls, topics } from "@pave/contract";
import { useNavigate } from "@tanstack/react-router";
import { api } from "../../lib/api.ts";
import { planHref } from "../../lib/plan-href.ts";
import { useAction } from "../../ui/use-action.ts";

interface Said {
  readonly hash: string;
  readonly comment: string;
}

/** What can be done with a plan. A recomputed plan may be another one; then the page follows it. */
export function useDecide(plan: Plan) {
  const navigate = useNavigate();
  const calls = planCalls(api, plan);
  const about = [
    topics.plan(plan.project, plan.number),
    ...(plan.project === null ? [] : [topics.project(plan.project)]),
    topics.home,
  ];
  const approve = useAction({
    act: (body: Said) => calls.approve(body),
    topics: about,
    done: `Approved plan ${plan.number}`,
  });
  const reject = useAction({
    act: (body: Said) => calls.reject(body),
    topics: about,
    done: `Rejected plan ${plan.number}`,
  });
  const apply = useAction({ act: (body: Said) => calls.apply(body), topics: about });
  const withdraw = useAction({
    act: () => calls.cancel(),
    topics: about,
    done: `Plan ${plan.number} is withdrawn`,
  });
  const recompute = useAction({
    act: async () => {
      const made = await calls.recompute();
      if (made.number !== plan.number) await navigate({ to: planHref(made) });
      return made;
    },
    topics: about,
  });
  return { approve, reject, apply, withdraw, recompute };
}

export type Decide = ReturnType<typeof useDecide>;
