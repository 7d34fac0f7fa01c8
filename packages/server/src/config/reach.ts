import { z } from "zod";
import { isAllowEntry } from "../drivers/guarded-fetch/index.ts";
import { list, type SettingGroup } from "./setting.ts";

/** What the server and connections may reach. */
export const reachSettings = {
  outboundAllow: {
    env: "PAVE_OUTBOUND_ALLOW",
    type: list.default([]).refine((entries) => entries.every(isAllowEntry), {
      error: "expected addresses, networks and host names, comma-separated, such as 10.0.0.0/8,hooks.corp.example",
    }),
    help: "What the server may connect to for others (targets of notifications and the like) beside public addresses: addresses, networks, host names, *.domain; comma-separated.",
  },
  outboundHttp: {
    env: "PAVE_OUTBOUND_HTTP",
    type: z.stringbool().default(false),
    help: "Whether that may be plain http to every host; https only otherwise, and http to what PAVE_OUTBOUND_ALLOW names.",
  },
  loopbackConnections: {
    env: "PAVE_LOOPBACK_CONNECTIONS",
    type: z.enum(["auto", "true", "false", "1", "0"]).default("auto"),
    help: "Whether connections may lead to the machine of the runner itself. auto: yes on a platform for one person (PAVE_LAPTOP). Link-local addresses, where clouds keep credentials, are never allowed.",
  },
} as const satisfies SettingGroup;
