import { StateBadge } from "../../ui/state-badge.tsx";
import { driftWords } from "./drift-words.ts";

export function DriftBadge({ status }: { status: string }) {
  const { state, word } = driftWords(status);
  return <StateBadge state={state} word={word} />;
}
