import { expect, test } from "vitest";
import { serverUrl } from "./server-url.ts";
import { whyUnreachable } from "./why-unreachable.ts";

const failed = (code: string) =>
  Object.assign(new TypeError("fetch failed"), { cause: Object.assign(new Error("x"), { code }) });

test.each([
  ["https://pave.example.com", "ERR_TLS_CERT_ALTNAME_INVALID", /it is for another name/, /Use a name/],
  ["https://pave.example.com", "CERT_HAS_EXPIRED", /it has expired/, /renewed/],
  ["https://pave.example.com", "DEPTH_ZERO_SELF_SIGNED_CERT", /signed by itself/, /NODE_EXTRA_CA_CERTS/],
  ["https://pave.example.com", "ERR_SSL_WRONG_VERSION_NUMBER", /does not speak TLS/, /http:\/\/pave\.example\.com/],
  ["https://pave.example.com", "ENOTFOUND", /There is no host pave\.example\.com/, /Check the name/],
  ["https://pave.example.com", "ECONNREFUSED", /No platform answers at/, /pave contexts list/],
  ["http://127.0.0.1:4700", "ECONNREFUSED", /No platform answers at/, /pave up/],
])("%s %s", (url, code, message, fix) => {
  const error = whyUnreachable(url, failed(code));
  expect(error).toMatchObject({
    message: expect.stringMatching(message),
    fix: expect.stringMatching(fix),
    exitCode: 4,
  });
});

test.each([
  ["pave.example.com", "https://pave.example.com"],
  ["https://pave.example.com/projects/flights?x=1", "https://pave.example.com"],
  ["http://127.0.0.1:4700/", "http://127.0.0.1:4700"],
  ["HTTPS://Pave.Example.com:8443", "https://pave.example.com:8443"],
])("%s means %s", (given, expected) => {
  expect(serverUrl(given, { insecure: false })).toBe(expected);
});

test.each([
  ["http://pave.example.com", /plain http/],
  ["ftp://pave.example.com", /no address/],
  ["https://grace:secret@pave.example.com", /a name or a password/],
  ["", /no address/],
])("%s is refused", (given, message) => {
  expect(() => serverUrl(given, { insecure: false })).toThrow(message);
});

test("plain http to another machine is taken when it is meant", () => {
  expect(serverUrl("http://pave.example.com", { insecure: true })).toBe("http://pave.example.com");
});
