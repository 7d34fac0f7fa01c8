/** What the title above the message says already. */
const opening = /^step \S+ exited with code \d+: (?=error:)/;

/** Messages of steps read `error: <place>: expected …, found …; <fix>`; the fix is set apart where there is one. */
export function splitFix(message: string): { readonly problem: string; readonly fix: string | null } {
  const said = message.trim().replace(opening, "");
  const text = said.replace(/^error:\s*/i, "");
  const at = text.lastIndexOf("; ");
  const isOurs = /\bexpected\b/.test(text) || /^error:/i.test(said);
  if (at < 0 || !isOurs) return { problem: text, fix: null };
  const fix = text.slice(at + 2);
  return { problem: `${text.slice(0, at)}.`, fix: fix.charAt(0).toUpperCase() + fix.slice(1) };
}
