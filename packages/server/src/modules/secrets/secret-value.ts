import { maxSecretBytes, minSecretCharacters } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";

/** Throws `secret.invalid` for a value that could not be given to a process, or not be masked. Never quotes it. */
export function assertSecretValue(value: string, what: string): void {
  const invalid = (message: string, fix: string) => new PaveError("secret.invalid", `${what}: ${message}`, { fix });
  const { length } = value.trim();
  if (length === 0) throw invalid("expected a value, found nothing", "Send it on standard input");
  if (length < minSecretCharacters)
    throw invalid(
      `expected at least ${minSecretCharacters} characters, found ${length}: masking so short a text would mask ordinary words, and leaving it would show it`,
      "Use a longer value; what is no secret belongs under `vars:` in pave.yaml",
    );
  if (Buffer.byteLength(value) > maxSecretBytes)
    throw invalid(
      `expected at most ${maxSecretBytes} bytes, found ${Buffer.byteLength(value)}`,
      "Keep large files elsewhere, and only the key to them as a secret",
    );
  if (value.includes("\0"))
    throw invalid(
      "it has the character NUL in it, which no environment variable can hold",
      "Encode it, such as in base64",
    );
}
