export { openBucket, type S3Bucket, type S3Settings } from "./s3-bucket.ts";
export { isMissing, refusalOf, s3Error } from "./s3-error.ts";
export { uploadStream } from "./s3-upload.ts";
