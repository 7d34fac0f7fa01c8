import { describe, expect, it } from "vitest";
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

  it("that fail fail alone", async () => {
    const { ask, groups, letGo, soon } = createQuestion({ lanes: 1, most: 100 });
    const answers = Promise.allSettled([ask("a"), ask("bad"), ask("c")]);
    for (let turn = 0; turn < 4; turn += 1) {
      await soon();
      letGo();
    }
    for (let turn = 0; turn < 4; turn += 1) {
      await soon();
      letGo();
    }
    expect((await answers).map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)))).toEqual([
      "A",
      "Error: bad among 1",
      "C",
    ]);
    expect(groups).toEqual([["a", "bad", "c"], ["a"], ["bad"], ["c"]]);
  });
});
