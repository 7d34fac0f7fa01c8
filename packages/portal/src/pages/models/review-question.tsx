import { Button, Group, Textarea, TextInput } from "@mantine/core";
import { type Review, type ReviewEvidence, topics } from "@pave/contract";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { api } from "../../lib/api.ts";
import { Markdown } from "../../ui/markdown.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";
import { useAction } from "../../ui/use-action.ts";
import { evidenceOf, evidenceText } from "./review-evidence.ts";
import classes from "./reviews.module.css";

interface ReviewQuestionProps {
  readonly project: string;
  readonly review: Review;
  readonly question: Review["questions"][number];
  readonly answer: Review["answers"][number] | undefined;
  readonly denied: string | null;
}

/** One question with its answer, what that rests on, and a form for whoever may answer. */
export function ReviewQuestion({ project, review, question, answer, denied }: ReviewQuestionProps) {
  const [isAnswering, setAnswering] = useState(false);
  const mayAnswer = review.verdict === "open" && review.id !== null && denied === null;
  return (
    <li className={classes.question}>
      <div className={classes.ask}>
        {question.ask}
        {question.evidence === "required" ? (
          <span className={classes.soft}>
            {" "}
            {answer && answer.evidence.length === 0 ? "evidence is missing" : "evidence required"}
          </span>
        ) : null}
      </div>
      {answer && !isAnswering ? (
        <>
          <Markdown source={answer.text} />
          <p className={classes.soft}>
            {answer.by.name}, <TimeAgo at={answer.at} />
            {answer.evidence.map((one) => (
              <span key={evidenceText(one)}>
                {" · "}
                <EvidenceLink project={project} evidence={one} />
              </span>
            ))}
          </p>
        </>
      ) : null}
      {isAnswering ? (
        <AnswerForm {...{ project, review, question, answer }} onClose={() => setAnswering(false)} />
      ) : mayAnswer ? (
        <Button size="compact-xs" variant="default" onClick={() => setAnswering(true)}>
          {answer ? "Answer anew" : "Answer"}
        </Button>
      ) : answer ? null : (
        <p className={classes.soft}>No answer yet.</p>
      )}
    </li>
  );
}

function EvidenceLink({ project, evidence }: { project: string; evidence: ReviewEvidence }) {
  const text = evidenceText(evidence);
  if (evidence.kind === "run")
    return (
      <Link to="/projects/$project/runs/$run" params={{ project, run: String(evidence.number) }} className="link">
        {text}
      </Link>
    );
  if (evidence.kind === "link")
    return (
      <a href={evidence.url} rel="noreferrer noopener" className="link">
        {text}
      </a>
    );
  return <code>{text}</code>;
}

interface AnswerFormProps extends Omit<ReviewQuestionProps, "denied"> {
  readonly onClose: () => void;
}

function AnswerForm({ project, review, question, answer, onClose }: AnswerFormProps) {
  const [text, setText] = useState(answer?.text ?? "");
  const [rests, setRests] = useState((answer?.evidence ?? []).map(evidenceText).join(", "));
  const evidence = evidenceOf(rests);
  const isMissing = text.trim() === "" || (question.evidence === "required" && evidence?.length === 0);
  const save = useAction({
    act: (body: { text: string; evidence: ReviewEvidence[] }) =>
      api.answerReview({ params: { project, review: review.id ?? "", question: question.id }, body }),
    topics: [topics.reviews(project, review.model)],
  });
  const submit = () => {
    if (evidence && !isMissing) void save.mutateAsync({ text, evidence }).then(onClose, () => undefined);
  };
  return (
    <form
      className={classes.form}
      aria-label={`Answer to ${question.id}`}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Textarea
        size="xs"
        label="Answer"
        autosize
        minRows={2}
        maxLength={10_000}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit();
        }}
      />
      <TextInput
        size="xs"
        label="What it rests on"
        placeholder="run 12, artifact ID, https://…"
        required={question.evidence === "required"}
        error={evidence ? null : "run NUMBER, artifact ID or https://…, with commas between"}
        value={rests}
        onChange={(event) => setRests(event.currentTarget.value)}
      />
      <Group gap="xs" justify="flex-end">
        <Button size="xs" variant="default" onClick={onClose}>
          Cancel
        </Button>
        <Button size="xs" type="submit" loading={save.isPending} disabled={isMissing || !evidence}>
          Save
        </Button>
      </Group>
    </form>
  );
}
