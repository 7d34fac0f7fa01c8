import { z } from "zod";
import { milliseconds, percent } from "../../lib/format.ts";
import { describeError } from "../../lib/use-action.ts";
import { Callout } from "../../ui/callout.tsx";
import { Pill } from "../../ui/pill.tsx";
import classes from "./try-it.module.css";
import type { TryRequest } from "./use-try.ts";

const answerSchema = z.object({
  predictionId: z.string(),
  model: z.object({ name: z.string(), version: z.string() }),
  predictions: z.array(z.object({ label: z.unknown().optional(), probability: z.number().optional() })).min(1),
});
const errorSchema = z.object({ error: z.object({ message: z.string(), fix: z.string().optional() }) });

/** What the endpoint said, in words where it is a prediction, and as it came. */
export function Answer({ request }: { request: TryRequest }) {
  if (request.error) {
    const { title, message } = describeError(request.error);
    return (
      <div className={classes.answer}>
        <Callout tone="bad" title={title}>
          {message}
        </Callout>
      </div>
    );
  }
  if (!request.data)
    return (
      <p className={classes.hint}>The request goes through the gateway like any other and counts in the charts.</p>
    );
  const { status, milliseconds: took, body } = request.data;
  return (
    <div className={classes.answer} aria-live="polite">
      <div className={classes.status}>
        <Pill tone={status < 300 ? "good" : "bad"}>HTTP {status}</Pill>
        <span>{milliseconds(took)}, the way through the platform included</span>
      </div>
      <Words body={body} />
      <pre className={classes.body}>{typeof body === "string" ? body : JSON.stringify(body, null, 2)}</pre>
    </div>
  );
}

function Words({ body }: { body: unknown }) {
  const failure = errorSchema.safeParse(body);
  if (failure.success)
    return (
      <Callout tone="bad" title={failure.data.error.message}>
        {failure.data.error.fix}
      </Callout>
    );
  const answer = answerSchema.safeParse(body);
  const first = answer.data?.predictions[0];
  if (!answer.success || !first) return null;
  return (
    <div className={classes.prediction}>
      <b>{first.probability === undefined ? String(first.label) : percent(first.probability)}</b>
      <span>
        {first.probability === undefined
          ? ""
          : `probability${first.label === undefined ? "" : `, label ${String(first.label)}`}, `}
        {answer.data.model.name} version {answer.data.model.version}
      </span>
    </div>
  );
}
