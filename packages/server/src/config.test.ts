import { expect, test } from "vitest";
import { readConfig } from "./config.ts";

const secret = { PAVE_ALERT_WEBHOOK_SECRET_FILE: "secret" };

test.each(["https://hooks.test/services/T0/B0", "http://127.0.0.1:9000"])("%s is a webhook", (PAVE_ALERT_WEBHOOK) => {
  expect(readConfig({ PAVE_ALERT_WEBHOOK, ...secret }).alertWebhook).toBe(PAVE_ALERT_WEBHOOK);
});

test.each(["ftp://hooks.test/", "hooks.test", "https://ada:s3cret@hooks.test/", "http://[::/"])(
  "%s is none, and is not repeated",
  (PAVE_ALERT_WEBHOOK) => {
    expect(() => readConfig({ PAVE_ALERT_WEBHOOK, ...secret })).toThrow(
      /^PAVE_ALERT_WEBHOOK: expected a URL of http or https without a name and a password, found a secret$/,
    );
  },
);

test.each(["10.0.0.1", "10.0.0.0/8,::1", "fd00::/8"])("%s are proxies", (PAVE_TRUSTED_PROXIES) => {
  expect(readConfig({ PAVE_TRUSTED_PROXIES }).trustedProxies).toEqual(PAVE_TRUSTED_PROXIES.split(","));
});

test.each(["proxy.test", "10.0.0.0/33", "10.0.0.0/8/8", "*"])("%s is none", (PAVE_TRUSTED_PROXIES) => {
  expect(() => readConfig({ PAVE_TRUSTED_PROXIES })).toThrow(/PAVE_TRUSTED_PROXIES: expected addresses or networks/);
});

test("a certificate needs its key, and a key its certificate", () => {
  expect(() => readConfig({ PAVE_TLS_CERT_FILE: "/c" })).toThrow(
    "PAVE_TLS_KEY_FILE: expected a file, since PAVE_TLS_CERT_FILE is set, found none",
  );
  expect(() => readConfig({ PAVE_TLS_KEY_FILE: "/k" })).toThrow(/^PAVE_TLS_CERT_FILE: expected a file/);
});

test("an OpenID provider takes an issuer over TLS and a client id, told together", () => {
  expect(() => readConfig({ PAVE_OIDC_ISSUER: "https://id.example" })).toThrow(/PAVE_OIDC_CLIENT_ID: expected a value/);
  expect(() => readConfig({ PAVE_OIDC_CLIENT_ID: "pave" })).toThrow(/PAVE_OIDC_ISSUER: expected a value/);
  for (const issuer of ["http://id.example", "id.example", "https://id.example/?a=b"])
    expect(() => readConfig({ PAVE_OIDC_ISSUER: issuer, PAVE_OIDC_CLIENT_ID: "pave" })).toThrow(
      /expected an https URL/,
    );
  const { oidcIssuer } = readConfig({ PAVE_OIDC_ISSUER: "http://127.0.0.1:4800", PAVE_OIDC_CLIENT_ID: "pave" });
  expect(oidcIssuer).toBe("http://127.0.0.1:4800");
});
