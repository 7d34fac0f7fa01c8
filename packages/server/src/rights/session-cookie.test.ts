import { afterAll, beforeAll, expect, it } from "vitest";
import { isOverTls } from "../settings-of.ts";
import { type ApiHouse, createApiHouse } from "./api-house.ts";

let house: ApiHouse;
let url: string;
beforeAll(async () => {
  house = await createApiHouse({ secureCookies: true });
  url = await house.listen();
});
afterAll(() => house.close());

async function signIn(principal: string) {
  const { body } = await house.send("POST", "/api/v1/sign-in-links", house.admin, { principal });
  const response = await fetch(`${url}/api/v1/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ link: body.url.split("#")[1] }),
  });
  const cookie = response.headers.get("set-cookie") ?? "";
  return { cookie, session: /=([^;]+)/.exec(cookie)?.[1] };
}

const whoIs = async (cookie: string) => {
  const response = await fetch(`${url}/api/v1/session`, { headers: { cookie } });
  return response.status === 200
    ? ((await response.json()) as { principal: { name: string } }).principal.name
    : response.status;
};

it("over TLS a session is taken from a cookie that no other host of the domain can set", async () => {
  await house.person("ada");
  await house.person("mallory");
  const [ada, mallory] = [await signIn("ada"), await signIn("mallory")];
  expect(ada.cookie).toMatch(/^__Host-pave_session=/);
  for (const part of ["Path=/", "HttpOnly", "Secure", "SameSite=Strict"]) expect(ada.cookie).toContain(part);
  expect(ada.cookie).not.toContain("Domain");
  expect(await whoIs(`__Host-pave_session=${ada.session}`)).toBe("ada");
  expect(await whoIs(`pave_session=${mallory.session}`)).toBe(401);
  expect(await whoIs(`pave_session=${mallory.session}; __Host-pave_session=${ada.session}`)).toBe("ada");
});

it.each([
  ["a certificate", { tlsCertFile: "cert.pem", publicUrl: "" }, true],
  ["a proxy in front", { tlsCertFile: "", publicUrl: "https://pave.example.com" }, true],
  ["neither", { tlsCertFile: "", publicUrl: "http://pave.example.com" }, false],
])("%s means TLS: %#", (_, config, over) => expect(isOverTls(config)).toBe(over));
