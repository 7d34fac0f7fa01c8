import { randomUUID } from "node:crypto";
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { isMissing, openBucket, refusalOf, type S3Settings, s3Error, uploadStream } from "../../../drivers/s3/index.ts";
import { messageOf, PaveError } from "../../../kernel/pave-error.ts";
import type { ArtifactStore } from "./artifact-store.ts";
import { directAccess } from "./s3-direct.ts";
import { assertStoreKey, isStoreKey, newStoreKey } from "./store-key.ts";

const checkMs = 5_000;
/** Of a thousand unfinished uploads each; the next round goes on with what is left. */
const mostPages = 20;

/**
 * Blobs as objects `<prefix>ab/cdef…` of a bucket. What S3 shows under a key is always whole: an upload in parts appears
 * when it is ended.
 */
export function createS3Store(settings: S3Settings): ArtifactStore {
  const at = openBucket(settings);
  const name = `s3://${at.bucket}/${at.prefix}`.replace(/\/$/, "");
  const objectOf = (key: string) => {
    assertStoreKey(key);
    return { Bucket: at.bucket, Key: `${at.prefix}${key}` };
  };
  const fail = (error: unknown): never => {
    throw s3Error(error, name);
  };
  const ignoreMissing = (error: unknown): undefined => (isMissing(error) ? undefined : fail(error));

  return {
    name,
    newKey: newStoreKey,
    async put(bytes, { key = newStoreKey(), signal } = {}) {
      let failedSource: { error: unknown } | undefined;
      // what goes wrong where the bytes come from is not the store's
      const source = async function* () {
        try {
          yield* bytes;
        } catch (error) {
          failedSource = { error };
          throw error;
        }
      };
      await uploadStream(at, objectOf(key).Key, source(), signal).catch((error: unknown) => {
        if (failedSource) throw failedSource.error;
        if (signal?.aborted) throw error;
        fail(error);
      });
      return key;
    },
    async get(key, range) {
      const part = range ? { Range: `bytes=${range.start}-${range.end}` } : {};
      const found = await at.client.send(new GetObjectCommand({ ...objectOf(key), ...part })).catch(ignoreMissing);
      return found?.Body as Readable | undefined;
    },
    has: async (key) =>
      (await at.client
        .send(new HeadObjectCommand(objectOf(key)), { abortSignal: at.deadline() })
        .then(() => true)
        .catch(ignoreMissing)) === true,
    async delete(key) {
      await at.client.send(new DeleteObjectCommand(objectOf(key)), { abortSignal: at.deadline() }).catch(ignoreMissing);
    },
    async check() {
      await at.client
        .send(new HeadBucketCommand({ Bucket: at.bucket }), { abortSignal: AbortSignal.timeout(checkMs) })
        .catch((error: unknown) => fail((error as Error).name === "NotFound" ? noBucket(error) : error));
    },
    direct: directAccess(at, { objectOf, fail, isAdvertised: settings.publicEndpoint !== "" }),
    async dropUnfinished(before) {
      let dropped = 0;
      let next: { readonly KeyMarker?: string | undefined; readonly UploadIdMarker?: string | undefined } = {};
      for (let page = 0; page < mostPages; page += 1) {
        const list = new ListMultipartUploadsCommand({ Bucket: at.bucket, Prefix: at.prefix, ...next });
        const listed = await at.client.send(list, { abortSignal: at.deadline() }).catch(fail);
        // others may keep things in the same bucket, and below the same prefix
        const old = (listed.Uploads ?? []).filter(
          ({ Key, Initiated }) => Initiated && Initiated < before && isStoreKey(Key?.slice(at.prefix.length) ?? ""),
        );
        for (const { Key, UploadId } of old)
          await at.client
            .send(new AbortMultipartUploadCommand({ Bucket: at.bucket, Key, UploadId }), { abortSignal: at.deadline() })
            .catch(ignoreMissing);
        dropped += old.length;
        if (!listed.IsTruncated) break;
        next = { KeyMarker: listed.NextKeyMarker, UploadIdMarker: listed.NextUploadIdMarker };
      }
      return dropped;
    },
    close: () => at.close(),
  };
}

/**
 * Writes and removes an object, so that a server does not start with a bucket that is not there or that it cannot write
 * to. Returns a warning where the store could not be reached: that may be over before anybody needs it.
 */
export async function probeS3Store(settings: S3Settings): Promise<string | undefined> {
  const at = openBucket({ ...settings, timeouts: { connectMs: 3_000, idleMs: 5_000, attempts: 2 } });
  const place = { Bucket: at.bucket, Key: `${at.prefix}probe-${randomUUID()}` };
  const abortSignal = AbortSignal.timeout(10_000);
  try {
    // some stores make a bucket that is written to; a key that may not look for it finds out by writing
    await at.client.send(new HeadBucketCommand({ Bucket: at.bucket }), { abortSignal }).catch((error: unknown) => {
      if (isMissing(error)) throw noBucket(error);
    });
    await at.client.send(new PutObjectCommand({ ...place, Body: "probe" }), { abortSignal });
    await at.client.send(new GetObjectCommand(place), { abortSignal }).then(({ Body }) => Body?.transformToString());
    await at.client.send(new DeleteObjectCommand(place), { abortSignal });
    return undefined;
  } catch (error) {
    const where = `s3://${at.bucket}/${at.prefix}`;
    const refusal = refusalOf(error);
    if (refusal === undefined) return `The artifact store ${where} cannot be reached yet: ${messageOf(error)}`;
    throw new PaveError(
      "config.invalid",
      `PAVE_ARTIFACT_STORE: expected a bucket that this server can put to, read and delete from, found that ${where} refuses: ${refusal}`,
      {
        fix: "Make the bucket, or give the key the rights s3:GetObject, s3:PutObject, s3:DeleteObject, s3:AbortMultipartUpload and s3:ListBucketMultipartUploads; docs/artifacts.md has a policy",
        cause: error,
      },
    );
  } finally {
    at.close();
  }
}

/** A HEAD of a bucket does not say what is not found. */
const noBucket = (cause: unknown): Error => Object.assign(new Error("no bucket", { cause }), { name: "NoSuchBucket" });
