// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references of specs look like that
export const hash = `--hash=sha256:${"a".repeat(64)}`;

/** A small project in which everything fits. */
export const good: Readonly<Record<string, string>> = {
  "pave.yaml": `apiVersion: pave/v1
kind: project
name: late
owner: platform
python: { requires: ">=3.11", lock: requirements.lock }
vars:
  share: 0.2
  target: late
pipelines:
  train:
    steps:
      ingest:
        uses: pave/ingest-table@1
        with: { source: data/flights.csv, sql: sql/features.sql }
      validate:
        uses: pave/validate-table@1
        inputs: { table: ingest.table }
        with: { expectations: expectations.yaml }
      split:
        uses: pave/split-table@1
        inputs: { table: validate.table }
        with:
          test: \${{ vars.share }}
          target: \${{ vars.target }}
      train:
        uses: ./steps/train
        inputs: { train: split.train }
        with: { target: late, depth: 6 }
      evaluate:
        uses: pave/evaluate-classifier@1
        inputs: { model: train.model, test: split.test }
models:
  late: { from: train.train.model, evaluation: train.evaluate.metrics, card: README.md }
gates:
  - { check: "metrics.roc_auc > 0.6" }
serve:
  late: { model: late }
monitor: { drift: { reference: train.split.train } }
`,
  "steps/train/component.yaml": `apiVersion: pave/v1
kind: component
name: train
version: 1.0.0
inputs: { train: { type: dataset, format: [parquet] } }
params:
  target: { type: string }
  depth: { type: integer, default: 6, minimum: 1, maximum: 30 }
  mode: { type: string, default: fast, enum: [fast, slow] }
outputs: { model: { type: model, format: onnx }, metrics: { type: metrics } }
run: { command: [python, train.py], python: { lock: ../../requirements.lock } }
`,
  "steps/train/train.py": "print()\n",
  "data/flights.csv": "a,b\n1,2\n",
  "sql/features.sql": "SELECT * FROM source\n",
  "expectations.yaml": "rows: { min: 10 }\ncolumns:\n  late: { type: boolean, maxMissing: 0 }\n",
  "requirements.lock": `pandas==2.2.3 ${hash}\n`,
  "pyproject.toml": '[project]\nname = "late"\ndependencies = ["pandas>=2"]\n',
  "README.md": "# Late\n",
};

export type Change = readonly [file: string, from: string, to: string];

export function changed(changes: readonly Change[]): Record<string, string> {
  const files = { ...good };
  for (const [file, from, to] of changes) {
    const before = files[file] ?? "";
    files[file] = before.replace(from, to);
    if (files[file] === before) throw new Error(`the change of ${file} changes nothing`);
  }
  return files;
}
