import { randomUUID } from "node:crypto";

interface Executed {
  readonly stdout: string;
  /** Name and text of what the cell raised. */
  readonly error: string | undefined;
}

/** Starts a kernel on a Jupyter server, as its page does, and runs cells in it. `url` is the page's, with the token. */
export async function openKernel(url: string): Promise<{ run(code: string): Promise<Executed>; close(): void }> {
  const { origin, searchParams } = new URL(url);
  const token = searchParams.get("token") ?? "";
  const response = await fetch(`${origin}/api/kernels`, {
    method: "POST",
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ name: "python3" }),
  });
  if (!response.ok) throw new Error(`no kernel: ${response.status} ${await response.text()}`);
  const { id } = (await response.json()) as { id: string };
  const session = randomUUID();
  const query = new URLSearchParams({ session_id: session, token });
  const socket = new WebSocket(`${origin.replace("http", "ws")}/api/kernels/${id}/channels?${query}`);
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve, { once: true });
    socket.addEventListener("error", () => reject(new Error("the kernel's socket did not open")), { once: true });
  });
  return { run: (code) => execute(socket, session, code), close: () => socket.close() };
}

interface Message {
  readonly msg_type: string;
  readonly parent_header: { readonly msg_id?: string };
  readonly content: {
    readonly name?: string;
    readonly text?: string;
    readonly ename?: string;
    readonly evalue?: string;
    readonly execution_state?: string;
  };
}

function execute(socket: WebSocket, session: string, code: string): Promise<Executed> {
  const id = randomUUID();
  const header = { msg_id: id, msg_type: "execute_request", session, username: "test", version: "5.3" };
  const content = { code, silent: false, store_history: true, user_expressions: {}, allow_stdin: false };
  return new Promise((resolve, reject) => {
    let [stdout, error] = ["", undefined as string | undefined];
    const hear = (event: MessageEvent) => {
      const { msg_type: type, parent_header: parent, content: said } = JSON.parse(String(event.data)) as Message;
      if (parent.msg_id !== id) return;
      if (type === "stream" && said.name === "stdout") stdout += said.text ?? "";
      if (type === "error") error = `${said.ename}: ${said.evalue}`;
      // on the channel of the outputs, and after all of them
      if (type !== "status" || said.execution_state !== "idle") return;
      socket.removeEventListener("message", hear);
      resolve({ stdout, error });
    };
    socket.addEventListener("message", hear);
    socket.addEventListener("close", () => reject(new Error("the kernel's socket was closed")), { once: true });
    socket.send(JSON.stringify({ channel: "shell", header, parent_header: {}, metadata: {}, content, buffers: [] }));
  });
}
