// Ends with 0 when the API of this container answers, with or without TLS.
import { request as plain } from "node:http";
import { request as tls } from "node:https";
import { env } from "node:process";

const port = Number(env.PAVE_PORT || 4700);
// the certificate is for the name by which others call us
const options = { host: "127.0.0.1", port, path: "/api/v1/health", timeout: 4000, rejectUnauthorized: false };
const request = env.PAVE_TLS_CERT_FILE ? tls : plain;
request(options, ({ statusCode }) => process.exit(statusCode === 200 ? 0 : 1))
  .on("timeout", () => process.exit(1))
  .on("error", () => process.exit(1))
  .end();
