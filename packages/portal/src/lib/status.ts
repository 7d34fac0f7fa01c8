/** Status to tone and word, for every state that the API knows. The one place where a state gets its look. */
export type Tone = "good" | "warn" | "bad" | "busy" | "idle";

const tones: Record<string, Tone> = {
  succeeded: "good",
  ready: "good",
  READY: "good",
  active: "good",
  applied: "good",
  healthy: "good",
  pass: "good",
  done: "good",
  delivered: "good",
  completed: "good",
  approved: "good",
  ok: "good",
  failed: "bad",
  blocked: "bad",
  down: "bad",
  fail: "bad",
  error: "bad",
  rejected: "bad",
  failing: "bad",
  FAILED_REGISTRATION: "bad",
  aborted: "bad",
  running: "busy",
  evaluating: "busy",
  applying: "busy",
  "rolling-out": "busy",
  received: "busy",
  releasing: "busy",
  building: "busy",
  preparing: "busy",
  shifting: "busy",
  stepping: "busy",
  current: "busy",
  open: "warn",
  stale: "warn",
  degraded: "warn",
  waiting: "warn",
  paused: "warn",
  inconclusive: "warn",
  attention: "warn",
  warn: "warn",
};

const words: Record<string, string> = {
  open: "awaiting approval",
  READY: "ready",
  notApplicable: "not applicable",
  "rolling-out": "rolling out",
  "rolled-back": "rolled back",
  attention: "needs attention",
  PENDING_REGISTRATION: "being registered",
  FAILED_REGISTRATION: "registration failed",
  todo: "to do",
  stepping: "canary",
};

export const toneOf = (state: string): Tone => tones[state] ?? "idle";
export const wordOf = (state: string): string =>
  words[state] ?? state.replaceAll("-", " ").replaceAll("_", " ").toLowerCase();
