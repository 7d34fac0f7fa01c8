import { messageOf, PaveError } from "../../kernel/pave-error.ts";

interface ServiceError extends Error {
  readonly $metadata?: { readonly httpStatusCode?: number };
}

const statusOf = (error: unknown): number | undefined => (error as ServiceError).$metadata?.httpStatusCode;

/** Nothing lies under the key. */
export const isMissing = (error: unknown): boolean =>
  ["NoSuchKey", "NotFound"].includes((error as Error).name) ||
  (statusOf(error) === 404 && (error as Error).name !== "NoSuchBucket" && (error as Error).name !== "NoSuchUpload");

/** Names that S3, Ceph, SeaweedFS and MinIO have for a bucket or a disk that is full. */
const full = ["QuotaExceeded", "InsufficientStorage", "XMinioStorageFull"];

/** What the store definitely says no to, as opposed to what may be better in a moment. */
const refusals: Readonly<Record<string, string>> = {
  NoSuchBucket: "there is no such bucket",
  AccessDenied: "access is denied",
  Forbidden: "access is denied",
  InvalidAccessKeyId: "the access key is not known",
  SignatureDoesNotMatch: "the secret key does not fit the access key",
  InvalidBucketName: "the name of the bucket is not valid",
  PermanentRedirect: "the bucket is in another region",
};

/** Why the store refuses, in words; undefined where it was not reached, or failed. */
export function refusalOf(error: unknown): string | undefined {
  const { name } = error as Error;
  if (full.includes(name) || statusOf(error) === 507) return "it is full";
  const known = refusals[name];
  if (known !== undefined) return known;
  // a HEAD has no body that would name the error
  if (statusOf(error) === 403) return "access is denied";
  return statusOf(error) === 301 ? "the bucket is in another region" : undefined;
}

/**
 * A failure of the store as the rest of the program knows it. A refusal will be one a minute later too, so its status is
 * one that clients do not try again; what was not reached may be.
 */
export function s3Error(error: unknown, place: string): unknown {
  if (error instanceof PaveError) return error;
  const refusal = refusalOf(error);
  if (refusal === "it is full")
    return new PaveError("database.disk_full", `The artifact store ${place} is full`, {
      fix: "Make room there or raise its quota, and try again; nothing was lost",
      cause: error,
    });
  if (refusal !== undefined)
    return new PaveError("artifact.store_refuses", `The artifact store ${place} refuses: ${refusal}`, {
      fix: "A platform admin gives the platform's key the rights to get, put, list and delete below it; nothing was lost",
      cause: error,
    });
  return new PaveError(
    "artifact.store_unreachable",
    `The artifact store ${place} cannot be reached: ${reason(error)}`,
    {
      fix: "Try again in a moment; nothing was lost",
      cause: error,
    },
  );
}

/** Never the whole: an SDK's error may quote a signed request. */
function reason(error: unknown): string {
  const { name, code } = error as Error & { code?: string };
  if (code) return code;
  return name === "Error" ? messageOf(error).slice(0, 100) : name;
}
