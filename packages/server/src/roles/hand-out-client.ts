import type { App } from "../app.ts";
import { clientFile, writePrivateFile } from "./local-files.ts";

/**
 * Leaves in the data folder how the terminal client of this machine's owner signs in, as the platform's first admin; gives
 * the file. A token that is there and still good stays, so servers that share the folder, and later starts, change nothing.
 */
export async function handOutClient(
  app: Pick<App, "clientToken">,
  input: { readonly dataFolder: string; readonly url: string; readonly adminId: string },
): Promise<string> {
  const file = clientFile(input.dataFolder);
  await writePrivateFile(file, JSON.stringify({ url: input.url, token: await app.clientToken(input.adminId) }));
  return file;
}
