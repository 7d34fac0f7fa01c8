/** What a monitor or a column shows, as a state of the portal and in words that claim no more than is known. */
export interface DriftWords {
  readonly state: string;
  readonly word: string;
}

const known: Readonly<Record<string, DriftWords>> = {
  ok: { state: "ok", word: "as before" },
  watch: { state: "warn", word: "watched" },
  drift: { state: "fail", word: "differs" },
  "missing-values": { state: "fail", word: "missing values" },
  "all-missing": { state: "fail", word: "no value at all" },
  "unseen-values": { state: "fail", word: "unseen values" },
  "too-few-rows": { state: "pending", word: "too few rows yet" },
  "constant-reference": { state: "pending", word: "constant in the reference" },
  "no-reference": { state: "pending", word: "no reference" },
  ignored: { state: "pending", word: "ignored" },
};

export const driftWords = (status: string): DriftWords =>
  known[status] ?? { state: "pending", word: status.replaceAll("-", " ") };
