import type { Config } from "../config.ts";
import { hostOf, readCertificate } from "../drivers/tls/index.ts";
import { certificateFiles } from "./exposure.ts";

/** Where callers find the gateway that listens on this port. */
export async function gatewayUrlOf(config: Config, port: number): Promise<string> {
  if (config.gatewayUrl) return config.gatewayUrl;
  const files = certificateFiles(config);
  if (!files) return `http://${isEvery(config.gatewayHost) ? "127.0.0.1" : inUrl(config.gatewayHost)}:${port}`;
  return `https://${hostOf(await readCertificate(files), inUrl(config.gatewayHost))}:${port}`;
}

/** Whoever listens on every address is found on this one. */
const isEvery = (host: string): boolean => host === "0.0.0.0" || host === "::";
const inUrl = (host: string): string => (host.includes(":") ? `[${host}]` : host);
