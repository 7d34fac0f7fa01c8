import { createServer } from "node:net";
import { PaveError } from "../kernel/pave-error.ts";

/** Throws `port.taken` with a way out unless we can listen there. */
export async function assertPortFree(host: string, port: number, setting: string): Promise<void> {
  if (port === 0) return;
  const code = await new Promise<string | undefined>((resolve) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "EUNKNOWN"));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
  if (code === undefined) return;
  const reason =
    code === "EADDRINUSE"
      ? "another program listens there already"
      : code === "EACCES"
        ? "this user may not listen there"
        : code;
  throw new PaveError("port.taken", `${host}:${port}: ${reason}`, {
    fix: `Stop that program, or choose another port: ${setting}=${port + 10} (0 takes a free one).`,
  });
}
