import type { Plan } from "@pave/contract";
import { expect, test } from "vitest";
import { planMarkdown } from "./plan-markdown.ts";

const plan = {
  project: "flights",
  number: 0,
  state: "blocked",
  environment: "staging",
  title: "Release flights version 3 to staging",
  actions: [
    {
      change: "update",
      title: "late: version 2 → 3",
      reason: "newest of <b>main</b> | @team",
      undo: "pave rollback staging",
    },
  ],
  verdicts: [
    {
      verdict: "fail",
      mode: "prevent",
      check: "metrics.a >= 0.6 || has(x)",
      detail: "metrics.a = 0.5",
      origin: "project",
      message: "agreed",
    },
    { verdict: "error", mode: "warn", check: "has(`y`)", detail: "none", origin: "environment staging", message: null },
  ],
  approvalRule: { roles: ["reviewer", "admin"], quorum: 1, selfApproval: false },
  approvals: { given: 0, needed: 1 },
  candidate: { model: "flights", version: "3", metrics: { roc_auc: 0.71, rows: 12 } },
  champion: { model: "flights", version: "2", metrics: { roc_auc: 0.7 } },
  estimate: null,
  staleBecause: [],
  message: null,
  hash: `sha256:${"a".repeat(64)}`,
} as unknown as Plan;

test("a plan as Markdown shows what changes, its gates and the metrics, and lets no name format or call anybody", () => {
  expect(planMarkdown(plan)).toBe(
    `### Release flights version 3 to staging

**blocked** (a dry run: nothing was changed) · flights to staging

|  | what changes | why | undone by |
| --- | --- | --- | --- |
| ～ | late: version 2 → 3 | newest of &#60;b&#62;main&#60;/b&#62; &#124; &#64;team | pave rollback staging |

|  | gate | what it found | whose rule |
| --- | --- | --- | --- |
| ❌ | \`metrics.a >= 0.6 \\|\\| has(x)\` | metrics.a = 0.5 | project: agreed |
| ⚠️ | \`\` has(\`y\`) \`\` | none | environment staging |

| metric | version 3 | version 2, which runs now | difference |
| --- | --- | --- | --- |
| \`roc_auc\` | 0.7100 | 0.7000 | +0.0100 |
| \`rows\` | 12 | – | – |

Approvals: 0 of 1 by reviewer or admin

Blocked by 1 gate: nothing was released. Release a model that passes, or correct the gate where it stands.

<sub>hash aaaaaaaaaaaa</sub>`,
  );
});
