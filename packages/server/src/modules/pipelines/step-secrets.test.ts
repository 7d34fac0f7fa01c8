import { expect, test } from "vitest";
import type { CommandDefinition } from "./step-definition.ts";
import { ownEnv } from "./step-secrets.ts";

test("a step that reads through a connection gets no variable of the project's, also in a run from before that was checked", () => {
  const env = { NODE_OPTIONS: "--import=data:text/javascript,steal()" };
  const connection = { name: "warehouse", environment: null, type: "postgres", identity: "x" } as const;
  expect(ownEnv({ env } as unknown as CommandDefinition)).toEqual(env);
  expect(ownEnv({ env, connection } as unknown as CommandDefinition)).toEqual({});
});
