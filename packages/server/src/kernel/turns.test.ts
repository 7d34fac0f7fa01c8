import { expect, test } from "vitest";
import { Turns } from "./turns.ts";

/** Turns that end when they are told to, and what has happened. */
function createStage(most: number) {
  const turns = new Turns(most);
  const happened: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    turns,
    happened,
    give: (name: string, what = name) =>
      turns.give(name, async () => {
        happened.push(what);
        await new Promise<void>((resolve) => ends.set(name, resolve));
      }),
    async end(name: string) {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

test("so many are under way at once, and who waits comes next, in order", async () => {
  const { turns, happened, give, end } = createStage(2);
  for (const name of ["a", "b", "c", "d"]) give(name);
  expect(happened).toEqual(["a", "b"]);
  await end("b");
  expect(happened).toEqual(["a", "b", "c"]);
  await end("a");
  expect(happened).toEqual(["a", "b", "c", "d"]);
  let isIdle = false;
  const idle = turns.idle().then(() => {
    isIdle = true;
  });
  await end("c");
  expect(isIdle).toBe(false);
  await end("d");
  await idle;
});

test("one that is stuck takes one place, and has no second turn beside its first", async () => {
  const { happened, give, end } = createStage(2);
  give("stuck");
  for (const name of ["a", "stuck", "b", "stuck", "c"]) give(name, `${name} again`);
  for (const name of ["a", "b", "c"]) await end(name);
  expect(happened).toEqual(["stuck", "a again", "b again", "c again"]);
  await end("stuck");
  expect(happened.at(-1)).toBe("stuck again");
  expect(happened).toHaveLength(5);
});

test("stopped, it begins no other turn and waits for those under way", async () => {
  const { turns, happened, give, end } = createStage(1);
  give("a");
  give("b");
  const stopped = turns.stop();
  give("c");
  await end("a");
  await stopped;
  give("d");
  expect(happened).toEqual(["a"]);
});
