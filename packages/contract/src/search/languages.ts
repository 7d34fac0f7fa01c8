import type { Key, Language } from "./language.ts";

/* What MLflow's clients search runs, experiments, models and versions by, with every spelling that its server takes. */

const text = (key: string): Key => ({ key, type: "text" });
const textOrList = (key: string): Key => ({ key, type: "text", lists: true });
const number = (key: string): Key => ({ key, type: "number" });
const integer = (key: string): Key => ({ key, type: "integer" });

const spellings = <On extends string>(on: On, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, on]));

const tags = spellings("tag", "tag", "tags");

export type RunEntity = "attribute" | "metric" | "param" | "tag" | "dataset";

export const runLanguage: Language<RunEntity> = {
  entities: {
    ...spellings("attribute", "attribute", "attributes", "attr", "run"),
    ...spellings("metric", "metric", "metrics"),
    ...spellings("param", "parameter", "parameters", "param", "params"),
    ...tags,
    ...spellings("dataset", "dataset", "datasets"),
  },
  bare: "attribute",
  keys: {
    attribute: {
      run_id: textOrList("run_id"),
      run_name: text("run_name"),
      "run name": text("run_name"),
      "Run name": text("run_name"),
      "Run Name": text("run_name"),
      user_id: text("user_id"),
      status: text("status"),
      artifact_uri: text("artifact_uri"),
      start_time: number("start_time"),
      created: number("start_time"),
      Created: number("start_time"),
      end_time: number("end_time"),
    },
    dataset: {
      name: { ...textOrList("name"), filterOnly: true },
      digest: { ...textOrList("digest"), filterOnly: true },
      context: { ...textOrList("context"), filterOnly: true },
    },
  },
  numbers: ["metric"],
  nullable: ["param", "tag"],
  lists: [],
};

export const experimentLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: text("name"),
      creation_time: integer("creation_time"),
      last_update_time: integer("last_update_time"),
      experiment_id: { key: "experiment_id", type: "id" },
    },
  },
  numbers: [],
  nullable: ["tag"],
  lists: [],
};

export const modelLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: textOrList("name"),
      timestamp: { ...integer("last_updated_timestamp"), orderOnly: true },
      last_updated_timestamp: { ...integer("last_updated_timestamp"), orderOnly: true },
    },
  },
  numbers: [],
  nullable: [],
  lists: [],
};

export const versionLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: textOrList("name"),
      run_id: { ...textOrList("run_id"), filterOnly: true },
      version_number: integer("version_number"),
      source_path: { ...text("source_path"), filterOnly: true },
      creation_timestamp: { ...integer("creation_timestamp"), orderOnly: true },
      last_updated_timestamp: { ...integer("last_updated_timestamp"), orderOnly: true },
    },
  },
  numbers: [],
  nullable: [],
  lists: [],
};

export const loggedModelLanguage: Language<"attribute" | "metric" | "param" | "tag"> = {
  entities: {
    ...spellings("attribute", "attributes"),
    ...spellings("metric", "metrics"),
    ...spellings("param", "params"),
    ...spellings("tag", "tags"),
  },
  bare: "attribute",
  keys: {
    attribute: {
      name: textOrList("name"),
      model_id: textOrList("model_id"),
      model_type: textOrList("model_type"),
      status: textOrList("status"),
      source_run_id: textOrList("source_run_id"),
      experiment_id: { key: "experiment_id", type: "id" },
      creation_timestamp: number("creation_timestamp"),
      creation_time: number("creation_timestamp"),
      last_updated_timestamp: number("last_updated_timestamp"),
      last_updated_time: number("last_updated_timestamp"),
    },
  },
  numbers: ["metric"],
  nullable: [],
  lists: ["param", "tag"],
};
