import { readFile } from "node:fs/promises";
import type { S3Settings } from "../../../drivers/s3/index.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { createFolderStore } from "./folder-store.ts";

export interface StoreSettings {
  /** Of the folder store. */
  readonly folder: string;
  /** `folder`, or `s3://bucket/prefix`. */
  readonly current: string;
  readonly older: string | undefined;
  readonly s3: Omit<S3Settings, "bucket" | "prefix" | "pathStyle" | "credentials"> & {
    readonly pathStyle: "auto" | "true" | "false";
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly credentialsFile: string;
  };
}

export interface OpenStores {
  readonly store: ArtifactStore;
  readonly older: readonly ArtifactStore[];
  /** Why the bucket could not be tried; there is a chance that it can be reached later. */
  readonly warning?: string | undefined;
}

/**
 * The stores of these settings. The folder is one of them in any case: what lies there stays readable. A bucket that new
 * bytes are to go to is tried first, and one that refuses is an error; code for S3 is loaded only where there is one.
 */
export async function openStores(settings: StoreSettings): Promise<OpenStores> {
  const folder = await createFolderStore({ folder: settings.folder });
  const places = [settings.current, settings.older].filter((place) => place?.startsWith("s3://"));
  if (places.length === 0) return { store: folder, older: [] };
  const [{ createS3Store, probeS3Store }, credentials] = [await import("./s3-store.ts"), await credentialsOf(settings)];
  const bucketOf = (place: string): S3Settings => {
    const { endpoint, publicEndpoint, region, pathStyle, timeouts } = settings.s3;
    const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/?(.*?)\/*$/.exec(place) ?? [];
    return {
      ...{ bucket, prefix: prefix === "" ? "" : `${prefix}/`, endpoint, publicEndpoint, region, credentials, timeouts },
      pathStyle: pathStyle === "auto" ? endpoint !== "" : pathStyle === "true",
    };
  };
  const older = settings.older?.startsWith("s3://") ? [createS3Store(bucketOf(settings.older))] : [];
  if (settings.current === "folder") return { store: folder, older };
  const bucket = bucketOf(settings.current);
  const warning = await probeS3Store(bucket);
  return { store: createS3Store(bucket), older: [folder, ...older], warning };
}

async function credentialsOf({ s3 }: StoreSettings): Promise<S3Settings["credentials"]> {
  const { accessKeyId, secretAccessKey, credentialsFile } = s3;
  if (credentialsFile === "") return accessKeyId === "" ? undefined : { accessKeyId, secretAccessKey };
  const text = await readFile(credentialsFile, "utf8").catch((error: unknown) => {
    throw new PaveError("config.invalid", `PAVE_S3_CREDENTIALS_FILE: ${credentialsFile} cannot be read`, {
      fix: "Name a file that the server's user may read",
      cause: error,
    });
  });
  const entryOf = (name: string) => new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, "m").exec(text)?.[1] ?? "";
  const found = { accessKeyId: entryOf("aws_access_key_id"), secretAccessKey: entryOf("aws_secret_access_key") };
  if (found.accessKeyId && found.secretAccessKey) return found;
  throw new PaveError(
    "config.invalid",
    `PAVE_S3_CREDENTIALS_FILE: expected lines aws_access_key_id = … and aws_secret_access_key = … in ${credentialsFile}`,
    { fix: "Write them as the AWS command line does" },
  );
}
