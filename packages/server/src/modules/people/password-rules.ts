import { PaveError } from "../../kernel/pave-error.ts";

const fewest = 12;
const most = 256;

/** Long enough, and nothing that is guessed first. No rules about kinds of characters: they make passwords worse. */
export function assertGoodPassword(
  password: string,
  owner: { readonly name: string; readonly email: string | null },
): void {
  const problem = problemOf(password, owner);
  if (problem)
    throw new PaveError("access.password_weak", `The password ${problem}`, {
      fix: `Use ${fewest} characters or more that nobody would guess: a few words are good.`,
    });
}

function problemOf(password: string, { name, email }: { readonly name: string; readonly email: string | null }) {
  const { length } = [...password];
  if (length < fewest) return `has ${length} characters: expected at least ${fewest}`;
  if (length > most) return `has ${length} characters: expected at most ${most}`;
  const lower = password.toLowerCase();
  if (new Set(lower).size < 5) return "repeats the same few characters";
  if (straight.some((run) => run.includes(lower))) return "is a straight run of the keyboard or the alphabet";
  if (common.has(lower.replace(/[^a-z]/g, ""))) return "is among the first that are guessed";
  const own = [name, email ?? "", email?.split("@")[0] ?? ""].filter((word) => word.length >= 4);
  if (own.some((word) => lower.replaceAll(word.toLowerCase(), "").length < 6)) return "is little more than your name";
  return undefined;
}

const straight = [
  "12345678901234567890",
  "abcdefghijklmnopqrstuvwxyz",
  "qwertyuiopasdfghjklzxcvbnm",
  "qwertzuiopasdfghjklyxcvbnm",
];
const common = new Set([
  "password",
  "passwordpassword",
  "passwort",
  "changeme",
  "changemenow",
  "letmein",
  "letmeinnow",
  "iloveyou",
  "administrator",
  "welcome",
  "welcomewelcome",
  "correcthorsebatterystaple",
]);
