import type { OnnxSummary } from "@pave/contract";
import { type ByteWindow, type RangeReader, UnreadableFile, ByteWindow as Window } from "./byte-window.ts";
import { eachField, type Field } from "./protobuf-fields.ts";

/*
 * Reads the messages of onnx.proto that tell of the graph, by their field numbers, and skips weights and subgraphs
 * unread: a file of gigabytes takes a few reads. What is counted is bounded, as the file may be made to cost a lot.
 */

const mostNodes = 300_000;
const mostNames = 500;

/** Undefined where the file is no ONNX model, or would take too much to read: one read for each large weight, and more. */
export async function summarizeOnnx(reader: RangeReader, mostReads = 2000): Promise<OnnxSummary | undefined> {
  try {
    return await readModel(new Window(reader, mostReads), reader.size);
  } catch (error) {
    if (error instanceof UnreadableFile) return undefined;
    throw error;
  }
}

type Draft = { -readonly [K in keyof OnnxSummary]: OnnxSummary[K] };

async function readModel(bytes: ByteWindow, size: number): Promise<OnnxSummary | undefined> {
  const summary: Draft = {
    ...{ irVersion: null, producer: "", graph: "", opsets: [], inputs: [], outputs: [], nodes: 0 },
    ...{ operators: [], initializers: { count: 0, bytes: 0 }, metadata: {} },
  };
  let hasGraph = false;
  const operators = new Map<string, number>();
  await eachField(bytes, size, {
    1: async (field) => {
      summary.irVersion = field.value;
    },
    2: async (field) => {
      summary.producer = await bytes.text(field.length, 200);
    },
    3: async (field) => {
      summary.producer = `${summary.producer} ${await bytes.text(field.length, 100)}`.trim();
    },
    7: async (field) => {
      hasGraph = true;
      await readGraph(bytes, field, summary, operators);
    },
    8: async (field) => {
      const opset = { domain: "", version: 0 };
      await eachField(bytes, bytes.at + field.length, {
        1: async ({ length }) => {
          opset.domain = await bytes.text(length, 100);
        },
        2: async ({ value }) => {
          opset.version = value;
        },
      });
      if (summary.opsets.length < 50) summary.opsets.push(opset);
    },
    14: async (field) => {
      const [key, value] = await readPair(bytes, field);
      if (Object.keys(summary.metadata).length < 50 && key !== "__proto__") summary.metadata[key] = value;
    },
  });
  if (!hasGraph || summary.irVersion === null) return undefined;
  summary.operators = [...operators].map(([type, count]) => ({ type, count })).sort((a, b) => b.count - a.count);
  return summary;
}

async function readGraph(bytes: ByteWindow, { length }: Field, summary: Draft, operators: Map<string, number>) {
  const input = async (field: Field) => void summary.inputs.push(await readTensor(bytes, field));
  const output = async (field: Field) => void summary.outputs.push(await readTensor(bytes, field));
  await eachField(bytes, bytes.at + length, {
    1: async (field) => {
      summary.nodes += 1;
      if (summary.nodes > mostNodes) throw new UnreadableFile("it has more nodes than a preview counts");
      const operator = await readOperator(bytes, field);
      if (operators.size < mostNames || operators.has(operator))
        operators.set(operator, (operators.get(operator) ?? 0) + 1);
    },
    2: async (field) => {
      summary.graph = await bytes.text(field.length, 200);
    },
    5: async (field) => {
      summary.initializers.count += 1;
      summary.initializers.bytes += field.length;
      bytes.at += field.length;
    },
    11: async (field) => (summary.inputs.length < mostNames ? input(field) : skip(bytes, field)),
    12: async (field) => (summary.outputs.length < mostNames ? output(field) : skip(bytes, field)),
  });
}

const skip = async (bytes: ByteWindow, { length }: Field): Promise<void> => {
  bytes.at += length;
};

/** `ai.onnx.ml.TreeEnsembleClassifier`; operators of ONNX itself go without its name. */
async function readOperator(bytes: ByteWindow, { length }: Field): Promise<string> {
  let [type, domain] = ["", ""];
  await eachField(bytes, bytes.at + length, {
    4: async (field) => {
      type = await bytes.text(field.length, 100);
    },
    7: async (field) => {
      domain = await bytes.text(field.length, 100);
    },
  });
  return domain === "" || domain === "ai.onnx" ? type : `${domain}.${type}`;
}

async function readPair(bytes: ByteWindow, { length }: Field): Promise<readonly [string, string]> {
  let [key, value] = ["", ""];
  await eachField(bytes, bytes.at + length, {
    1: async (field) => {
      key = await bytes.text(field.length, 100);
    },
    2: async (field) => {
      value = await bytes.text(field.length, 300);
    },
  });
  return [key, value];
}

type Tensor = OnnxSummary["inputs"][number];

/** A name with the type of a tensor, or the kind of whatever else it is. */
async function readTensor(bytes: ByteWindow, { length }: Field): Promise<Tensor> {
  const tensor = { name: "", type: "unknown", shape: null as string[] | null };
  const tensorType = async ({ length }: Field) =>
    eachField(bytes, bytes.at + length, {
      1: async ({ value }) => {
        tensor.type = elementTypes[value] ?? `type ${value}`;
      },
      2: async (shape) => {
        tensor.shape = await readShape(bytes, shape);
      },
    });
  const kind = (name: string) => async (field: Field) => {
    tensor.type = name;
    bytes.at += field.length;
  };
  await eachField(bytes, bytes.at + length, {
    1: async (field) => {
      tensor.name = await bytes.text(field.length, 200);
    },
    2: async (type) =>
      eachField(bytes, bytes.at + type.length, {
        1: tensorType,
        4: kind("sequence"),
        5: kind("map"),
        9: kind("optional"),
      }),
  });
  return tensor;
}

async function readShape(bytes: ByteWindow, { length }: Field): Promise<string[]> {
  const shape: string[] = [];
  await eachField(bytes, bytes.at + length, {
    1: async (dimension) => {
      let text = "?";
      await eachField(bytes, bytes.at + dimension.length, {
        1: async ({ value }) => {
          text = String(value);
        },
        2: async (field) => {
          text = await bytes.text(field.length, 60);
        },
      });
      if (shape.length < 20) shape.push(text === "" ? "?" : text);
    },
  });
  return shape;
}

const elementTypes: Readonly<Record<number, string>> = Object.fromEntries(
  (
    "undefined float uint8 int8 uint16 int16 int32 int64 string bool float16 double uint32 uint64 complex64 complex128 " +
    "bfloat16 float8e4m3fn float8e4m3fnuz float8e5m2 float8e5m2fnuz uint4 int4 float4e2m1"
  )
    .split(" ")
    .map((name, index) => [index, name]),
);
