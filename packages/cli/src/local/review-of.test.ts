import type { Review } from "@pave/contract";
import { expect, test } from "vitest";
import { describeReview } from "./review-of.ts";

const somebody = { id: "1", kind: "user", name: "dana" } as const;
const review = (evidence: Review["answers"][number]["evidence"]): Review => ({
  ...{ id: "r", model: "late", version: "3", environment: "staging", verdict: "open", comment: "" },
  questions: [
    { id: "use", ask: "What for?", evidence: "optional" },
    { id: "fairness", ask: "Who is worse off?", evidence: "required" },
  ],
  answers: [{ question: "fairness", text: "Nobody", evidence, by: somebody, at: "2026-11-30T06:00:00.000Z" }],
  ...{ requestedBy: somebody, requestedAt: "2026-11-30T06:00:00.000Z", decidedBy: null, decidedAt: null },
  mayDecide: { allowed: false, reason: null },
});

test("an answer without the evidence that is asked for does not count as one", () => {
  expect(describeReview(review([]))).toContain("· fairness: Who is worse off? (evidence is missing)");
  expect(describeReview(review([{ kind: "run", number: 7 }]))).toContain(
    "✔ fairness: Who is worse off? (with evidence)",
  );
  expect(describeReview(review([]))).toContain("· use: What for?");
});
