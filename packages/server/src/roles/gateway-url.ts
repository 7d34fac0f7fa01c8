import type { Config } from "../config.ts";
import { hostOf, readCertificate } from "../drivers/tls/index.ts";
import { certificateFiles } from "./exposure.ts";

/** Where callers find the gateway that listens on this port. */
export async function gatewayUrlOf(config: Config, port: number): Promise<string> {
  if (config.gatewayUrl) return config.gatewayUrl;
  const files = certificateFiles(config);
  if (!files) return `http://${config.gatewayHost}:${port}`;
  return `https://${hostOf(await readCertificate(files), config.gatewayHost)}:${port}`;
}
