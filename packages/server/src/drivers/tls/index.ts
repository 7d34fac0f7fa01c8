export { type CertificateFiles, hostOf, minVersion, readCertificate } from "./certificate.ts";
export { watchCertificate } from "./watch-certificate.ts";
