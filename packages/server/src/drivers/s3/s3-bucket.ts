import { S3Client } from "@aws-sdk/client-s3";

export interface S3Settings {
  readonly bucket: string;
  /** Before every key, with a slash at its end; empty for the bucket itself. */
  readonly prefix: string;
  /** Empty: Amazon's own, by region. */
  readonly endpoint: string;
  /** Where clients of the platform reach the same bucket; empty: at the endpoint. */
  readonly publicEndpoint: string;
  readonly region: string;
  /** Bucket in the path and not in the host name. */
  readonly pathStyle: boolean;
  /** Undefined: what the AWS SDK finds by itself, such as the role of the machine. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
  readonly timeouts?: Partial<S3Timeouts> | undefined;
}

export interface S3Timeouts {
  readonly connectMs: number;
  /** Without a byte in either direction. */
  readonly idleMs: number;
  /** Of one request with all of its retries, bodies that are streamed to us left out. */
  readonly requestMs: number;
  readonly attempts: number;
}

const defaultTimeouts: S3Timeouts = { connectMs: 5_000, idleMs: 30_000, requestMs: 120_000, attempts: 3 };

/** A place in a bucket, with a client for us and one that signs addresses for others. */
export interface S3Bucket {
  readonly client: S3Client;
  /** Signs for the address that clients use; asks nothing itself. */
  readonly signer: S3Client;
  readonly bucket: string;
  readonly prefix: string;
  /** Aborted when the caller's signal is, or when the request has taken too long. */
  deadline(signal?: AbortSignal): AbortSignal;
  close(): void;
}

export function openBucket(settings: S3Settings): S3Bucket {
  const timeouts = { ...defaultTimeouts, ...settings.timeouts };
  const clientFor = (endpoint: string, checksums: "WHEN_SUPPORTED" | "WHEN_REQUIRED"): S3Client =>
    new S3Client({
      region: settings.region,
      ...(endpoint === "" ? {} : { endpoint }),
      forcePathStyle: settings.pathStyle,
      ...(settings.credentials ? { credentials: settings.credentials } : {}),
      maxAttempts: timeouts.attempts,
      requestHandler: { connectionTimeout: timeouts.connectMs, socketTimeout: timeouts.idleMs },
      requestChecksumCalculation: checksums,
      // what comes is compared with its SHA-256 anyway
      responseChecksumValidation: "WHEN_REQUIRED",
    });
  const client = clientFor(settings.endpoint, "WHEN_SUPPORTED");
  // who signs an address does not know the bytes that will be sent there
  const signer = clientFor(settings.publicEndpoint || settings.endpoint, "WHEN_REQUIRED");
  return {
    client,
    signer,
    bucket: settings.bucket,
    prefix: settings.prefix,
    deadline: (signal) => {
      const late = AbortSignal.timeout(timeouts.requestMs);
      return signal ? AbortSignal.any([signal, late]) : late;
    },
    close() {
      client.destroy();
      signer.destroy();
    },
  };
}
