import { docsOf, type ErrorCode, errorStatus } from "@pave/contract";
import { z } from "zod";
import { milliseconds, percent } from "../../lib/format.ts";
import { Callout } from "../../ui/callout.tsx";
import { DocsLink } from "../../ui/docs-link.tsx";
import { Pill } from "../../ui/pill.tsx";
import { Problem } from "../../ui/problem.tsx";
import classes from "./try-it.module.css";
import type { TryRequest } from "./use-try.ts";

const answerSchema = z.object({
  predictionId: z.string(),
  model: z.object({ name: z.string(), version: z.string() }),
  predictions: z.array(z.object({ label: z.unknown().optional(), probability: z.number().optional() })).min(1),
});
const errorSchema = z.object({
  error: z.object({
    message: z.string(),
    fix: z.string().optional(),
    code: z.string(),
  }),
});

/** What the endpoint said, in words where it is a prediction, and as it came. */
export function Answer({ request }: { request: TryRequest }) {
  if (request.error)
    return (
      <div className={classes.answer}>
        <Problem error={request.error} />
      </div>
    );
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
  if (failure.success) {
    const { message, fix, code } = failure.data.error;
    const docs = isErrorCode(code) ? docsOf(code) : null;
    return (
      <Callout tone="bad" title={message}>
        {fix} {docs ? <DocsLink to={docs}>What this means</DocsLink> : null}
      </Callout>
    );
  }
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

const isErrorCode = (code: string): code is ErrorCode => code in errorStatus;
