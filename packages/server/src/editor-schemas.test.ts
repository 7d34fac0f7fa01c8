import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { editorSchema, editorSchemaNames } from "@pave/contract";
import Fastify, { type FastifyInstance } from "fastify";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { serveSchemas } from "./http/serve-schemas.ts";
import { type Answers, renderTemplate } from "./modules/projects/templates/render-template.ts";

const root = join(import.meta.dirname, "..", "..", "..");

/** A JSON Schema as an editor holds it against a file: as it was served, by a validator that is not ours. */
async function validatorOf(name: string) {
  const pave = Fastify();
  serveSchemas(pave);
  const served = await pave.inject(`/schemas/${name}.schema.json`);
  expect(served.statusCode).toBe(200);
  const strict = {
    removeAdditional: false,
    coerceTypes: false,
    useDefaults: false,
    allErrors: true,
    allowUnionTypes: true,
  } as const;
  const editor: FastifyInstance = Fastify({ ajv: { customOptions: strict } });
  editor.post("/", { schema: { body: served.json<object>() } }, async () => ({ message: "fits" }));
  return async (value: unknown): Promise<string> =>
    (await editor.inject({ method: "POST", url: "/", payload: value as object })).json<{ message: string }>().message;
}

const sampleSpec = async (): Promise<Record<string, unknown>> => {
  const answers = parse(await readFile(join(root, "examples/flight-delays/answers.yaml"), "utf8")) as Answers;
  const files = await renderTemplate(join(root, "templates/tabular-classification"), answers);
  return parse(files.get("pave.yaml")?.content.toString() ?? "") as Record<string, unknown>;
};

test("the sample's pave.yaml fits what is published for editors, and a slip in it does not", async () => {
  const check = await validatorOf("pave");
  const sample = await sampleSpec();
  expect(await check(sample)).toBe("fits");
  expect(await check({ ...sample, pipelins: {} })).toContain("must NOT have additional properties");
  expect(await check({ ...sample, tier: "vital" })).toContain("body/tier must be equal to one of the allowed values");
  expect(await check({ ...sample, serve: { late: { model: "late", timeout: "soon" } } })).toContain(
    "timeout must match",
  );
  expect(await check({ apiVersion: "pave/v1", kind: "project" })).toContain("must have required property 'name'");
});

test("a variable may stand where a number, a word or a duration is expected", async () => {
  const check = await validatorOf("pave");
  // biome-ignore lint/suspicious/noTemplateCurlyInString: how pave.yaml refers to a variable
  const variable = "${{ vars.any }}";
  const step = { uses: "./steps/train", requests: { cpu: variable }, timeout: variable, retries: variable };
  const gate = { check: "true", mode: variable };
  expect(
    await check({ ...(await sampleSpec()), pipelines: { train: { steps: { train: step } } }, gates: [gate] }),
  ).toBe("fits");
});

test("what is shipped fits as well, environments and components; half a component does not", async () => {
  const [environment, component] = [await validatorOf("environment"), await validatorOf("component")];
  const yaml = async (...path: string[]) => parse(await readFile(join(root, ...path), "utf8")) as unknown;
  for (const name of ["staging", "production"])
    expect([name, await environment(await yaml("environments", `${name}.yaml`))]).toEqual([name, "fits"]);
  const folders = (await readdir(join(root, "components"), { withFileTypes: true })).filter(
    (one) => one.isDirectory() && one.name !== "lib",
  );
  for (const { name } of folders)
    expect([name, await component(await yaml("components", name, "component.yaml"))]).toEqual([name, "fits"]);
  expect(await component(await yaml("tests/fixtures/ticks/steps/count/component.yaml"))).toBe("fits");
  expect(await component({ apiVersion: "pave/v1", kind: "component", name: "A B" })).toContain("required property");
});

test("each has a name for people, says nothing of this machine, and stands alone", () => {
  for (const name of editorSchemaNames) {
    const schema = editorSchema(name);
    expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
    expect(schema.title).toEqual(expect.any(String));
    expect(JSON.stringify(schema)).not.toMatch(/"\$ref":"(?!#)/);
  }
});
