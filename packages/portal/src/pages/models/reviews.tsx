import { Group } from "@mantine/core";
import { type ModelVersion, type Review, topics, unanswered } from "@pave/contract";
import { useState } from "react";
import { useDenied } from "../../app/use-may.ts";
import { api } from "../../lib/api.ts";
import { Card } from "../../ui/card.tsx";
import { ConfirmDialog } from "../../ui/confirm-dialog.tsx";
import { GuardedButton } from "../../ui/guarded-button.tsx";
import { Pill } from "../../ui/pill.tsx";
import { QueryView } from "../../ui/query-view.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { WithCode } from "../../ui/with-code.tsx";
import { ReviewQuestion } from "./review-question.tsx";
import classes from "./reviews.module.css";
import { useReviewsQuery } from "./use-reviews-query.ts";

const tones = { none: "idle", open: "busy", approved: "good", rejected: "bad", stale: "warn" } as const;
const words = { none: "not asked for", open: "open", approved: "approved", rejected: "rejected", stale: "stale" };

/** What environments ask about this version, what was answered, and who decided. Nothing where none asks. */
export function Reviews({ version }: { version: ModelVersion }) {
  const { project, name, version: number } = version;
  const query = useReviewsQuery(project, name, number);
  if (query.data?.items.length === 0) return null;
  return (
    <QueryView query={query} rows={3}>
      {({ items }) => items.map((review) => <ReviewCard key={review.environment} project={project} review={review} />)}
    </QueryView>
  );
}

function ReviewCard({ project, review }: { project: string; review: Review }) {
  const { id, model, version, environment, verdict, questions, answers, decidedBy, decidedAt, comment } = review;
  const about = [topics.reviews(project, model)];
  const denied = useDenied(project, "review.request");
  const deniedVerdict = useDenied(project, "review.decide");
  // what was asked stays while the dialog fades
  const [asked, setAsked] = useState<"approved" | "rejected">("approved");
  const [isAsking, setAsking] = useState(false);
  const open = (what: typeof asked) => {
    setAsked(what);
    setAsking(true);
  };
  const ask = useAction({
    act: () => api.requestReview({ params: { project, model, version }, body: { environment } }),
    topics: about,
    done: "Asked for a review",
  });
  const decide = useAction({
    act: (input: { verdict: "approved" | "rejected"; comment: string }) =>
      api.decideReview({ params: { project, review: id ?? "" }, body: input }),
    topics: about,
    done: "The verdict is given",
  });
  const isOpen = verdict === "open";
  const missing = unanswered(questions, answers);
  return (
    <Card
      title={`Review for ${environment}`}
      aside={
        <Group gap={6}>
          <span>
            {questions.length - missing.length} of {questions.length} answered
          </span>
          <Pill tone={tones[verdict]}>{words[verdict]}</Pill>
        </Group>
      }
    >
      {decidedBy && decidedAt ? (
        <p className={classes.verdict}>
          {decidedBy.name} {verdict === "stale" ? "decided" : verdict}, <TimeAgo at={decidedAt} />
          {comment ? `: ${comment}` : ""}
        </p>
      ) : null}
      {verdict === "stale" ? (
        <p className={classes.verdict}>{environment} asks other questions by now, so no verdict counts.</p>
      ) : null}
      <ul className={classes.questions}>
        {questions.map((question) => (
          <ReviewQuestion
            key={question.id}
            {...{ project, review, question, denied }}
            answer={answers.find((one) => one.question === question.id)}
          />
        ))}
      </ul>
      <Group gap="xs" mt="sm">
        {isOpen ? (
          <>
            <GuardedButton
              size="xs"
              blocked={review.mayDecide.allowed ? null : review.mayDecide.reason}
              onClick={() => open("approved")}
            >
              Approve
            </GuardedButton>
            <GuardedButton size="xs" variant="default" blocked={deniedVerdict} onClick={() => open("rejected")}>
              Reject
            </GuardedButton>
          </>
        ) : (
          <GuardedButton size="xs" variant="default" blocked={denied} onClick={() => ask.mutate(undefined)}>
            {verdict === "none" ? "Ask for a review" : "Ask again"}
          </GuardedButton>
        )}
      </Group>
      {isOpen && !review.mayDecide.allowed && review.mayDecide.reason ? (
        <p className={classes.soft}>
          <WithCode text={review.mayDecide.reason} />
        </p>
      ) : null}
      <ConfirmDialog
        opened={isAsking}
        title={`${asked === "approved" ? "Approve" : "Reject"} ${model} version ${version} for ${environment}?`}
        confirm={asked === "approved" ? "Approve" : "Reject"}
        danger={asked === "rejected"}
        comment={{ label: "Why", placeholder: "Kept beside the verdict", required: asked === "rejected" }}
        onConfirm={(why) => decide.mutateAsync({ verdict: asked, comment: why })}
        onClose={() => setAsking(false)}
      >
        Gates of {environment} may ask for the verdict. Answers stay as they are from then on.
      </ConfirmDialog>
    </Card>
  );
}
