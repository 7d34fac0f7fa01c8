import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import type { ArtifactStore } from "./artifact-store.ts";

/** What every artifact store promises. `countObjects` looks beneath it. */
export function artifactStoreSuite(
  setup: () => Promise<{ store: ArtifactStore; countObjects: () => Promise<number> }>,
): void {
  const chunks = async function* (...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  };
  const read = async (store: ArtifactStore, key: string, range?: { start: number; end: number }) => {
    const stream = await store.get(key, range);
    return stream && (await buffer(stream)).toString();
  };

  test("what was put is got back, whole and in ranges", async () => {
    const { store } = await setup();
    const key = await store.put(chunks("hello ", "world"));
    expect(await read(store, key)).toBe("hello world");
    expect(await read(store, key, { start: 6, end: 8 })).toBe("wor");
    expect(await read(store, key, { start: 10, end: 10 })).toBe("d");
  });

  test("nothing at all is a fine content", async () => {
    const { store } = await setup();
    expect(await read(store, await store.put(chunks()))).toBe("");
  });

  test("the same bytes put twice lie under two keys", async () => {
    const { store } = await setup();
    expect(await store.put(chunks("a"))).not.toBe(await store.put(chunks("a")));
  });

  test("bytes lie under a key that was made before them", async () => {
    const { store } = await setup();
    const key = store.newKey();
    expect(store.newKey()).not.toBe(key);
    expect(await store.has(key)).toBe(false);
    expect(await store.put(chunks("a"), { key })).toBe(key);
    expect(await read(store, key)).toBe("a");
  });

  test("a deleted key is gone, and deleting it again is fine", async () => {
    const { store } = await setup();
    const key = await store.put(chunks("a"));
    expect(await store.has(key)).toBe(true);
    await store.delete(key);
    await store.delete(key);
    expect(await store.has(key)).toBe(false);
    expect(await store.get(key)).toBeUndefined();
  });

  test("a source that fails leaves nothing behind", async () => {
    const { store, countObjects } = await setup();
    const failing = async function* () {
      yield Buffer.from("half");
      throw new Error("the client went away");
    };
    await expect(store.put(failing())).rejects.toThrow("the client went away");
    expect(await countObjects()).toBe(0);
  });

  test("an aborted upload leaves nothing behind", async () => {
    const { store, countObjects } = await setup();
    const abort = new AbortController();
    const endless = async function* () {
      for (;;) {
        yield Buffer.alloc(1000);
        await new Promise((resolve) => setTimeout(resolve, 1));
        abort.abort();
      }
    };
    await expect(store.put(endless(), { signal: abort.signal })).rejects.toThrow();
    expect(await countObjects()).toBe(0);
  });
}
