import { expect, it } from "vitest";
import { readConfig } from "../config.ts";
import { exposureWarnings } from "./exposure.ts";

const tls = { PAVE_TLS_CERT_FILE: "/c", PAVE_TLS_KEY_FILE: "/k" };

it.each([
  [{}, []],
  [{ PAVE_HOST: "0.0.0.0" }, ["PAVE_HOST"]],
  [{ PAVE_HOST: "::", PAVE_GATEWAY_HOST: "10.0.0.1" }, ["PAVE_HOST", "PAVE_GATEWAY_HOST"]],
  [{ PAVE_HOST: "0.0.0.0", ...tls }, []],
  [{ PAVE_HOST: "0.0.0.0", PAVE_TRUSTED_PROXIES: "10.0.0.2" }, []],
])("%j is warned of: %j", (environment, expected) => {
  const warnings = exposureWarnings(readConfig(environment));
  expect(warnings.map((warning) => warning.split("=")[0])).toEqual(expected);
  for (const warning of warnings) expect(warning).toMatch(/without TLS.*Set PAVE_TLS_CERT_FILE/);
});
