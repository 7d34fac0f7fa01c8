import type { ReviewEvidence } from "@pave/contract";

/** As people read and type it: `run 12`, `artifact 01a…`, a URL. */
export const evidenceText = (one: ReviewEvidence): string =>
  one.kind === "run" ? `run ${one.number}` : one.kind === "artifact" ? `artifact ${one.id}` : one.url;

/** What was typed, with commas between; undefined where a part of it is none of the three. */
export function evidenceOf(text: string): ReviewEvidence[] | undefined {
  const parts = text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
  const found = parts.map(one);
  return found.every((part) => part !== undefined) ? found : undefined;
}

function one(text: string): ReviewEvidence | undefined {
  const run = /^run #?([1-9]\d{0,14})$/.exec(text);
  if (run) return { kind: "run", number: Number(run[1]) };
  const artifact = /^artifact (\S{1,100})$/.exec(text);
  if (artifact?.[1]) return { kind: "artifact", id: artifact[1] };
  return /^https?:\/\/\S+$/.test(text) ? { kind: "link", url: text } : undefined;
}
