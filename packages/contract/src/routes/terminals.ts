import { z } from "zod";
import { okSchema } from "../common.ts";
import * as terminals from "../resources/terminals.ts";
import { route } from "../route.ts";

/** What a person decides in the browser; terminals themselves speak OAuth at `/oauth`. */
export const terminalRoutes = {
  allowTerminal: route({
    method: "POST",
    path: "/terminals/allow",
    summary: "Let the terminal that opened this browser act as me",
    permission: "signed-in",
    body: terminals.allowTerminalBody,
    response: z.object({ redirect: z.string() }),
  }),
  lookAtTerminal: route({
    method: "POST",
    path: "/terminals/look",
    summary: "Which terminal shows this code?",
    permission: "signed-in",
    body: z.object({ userCode: terminals.userCodeSchema }),
    response: terminals.terminalRequestSchema,
  }),
  answerTerminal: route({
    method: "POST",
    path: "/terminals/answer",
    summary: "Let the terminal that shows this code act as me, or not",
    permission: "signed-in",
    body: z.object({ userCode: terminals.userCodeSchema, allow: z.boolean() }),
    response: okSchema,
  }),
} as const;
