/* A small project: make -> split -> train -> evaluate, of steps whose code is never run. JSON is YAML too. */

const component = (name: string, fields: Record<string, unknown>): string =>
  JSON.stringify({
    apiVersion: "pave/v1",
    kind: "component",
    name,
    version: "1.0.0",
    run: { command: ["node", "step.ts"] },
    ...fields,
  });

const dataset = { type: "dataset", format: "csv" };
const optional = { type: "report", format: "json", required: false };

const components = {
  make: component("make", { inputs: { source: { ...dataset, file: true } }, outputs: { table: dataset } }),
  split: component("split", { inputs: { table: dataset }, outputs: { train: dataset, test: dataset } }),
  train: component("train", {
    inputs: { train: dataset },
    params: { target: { type: "string" }, depth: { type: "integer", default: 6, minimum: 1 } },
    outputs: { model: { type: "model", format: "onnx" }, metrics: { type: "metrics" } },
  }),
  evaluate: component("evaluate", {
    inputs: { model: { type: "model" }, test: dataset },
    outputs: { metrics: { type: "metrics" }, report: optional },
  }),
};

export interface TestProjectOptions {
  /** Merged into pave.yaml. */
  readonly spec?: Readonly<Record<string, unknown>>;
  /** By step: merged into its entry in the pipeline. */
  readonly steps?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** By step: merged into its component.yaml. */
  readonly components?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Added, or put in the place of others. */
  readonly files?: Readonly<Record<string, string>>;
  readonly name?: string;
}

export function testProject(options: TestProjectOptions = {}): Record<string, string> {
  const { name = "flights" } = options;
  const step = (key: string, fields: Record<string, unknown>) => ({
    uses: `./steps/${key}`,
    ...fields,
    ...options.steps?.[key],
  });
  const spec = {
    apiVersion: "pave/v1",
    kind: "project",
    name,
    owner: "platform",
    vars: { depth: 6 },
    pipelines: {
      train: {
        steps: {
          make: step("make", { with: { source: "data/flights.csv" } }),
          split: step("split", { inputs: { table: "make.table" } }),
          train: step("train", {
            inputs: { train: "split.train" },
            // biome-ignore lint/suspicious/noTemplateCurlyInString: the spec's own syntax
            with: { target: "late", depth: "${{ vars.depth }}" },
          }),
          evaluate: step("evaluate", { inputs: { model: "train.model", test: "split.test" } }),
        },
      },
    },
    models: { [name]: { from: "train.train.model", evaluation: "train.evaluate.metrics" } },
    ...options.spec,
  };
  const componentFiles = Object.entries(components).map(([key, text]) => [
    `steps/${key}/component.yaml`,
    JSON.stringify({ ...JSON.parse(text), ...options.components?.[key] }),
  ]);
  return {
    "pave.yaml": JSON.stringify(spec),
    "data/flights.csv": "delay,late\n20,1\n",
    "steps/train/step.ts": "// trains",
    "model-card.md": "# Late flights",
    ...Object.fromEntries(componentFiles),
    ...options.files,
  };
}

/** A pipeline `wide` of steps that need nothing of each other, `make-0` and on, each with a `seed` of its own. */
export function wideProject(width: number, firstSeed = 0): Record<string, string> {
  const steps = Array.from({ length: width }, (_, index) => [
    `make-${index}`,
    { uses: "./steps/make", with: { source: "data/flights.csv", seed: firstSeed + index } },
  ]);
  return testProject({
    spec: { pipelines: { wide: { steps: Object.fromEntries(steps) } }, models: {} },
    components: { make: { params: { seed: { type: "integer", default: 0 } } } },
  });
}
