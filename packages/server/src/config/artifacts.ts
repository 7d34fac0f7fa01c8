import { z } from "zod";
import { bytes, days, type SettingGroup } from "./setting.ts";

/** `folder`, or a bucket with what its keys begin with. */
const place = z
  .string()
  .refine(
    (text) => text === "folder" || /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](\/[\w.=/-]*)?$/.test(text),
    "expected `folder`, or a bucket and prefix such as s3://pave-artifacts/team",
  );
const url = z
  .string()
  .refine(
    (text) => text === "" || /^https?:\/\/[^/?#\s]+\/?$/.test(text),
    "expected a URL such as https://s3.example.org",
  )
  .default("");

/** Where the bytes of artifacts lie, and how long what was deleted stays. */
export const artifactSettings = {
  artifactStore: {
    env: "PAVE_ARTIFACT_STORE",
    type: place.default("folder"),
    help: "Where new bytes go: `folder`, which is artifacts in the data folder, or a bucket of S3 with a prefix such as s3://pave-artifacts/team.",
  },
  artifactStoreOld: {
    env: "PAVE_ARTIFACT_STORE_OLD",
    type: place.optional(),
    help: "A bucket that older bytes still lie in, on the same endpoint; the folder is always read.",
  },
  s3Endpoint: {
    env: "PAVE_S3_ENDPOINT",
    type: url,
    help: "Where the bucket is served, such as https://s3.example.org; Amazon's by region unless told otherwise.",
  },
  s3PublicEndpoint: {
    env: "PAVE_S3_PUBLIC_ENDPOINT",
    type: url,
    help: "Where clients reach the same bucket; MLflow's clients are told then to send and fetch large files there by signed addresses.",
  },
  s3Region: {
    env: "PAVE_S3_REGION",
    type: z.string().default("us-east-1"),
    help: "Region of the bucket.",
  },
  s3AccessKeyId: {
    env: "PAVE_S3_ACCESS_KEY_ID",
    type: z.string().default(""),
    help: "Access key for the bucket; without one and without a file, what the AWS SDK finds, such as the role of the machine.",
    secret: true,
  },
  s3SecretAccessKey: {
    env: "PAVE_S3_SECRET_ACCESS_KEY",
    type: z.string().default(""),
    help: "Its secret.",
    secret: true,
  },
  s3CredentialsFile: {
    env: "PAVE_S3_CREDENTIALS_FILE",
    type: z.string().default(""),
    help: "File with `aws_access_key_id = …` and `aws_secret_access_key = …`, instead of those two; read at the start.",
  },
  s3PathStyle: {
    env: "PAVE_S3_PATH_STYLE",
    type: z.enum(["auto", "true", "false"]).default("auto"),
    help: "Whether the bucket stands in the path and not in the host name; auto: it does with an endpoint of one's own.",
  },
  diskReserve: {
    env: "PAVE_DISK_RESERVE",
    type: bytes.prefault("1Gi"),
    help: "Disk space that uploads leave free where artifacts lie in a folder, such as 1Gi or 500M; a full disk stops the database.",
  },
  deletedDays: {
    env: "PAVE_DELETED_DAYS",
    type: days.default(30),
    help: "How many days deleted experiments, runs, logged models and versions can be restored before they are removed with their files; a project may set its own.",
  },
  collectionSchedule: {
    env: "PAVE_COLLECTION_SCHEDULE",
    type: z.enum(["daily", "off"]).default("daily"),
    help: "Whether what can go is removed once a day by itself, or only by `pave gc`.",
  },
} as const satisfies SettingGroup;
