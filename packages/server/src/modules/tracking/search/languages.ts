import type { Key, Language } from "./language.ts";

/* What MLflow's clients search runs, experiments, models and versions by, with every spelling that they use. */

const text = (key: string): Key => ({ key, type: "text" });
const textOrList = (key: string): Key => ({ key, type: "text", lists: true });
const number = (key: string): Key => ({ key, type: "number" });

const spellings = <On extends string>(on: On, ...names: string[]) =>
  Object.fromEntries(names.map((name) => [name, on]));

const metrics = spellings("metric", "metric", "metrics");
const params = spellings("param", "param", "params", "parameter", "parameters");
const tags = spellings("tag", "tag", "tags");
const attributes = spellings("attribute", "attribute", "attributes", "attr", "run");

export const runLanguage: Language<"attribute" | "metric" | "param" | "tag" | "dataset"> = {
  entities: { ...attributes, ...metrics, ...params, ...tags, ...spellings("dataset", "dataset", "datasets") },
  bare: "attribute",
  keys: {
    attribute: {
      run_id: textOrList("run_id"),
      run_name: text("run_name"),
      "run name": text("run_name"),
      "Run name": text("run_name"),
      user_id: text("user_id"),
      user: text("user_id"),
      status: text("status"),
      artifact_uri: text("artifact_uri"),
      start_time: number("start_time"),
      created: number("start_time"),
      Created: number("start_time"),
      end_time: number("end_time"),
    },
    dataset: { name: textOrList("name"), digest: textOrList("digest"), context: textOrList("context") },
  },
  numbers: ["metric"],
  nullable: ["param", "tag"],
};

export const experimentLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute", "attributes", "attr"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: text("name"),
      creation_time: number("creation_time"),
      last_update_time: number("last_update_time"),
      experiment_id: { ...number("experiment_id"), orderOnly: true },
    },
  },
  numbers: [],
  nullable: ["tag"],
};

export const modelLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute", "attributes", "attr"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: text("name"),
      timestamp: { ...number("last_updated_timestamp"), orderOnly: true },
      creation_timestamp: { ...number("creation_timestamp"), orderOnly: true },
      last_updated_timestamp: { ...number("last_updated_timestamp"), orderOnly: true },
    },
  },
  numbers: [],
  nullable: ["tag"],
};

export const versionLanguage: Language<"attribute" | "tag"> = {
  entities: { ...spellings("attribute", "attribute", "attributes", "attr"), ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: text("name"),
      run_id: textOrList("run_id"),
      version_number: number("version_number"),
      source_path: text("source_path"),
      creation_timestamp: { ...number("creation_timestamp"), orderOnly: true },
      last_updated_timestamp: { ...number("last_updated_timestamp"), orderOnly: true },
    },
  },
  numbers: [],
  nullable: ["tag"],
};

export const loggedModelLanguage: Language<"attribute" | "metric" | "param" | "tag"> = {
  entities: { ...spellings("attribute", "attribute", "attributes", "attr"), ...metrics, ...params, ...tags },
  bare: "attribute",
  keys: {
    attribute: {
      name: textOrList("name"),
      model_id: textOrList("model_id"),
      model_type: textOrList("model_type"),
      status: textOrList("status"),
      source_run_id: textOrList("source_run_id"),
      run_id: textOrList("source_run_id"),
      experiment_id: textOrList("experiment_id"),
      artifact_location: text("artifact_location"),
      creation_timestamp: number("creation_timestamp"),
      creation_time: number("creation_timestamp"),
      last_updated_timestamp: number("last_updated_timestamp"),
      last_updated_time: number("last_updated_timestamp"),
    },
  },
  numbers: ["metric"],
  nullable: ["param", "tag"],
};
