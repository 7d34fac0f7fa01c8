import { type EventWords, eventWords, quietEvents, type ShownEvent } from "./event-text.ts";

interface FeedEvent extends ShownEvent {
  readonly time: string;
  readonly principalId: string;
}

/** What was done to one thing within this time is one piece of news. */
const togetherMs = 15 * 60_000;

/** What is shown in one line: where it leads and when it was by its last event, and who did it. */
export interface FeedLine<E> {
  readonly event: E;
  readonly by: E;
  readonly text: string;
}

/**
 * Events as a feed shows them, newest first: what is no news is left out, a run's end is said of whoever started it
 * instead of both, and what one person did to one thing is one line: "created, approved and applied plan 2".
 */
export function foldEvents<E extends FeedEvent>(events: readonly E[]): FeedLine<E>[] {
  const lines: { event: E; by: E; said: EventWords[] }[] = [];
  for (const event of events) {
    if (quietEvents.has(event.type)) continue;
    const words = eventWords(event);
    const ended = event.type === "run.requested" && lines.find((line) => isEndOf(line.event, event));
    const line = lines.find((one) => isTogether(one, { event, words }));
    if (ended) ended.by = event;
    else if (line) line.said.unshift(words);
    else lines.push({ event, by: event, said: [words] });
  }
  return lines.map(({ event, by, said }) => ({ event, by, text: textOf(said) }));
}

const isEndOf = (event: FeedEvent, start: FeedEvent): boolean =>
  event.type === "run.finished" && event.subjectId === start.subjectId;

function isTogether(
  line: { readonly event: FeedEvent; readonly said: readonly EventWords[] },
  { event, words }: { readonly event: FeedEvent; readonly words: EventWords },
): boolean {
  const nounOf = ({ type }: FeedEvent) => type.split(".")[0];
  return (
    line.event.principalId === event.principalId &&
    line.event.subjectId === event.subjectId &&
    nounOf(line.event) === nounOf(event) &&
    line.said[0]?.object === words.object &&
    Date.parse(line.event.time) - Date.parse(event.time) < togetherMs
  );
}

function textOf(said: readonly EventWords[]): string {
  const verbs = [...new Set(said.map(({ verb }) => verb))];
  const last = said.at(-1);
  const all = verbs.length > 1 ? `${verbs.slice(0, -1).join(", ")} and ${verbs.at(-1)}` : (verbs[0] ?? "");
  return [all, last?.object, last?.end].filter(Boolean).join(" ");
}
