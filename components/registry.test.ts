import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { fillParams, readComponent } from "./lib/testing/component-folder.ts";
import { runComponentTests } from "./lib/testing/run-component-tests.ts";

const root = import.meta.dirname;
const folders = readdirSync(root).filter((name) => existsSync(join(root, name, "component.yaml")));
const components = folders.map((name) => ({ folder: name, ...readComponent(join(root, name)) }));

describe("the component library", () => {
  it("names every component after its folder, once", () => {
    expect(components.map(({ spec }) => spec.name)).toEqual(folders.map((folder) => `pave/${folder}`));
  });

  it.each(components)("$folder says what it is for, and what each port and param means", ({ path, spec }) => {
    expect(spec.summary).toBeTruthy();
    expect(existsSync(join(path, "README.md"))).toBe(true);
    const undocumented = Object.entries({ ...spec.inputs, ...spec.params, ...spec.outputs }).filter(
      ([, { doc }]) => doc === undefined,
    );
    expect(undocumented.map(([name]) => name)).toEqual([]);
  });

  it.each(components)("$folder has defaults of the declared types", ({ spec }) => {
    const required = Object.entries(spec.params).filter(([, param]) => param.default === undefined);
    expect(fillParams(spec, {}).problems).toHaveLength(required.filter(([, param]) => param.required === true).length);
    expect(spec.tests.length).toBeGreaterThan(1);
  });

  it.each(components)("$folder passes the tests that it declares", async (component) => {
    const results = await runComponentTests(component);
    expect(results.filter((result) => result.failures.length > 0)).toEqual([]);
  });
});
