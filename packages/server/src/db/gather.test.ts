import { describe, expect, it, vi } from "vitest";
import { PaveError } from "../kernel/pave-error.ts";
import type { Ctx } from "./context.ts";
import { gathered } from "./gather.ts";

/** What gathers looks at of a context; the database is only what it is told apart by. */
const ctx = { db: { isTransaction: false }, database: {} } as unknown as Ctx;

/** Questions wait until they are let go; groups are remembered. */
function createQuestion(options: { lanes: number; most: number }) {
  const groups: string[][] = [];
  const gates: PromiseWithResolvers<void>[] = [];
  const ask = gathered<string, string>({
    ...options,
    weigh: (text) => text.length,
    async ask(_, questions) {
      groups.push([...questions]);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      await gate.promise;
      if (questions.includes("bad")) throw new Error(`bad among ${questions.length}`);
      return questions.map((text) => text.toUpperCase());
    },
  });
  const letGo = () => gates.shift()?.resolve();
  return {
    ask: (text: string) => ask(ctx, text),
    groups,
    letGo,
    soon: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

describe("questions", () => {
  it("of one moment go together, and those that come meanwhile with the next group", async () => {
    const { ask, groups, letGo, soon } = createQuestion({ lanes: 1, most: 100 });
    const first = [ask("a"), ask("b")];
    await soon();
    const second = [ask("a"), ask("c")];
    await soon();
    expect(groups).toEqual([["a", "b"]]);
    letGo();
    expect(await Promise.all(first)).toEqual(["A", "B"]);
    await soon();
    // asked again, because it came after the first group had begun
    expect(groups[1]).toEqual(["a", "c"]);
    letGo();
    expect(await Promise.all(second)).toEqual(["A", "C"]);
  });

  it("go in as many lanes as there are, in groups of a bounded weight", async () => {
    const { ask, groups, letGo, soon } = createQuestion({ lanes: 2, most: 4 });
    const answers = Promise.all(["aaa", "bb", "c", "dddddd", "e"].map(ask));
    await soon();
    await soon();
    expect(groups).toEqual([["aaa"], ["bb", "c"]]);
    for (let turn = 0; turn < 4; turn += 1) {
      letGo();
      await soon();
      await soon();
    }
    expect(await answers).toEqual(["AAA", "BB", "C", "DDDDDD", "E"]);
    expect(groups.slice(2)).toEqual([["dddddd"], ["e"]]);
  });

  it("that fail fail alone: halves are asked, and halves of those, one after the other", async () => {
    const { ask, groups, letGo, soon } = createQuestion({ lanes: 1, most: 100 });
    const answers = Promise.allSettled(["a", "b", "c", "bad", "d"].map(ask));
    for (let turn = 0; turn < 12; turn += 1) {
      await soon();
      letGo();
    }
    expect((await answers).map(told)).toEqual(["A", "B", "C", "Error: bad among 1", "D"]);
    expect(groups).toEqual([["a", "b", "c", "bad", "d"], ["a", "b", "c"], ["bad", "d"], ["bad"], ["d"]]);
  });

  it.each([
    ["a statement that took too long", Object.assign(new Error("canceling statement"), { code: "57014" })],
    ["a lost connection", new Error("Connection terminated unexpectedly")],
    ["a database that stops", Object.assign(new Error("terminating connection"), { code: "57P01" })],
    ["a full disk", new PaveError("database.disk_full", "no space")],
  ])("are all told at once of %s, and nobody asks again", async (_what, failure) => {
    let asked = 0;
    const ask = gathered<string, string>({
      lanes: 1,
      most: 100,
      ask: async () => {
        asked += 1;
        throw failure;
      },
    });
    const answers = await Promise.allSettled(["a", "b", "c"].map((text) => ask(ctx, text)));
    expect(answers.map(({ status }) => status)).toEqual(["rejected", "rejected", "rejected"]);
    expect(answers.every((one) => one.status === "rejected" && one.reason === failure)).toBe(true);
    expect(asked).toBe(1);
  });

  it("that wait for halves hear at once of what goes wrong for all", async () => {
    const timeout = Object.assign(new Error("canceling statement"), { code: "57014" });
    const groups: string[][] = [];
    const ask = gathered<string, string>({
      lanes: 1,
      most: 100,
      async ask(_, questions) {
        groups.push([...questions]);
        throw questions.length > 3 ? new Error("bad among them") : timeout;
      },
    });
    const answers = await Promise.allSettled(["a", "b", "c", "d", "e", "f"].map((text) => ask(ctx, text)));
    expect(answers.map(told)).toEqual(Array(6).fill(String(timeout)));
    expect(groups.map(({ length }) => length)).toEqual([6, 3]);
  });

  it("of which a connection never answers are told so after a minute, and the lane is free for others", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    try {
      const { ask, groups, letGo, soon } = createQuestion({ lanes: 1, most: 100 });
      const lost = Promise.allSettled([ask("a"), ask("b")]);
      await soon();
      const later = ask("c");
      await vi.advanceTimersByTimeAsync(59_000);
      expect(groups).toEqual([["a", "b"]]);
      await vi.advanceTimersByTimeAsync(1_000);
      const codes = (await lost).map((one) => (one.status === "rejected" ? one.reason.code : one.value));
      expect(codes).toEqual(["database.unavailable", "database.unavailable"]);
      await soon();
      await soon();
      expect(groups[1]).toEqual(["c"]);
      letGo();
      letGo();
      expect(await later).toBe("C");
    } finally {
      vi.useRealTimers();
    }
  });
});

const told = (one: PromiseSettledResult<string>): string =>
  one.status === "fulfilled" ? one.value : String(one.reason);
