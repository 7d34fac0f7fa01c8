import { isRolloutOpen, type RolloutDetail } from "@pave/contract";
import type { ReactNode } from "react";
import { duration, exactTime } from "../../lib/format.ts";
import type { Tone } from "../../lib/status.ts";
import { useNow } from "../../lib/use-now.ts";
import { Callout } from "../../ui/callout.tsx";
import { TimeAgo } from "../../ui/time-ago.tsx";

/** Where it stands, in a sentence: what it waits for, or how it ended and why. */
export function Outcome({ rollout }: { rollout: RolloutDetail }) {
  const now = useNow(isRolloutOpen(rollout.state) ? 1000 : null);
  const { tone, title, more } = outcomeOf(rollout, now);
  return (
    <Callout tone={tone} title={title}>
      {more}
    </Callout>
  );
}

function outcomeOf(rollout: RolloutDetail, now: number): { tone: Tone; title: string; more?: ReactNode } {
  const { state, message, step, pausedBy, pausedAt, abortsAt, dueAt, finishedAt, stable, kind } = rollout;
  const share = step ? `Step ${step.number} of ${step.of}: ${step.weight} % of the traffic` : "";
  const back = stable
    ? `Version ${stable.modelVersion} has all of the traffic`
    : "What ran before has all of the traffic";
  switch (state) {
    case "preparing":
      return {
        tone: "busy",
        title: "Gateways load the model",
        more: "It gets traffic once every gateway has it loaded and warm.",
      };
    case "stepping":
      return { tone: "busy", title: share, more: nextLook(rollout, now, dueAt) };
    case "paused":
      return {
        tone: "warn",
        title: `${share}, paused ${pausedBy === "person" ? "by a person" : "for want of a verdict"}`,
        more: (
          <>
            {message}
            {message ? ". " : ""}
            {abortsAt
              ? `Aborted ${until(abortsAt, now)} without one.`
              : "It stays so until it is resumed; a condition that is true still aborts it."}{" "}
            {pausedAt ? (
              <>
                Paused <TimeAgo at={pausedAt} />.
              </>
            ) : null}
          </>
        ),
      };
    case "shifting":
      return {
        tone: "busy",
        title: "All traffic moves over",
        more: "Gateways are told; requests in flight are answered by whom they reached.",
      };
    case "completed":
      return {
        tone: "good",
        title: `${kind === "rollback" ? "Back: all" : "All"} traffic is on version ${rollout.modelVersion}`,
        more: <Ended at={finishedAt} />,
      };
    case "aborted":
      return {
        tone: "bad",
        title: `${back}: the rollout was ${message ?? "aborted"}`,
        more: <Ended at={finishedAt} />,
      };
    case "failed":
      return { tone: "bad", title: `No traffic moved: ${message ?? "it failed"}`, more: <Ended at={finishedAt} /> };
  }
}

const Ended = ({ at }: { at: string | null }) =>
  at ? (
    <span title={exactTime(at)}>
      Ended <TimeAgo at={at} />.
    </span>
  ) : null;

function nextLook({ steps }: RolloutDetail, now: number, dueAt: string | null): string {
  const analysis = steps.find(({ state }) => state === "current")?.analysis;
  const seen = analysis ? analysis.reason : "nothing was seen yet";
  const left = dueAt ? (Date.parse(dueAt) - now) / 1000 : 0;
  return left > 0 ? `So far: ${seen}. Decided in ${duration(Math.ceil(left))}.` : `So far: ${seen}.`;
}

const until = (time: string, now: number): string =>
  `in ${duration(Math.max(0, Math.round((Date.parse(time) - now) / 1000)))}`;
