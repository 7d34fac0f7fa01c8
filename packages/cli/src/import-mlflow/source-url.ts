import { CliError } from "../command.ts";

/** Where the source is, without a slash at its end. Secrets have no place in it: it is kept, and shown. */
export function sourceUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw new CliError(`--from ${JSON.stringify(given)}: expected the address of a server of MLflow`, {
      fix: "Write it as http://host:5000 or https://mlflow.example.org. A folder or a database is read by a server: mlflow server --backend-store-uri …",
    });
  if (url.username || url.password)
    throw new CliError("--from has a name or password in it, which would be seen by others and kept", {
      fix: "Take them out and set PAVE_IMPORT_USERNAME and PAVE_IMPORT_PASSWORD, or PAVE_IMPORT_TOKEN.",
    });
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
}
