import type { QueryClient } from "@tanstack/react-query";

/**
 * One event stream per browser: the tab that holds the lock reads it and tells the others over a broadcast channel. A
 * hint names topics; every query whose key starts with that topic is read again. `resync` reads all that is on screen.
 * Hidden tabs close the stream and resync when they are seen again.
 */
export function startLive(queryClient: QueryClient): () => void {
  const channel = new BroadcastChannel("pave-live");
  const apply = (message: LiveMessage) => {
    if (message.kind === "resync") void queryClient.invalidateQueries();
    else
      void queryClient.invalidateQueries({
        predicate: ({ queryKey }) => message.topics.some((topic) => concerns(topic, queryKey[0])),
      });
  };
  channel.onmessage = (event: MessageEvent<LiveMessage>) => apply(event.data);
  const leading = new AbortController();
  let source: EventSource | undefined;
  const publish = (message: LiveMessage) => {
    apply(message);
    channel.postMessage(message);
  };
  const open = () => {
    source ??= connect(publish);
  };
  const close = () => {
    source?.close();
    source = undefined;
  };
  let isLeader = false;
  const onVisibility = () => {
    if (document.visibilityState === "hidden") close();
    else if (isLeader) {
      open();
      apply({ kind: "resync" });
    } else apply({ kind: "resync" });
  };
  document.addEventListener("visibilitychange", onVisibility);
  const lead = async () => {
    isLeader = true;
    if (document.visibilityState !== "hidden") open();
    await new Promise<void>((resolve) => leading.signal.addEventListener("abort", () => resolve(), { once: true }));
  };
  if ("locks" in navigator)
    navigator.locks.request("pave-live", { signal: leading.signal }, lead).catch(() => undefined);
  else void lead();
  return () => {
    leading.abort();
    close();
    channel.close();
    document.removeEventListener("visibilitychange", onVisibility);
  };
}

/** A thing's hint also concerns what contains it (a run its project); log lines and traffic come too often for that. */
export function concerns(topic: string, key: unknown): boolean {
  if (key === topic) return true;
  const isFrequent = topic.includes("/logs/") || topic.includes("/traffic/");
  return !isFrequent && typeof key === "string" && topic.startsWith(`${key}/`);
}

type LiveMessage = { readonly kind: "changed"; readonly topics: readonly string[] } | { readonly kind: "resync" };

function connect(publish: (message: LiveMessage) => void): EventSource {
  const source = new EventSource("/api/v1/stream");
  source.addEventListener("changed", (event) =>
    publish({ kind: "changed", topics: (JSON.parse(event.data) as { topics: string[] }).topics }),
  );
  source.addEventListener("resync", () => publish({ kind: "resync" }));
  return source;
}
