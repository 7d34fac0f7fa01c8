import { ListMultipartUploadsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { openBucket, type S3Settings } from "../s3-bucket.ts";

/** Objects, and uploads in parts that are not ended, below the settings' prefix. */
export async function countObjects(settings: S3Settings): Promise<number> {
  const at = openBucket(settings);
  const place = { Bucket: at.bucket, Prefix: at.prefix };
  const { Contents = [] } = await at.client.send(new ListObjectsV2Command(place));
  const { Uploads = [] } = await at.client.send(new ListMultipartUploadsCommand(place));
  at.close();
  return Contents.length + Uploads.length;
}
