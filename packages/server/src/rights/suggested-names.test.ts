import { afterAll, beforeAll, expect, it } from "vitest";
import { type ApiHouse, createApiHouse } from "./api-house.ts";

let house: ApiHouse;
beforeAll(async () => {
  house = await createApiHouse({ checkResponses: true });
  await house.project("flights");
  await house.project("trains");
});
afterAll(() => house.close());

const message = async (token: string, path: string): Promise<string> =>
  (await house.send("GET", `/api/v1${path}`, token)).body.error.message;

it("a mistyped project is suggested to those who may see it, and to nobody else", async () => {
  const dev = await house.person("dev", { flights: "developer" });
  const stranger = await house.person("stranger", { trains: "admin" });
  expect(await message(dev.token, "/projects/flihgts/runs")).toBe(
    "There is no project flihgts, or it is not yours to see; did you mean `flights`?",
  );
  for (const name of ["flihgts", "flights"])
    expect(await message(stranger.token, `/projects/${name}/runs`)).toBe(
      `There is no project ${name}, or it is not yours to see`,
    );
});

it("a mistyped person is suggested", async () => {
  await house.person("grace", { flights: "reviewer" });
  expect(await message(house.admin, "/access/explain?who=grce&action=plan.approve&project=flights")).toContain(
    "There is no principal grce; did you mean `grace`?",
  );
});
