import { z } from "zod";
import { pageOf, pageQuerySchema } from "../common.ts";
import * as ledger from "../resources/ledger.ts";
import { route } from "../route.ts";
import { bytes } from "./params.ts";

export const ledgerRoutes = {
  listEvents: route({
    method: "GET",
    path: "/ledger/events",
    summary: "Who did what?",
    permission: "platform.use",
    query: pageQuerySchema.extend({
      project: z.string().optional(),
      subject: z.string().optional(),
      type: z.string().optional(),
    }),
    response: pageOf(ledger.ledgerEventSchema),
  }),
  ledgerStatus: route({
    method: "GET",
    path: "/ledger",
    summary: "Length, head and last checkpoint",
    permission: "platform.use",
    response: ledger.ledgerStatusSchema,
  }),
  exportLedger: route({
    method: "GET",
    path: "/ledger/export",
    summary: "The sealed chain and its checkpoints as JSON lines, for offline verification",
    permission: "ledger.read",
    response: bytes,
    raw: "response",
  }),
} as const;
