import type { LoadedRelease } from "./loaded-release.ts";
import type { Endpoint } from "./route-table.ts";

/** What `GET` of an endpoint's own path tells: enough to write the first request. */
export function describeEndpoint({ path }: Endpoint, { model, modelName, modelVersion }: LoadedRelease): string {
  return JSON.stringify({
    endpoint: `/${path}`,
    model: { name: modelName, version: modelVersion },
    signature: model.features,
    example: model.example ?? null,
    predict: { method: "POST", path: `/${path}/predict`, body: model.example ?? null },
    openInference: {
      path: `/${path}/v2/models/${encodeURIComponent(modelName)}`,
      inputs: model.inputs.map(tensorOf),
      outputs: model.outputs.map(tensorOf),
    },
  });
}

export const tensorOf = ({ name, datatype, rowShape }: LoadedRelease["model"]["outputs"][number]) => ({
  name,
  datatype,
  shape: [-1, ...rowShape],
});
