import { CreateMultipartUploadCommand, ListMultipartUploadsCommand } from "@aws-sdk/client-s3";
import { openBucket, type S3Settings } from "../index.ts";

/** Begins an upload in parts under the key, as whoever it may be does. */
export async function beginUnfinished(settings: S3Settings, key: string): Promise<void> {
  const at = openBucket(settings);
  const place = { Bucket: at.bucket, Key: `${at.prefix}${key}` };
  await at.client.send(new CreateMultipartUploadCommand(place)).finally(() => at.close());
}

/** Keys of the uploads in parts that were begun below the settings' prefix and not ended. */
export async function unfinishedUploads(settings: S3Settings): Promise<string[]> {
  const at = openBucket(settings);
  const list = new ListMultipartUploadsCommand({ Bucket: at.bucket, Prefix: at.prefix });
  const { Uploads = [] } = await at.client.send(list).finally(() => at.close());
  return Uploads.map(({ Key = "" }) => Key.slice(at.prefix.length)).sort();
}
