import { CliError } from "../command.ts";

/** The header that signs in to the source, from the environment only; undefined where none is set. */
export function sourceAuthorization(environment: Readonly<Record<string, string | undefined>>): string | undefined {
  const { PAVE_IMPORT_TOKEN: token, PAVE_IMPORT_USERNAME: username, PAVE_IMPORT_PASSWORD: password } = environment;
  if (token && (username || password))
    throw new CliError("Both PAVE_IMPORT_TOKEN and PAVE_IMPORT_USERNAME or PAVE_IMPORT_PASSWORD are set", {
      fix: "Set the token, or the name with the password.",
    });
  if (token) return `Bearer ${token}`;
  if (!username && !password) return undefined;
  return `Basic ${Buffer.from(`${username ?? ""}:${password ?? ""}`).toString("base64")}`;
}
