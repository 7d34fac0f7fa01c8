import { expect, test } from "vitest";
import { secretSettings } from "./installer-settings.ts";

test.each([
  [{}, []],
  [{ PIP_INDEX_URL: "https://pypi.org/simple", UV_DEFAULT_INDEX: "https://mirror.example:8080/pypi/simple/" }, []],
  [{ PIP_CERT: "/etc/ssl/own.pem", NO_PROXY: "localhost,.example", PIP_TIMEOUT: "15" }, []],
  [{ https_proxy: "http://proxy.example:3128" }, []],
  [{ PIP_INDEX_URL: "https://user:word@index.example/simple" }, ["PIP_INDEX_URL"]],
  [{ PIP_EXTRA_INDEX_URL: "https://a.example/simple https://token@b.example/simple" }, ["PIP_EXTRA_INDEX_URL"]],
  [{ UV_INDEX: "own=https://a.example/simple,https://u:p@b.example/simple" }, ["UV_INDEX"]],
  [{ UV_INDEX_OWN_USERNAME: "me", UV_INDEX_OWN_PASSWORD: "p" }, ["UV_INDEX_OWN_PASSWORD", "UV_INDEX_OWN_USERNAME"]],
  [{ HTTPS_PROXY: "http://me:word@proxy.example:3128" }, ["HTTPS_PROXY"]],
  [{ PIP_INDEX_URL: "https://index.example/a1b2c3d4e5f6a7b8c9/simple" }, ["PIP_INDEX_URL"]],
  [{ UV_FIND_LINKS: "https://files.example/wheels?signature=abc" }, ["UV_FIND_LINKS"]],
  [{ PIP_CLIENT_CERT: "/etc/ssl/client.pem" }, ["PIP_CLIENT_CERT"]],
])("%j holds the secrets %j", (settings, expected) => {
  expect(secretSettings(settings as Record<string, string>)).toEqual(expected);
});
