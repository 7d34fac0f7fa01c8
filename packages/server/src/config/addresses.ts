import { isIP } from "node:net";
import { z } from "zod";
import { list, type SettingGroup } from "./setting.ts";

const port = z.coerce.number().int().min(0).max(65_535);

/** Where it listens, and how others name it. */
export const addressSettings = {
  host: {
    env: "PAVE_HOST",
    type: z.string().default("127.0.0.1"),
    help: "Address the API and portal listen on. Loopback unless told otherwise.",
  },
  port: { env: "PAVE_PORT", type: port.default(4700), help: "Port of the API and portal; 0 takes a free one." },
  publicUrl: {
    env: "PAVE_PUBLIC_URL",
    type: z.string().default(""),
    help: "Public URL of API and portal, if it is not http://<host>:<port>.",
  },
  allowedHosts: {
    env: "PAVE_ALLOWED_HOSTS",
    type: list.default([]),
    help: "Host names the API answers for beside loopback, comma-separated.",
  },
  gatewayHost: {
    env: "PAVE_GATEWAY_HOST",
    type: z.string().default("127.0.0.1"),
    help: "Address the gateway listens on.",
  },
  gatewayPort: {
    env: "PAVE_GATEWAY_PORT",
    type: port.default(4701),
    help: "Port of the gateway, which serves models; 0 takes a free one.",
  },
  gatewayUrl: {
    env: "PAVE_GATEWAY_URL",
    type: z.string().default(""),
    help: "Public URL of the gateway, if it is not http://<host>:<port>.",
  },
  gatewayWorkers: {
    env: "PAVE_GATEWAY_WORKERS",
    type: z.coerce.number().int().min(1).max(256).default(1),
    help: "Worker processes of the gateway.",
  },
} as const satisfies SettingGroup;

/** TLS, and what stands in front. */
export const tlsSettings = {
  tlsCertFile: {
    env: "PAVE_TLS_CERT_FILE",
    type: z.string().default(""),
    help: "PEM file with the certificate that API and gateway serve, its intermediates behind it. Read again when it changes.",
  },
  tlsKeyFile: {
    env: "PAVE_TLS_KEY_FILE",
    type: z.string().default(""),
    help: "PEM file with the key of that certificate, without a password.",
  },
  trustedProxies: {
    env: "PAVE_TRUSTED_PROXIES",
    type: list
      .refine((items) => items.every(isNetwork), "expected addresses or networks such as 10.0.0.0/8")
      .default([]),
    help: "Addresses or networks of proxies in front, comma-separated; only their X-Forwarded-For, -Proto and -Host count.",
  },
} as const satisfies SettingGroup;

/** Roles on machines of their own. */
export const roleSettings = {
  apiUrl: {
    env: "PAVE_API_URL",
    type: z.string().default(""),
    help: "For `pave serve --role gateway|runner`: URL of the API.",
  },
  token: {
    env: "PAVE_ROLE_TOKEN",
    type: z.string().default(""),
    help: "For `pave serve --role gateway|runner`: the role's token, of `pave tokens create NAME --role ROLE`.",
    secret: true,
  },
  runnerCapacity: {
    env: "PAVE_RUNNER_CAPACITY",
    type: z.coerce.number().int().min(1).max(256).default(2),
    help: "Attempts a runner works on at once.",
  },
} as const satisfies SettingGroup;

/** An address, or one with the length of its network's prefix. */
function isNetwork(text: string): boolean {
  const [address = "", prefix, ...more] = text.split("/");
  const version = isIP(address);
  if (version === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128));
}
