import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { isMissing, type S3Bucket } from "../../../drivers/s3/index.ts";
import { PaveError } from "../../../kernel/pave-error.ts";
import type { DirectAccess } from "./artifact-store.ts";

/** As long as the links that the api signs itself. */
const lifetimeSeconds = 3600;

export interface DirectOptions {
  readonly isAdvertised: boolean;
  objectOf(key: string): { Bucket: string; Key: string };
  fail(error: unknown): never;
}

/** Presigned addresses of objects. */
export const directAccess = (at: S3Bucket, { isAdvertised, objectOf, fail }: DirectOptions): DirectAccess => ({
  isAdvertised,
  lifetimeSeconds,
  getUrl: (key, fileName) =>
    getSignedUrl(
      at.signer,
      new GetObjectCommand({
        ...objectOf(key),
        // never anything that a browser would run
        ResponseContentType: "application/octet-stream",
        ResponseContentDisposition: `attachment; filename*=UTF-8''${encodeURIComponent(fileName)}`,
      }),
      { expiresIn: lifetimeSeconds },
    ),
  async beginUpload(key) {
    const created = await at.client
      .send(new CreateMultipartUploadCommand(objectOf(key)), { abortSignal: at.deadline() })
      .catch(fail);
    return created.UploadId ?? fail(new Error("the store began an upload without an id"));
  },
  partUrl: (key, uploadId, part) =>
    getSignedUrl(at.signer, new UploadPartCommand({ ...objectOf(key), UploadId: uploadId, PartNumber: part }), {
      expiresIn: lifetimeSeconds,
    }),
  async endUpload(key, uploadId, parts) {
    const Parts = [...parts]
      .sort((a, b) => a.part - b.part)
      .map(({ part, etag }) => ({ PartNumber: part, ETag: etag }));
    const end = new CompleteMultipartUploadCommand({
      ...objectOf(key),
      UploadId: uploadId,
      MultipartUpload: { Parts },
    });
    await at.client.send(end, { abortSignal: at.deadline() }).catch(async (error: unknown) => {
      const { name } = error as Error;
      if (!["NoSuchUpload", "InvalidPart", "InvalidPartOrder", "EntityTooSmall"].includes(name)) fail(error);
      // ended before, by a request whose answer was lost
      if (name === "NoSuchUpload" && (await isThere(at, objectOf(key)))) return;
      if (name === "NoSuchUpload")
        throw new PaveError("blob.not_found", "The upload is not there: it was given up, or is more than a day old", {
          fix: "Upload the file again",
          cause: error,
        });
      throw new PaveError("request.invalid", `The parts do not make a file: the store says ${name}`, {
        fix: "Upload the file again, in parts of 5 MiB at least but for the last",
        cause: error,
      });
    });
  },
  async dropUpload(key, uploadId) {
    await at.client
      .send(new AbortMultipartUploadCommand({ ...objectOf(key), UploadId: uploadId }), { abortSignal: at.deadline() })
      .catch((error: unknown) => {
        if (!isMissing(error) && (error as Error).name !== "NoSuchUpload") fail(error);
      });
  },
});

const isThere = (at: S3Bucket, place: { Bucket: string; Key: string }): Promise<boolean> =>
  at.client.send(new HeadObjectCommand(place), { abortSignal: at.deadline() }).then(
    () => true,
    () => false,
  );
