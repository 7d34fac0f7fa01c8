import { expect, test } from "vitest";
import type { Ctx } from "../../db/context.ts";
import { silentLogger } from "../../kernel/logger.ts";
import { eachApart } from "./each-apart.ts";

test("what goes wrong with one keeps nobody from the others, and is logged with whom it was about", async () => {
  const [done, logged]: [number[], unknown[]] = [[], []];
  const log = { ...silentLogger, error: (data: unknown) => void logged.push(data) };
  await eachApart(
    { log } as Ctx,
    [1, 2, 3],
    (number) => ({ number }),
    async (number) => {
      if (number === 2) throw new Error("its revision is gone");
      done.push(number);
    },
  );
  expect(done).toEqual([1, 3]);
  expect(logged).toEqual([{ number: 2, error: expect.stringContaining("its revision is gone") }]);
});
