/** The format of the exported ledger and its offline verifier. Needs Node's crypto, so it is no part of the browser's contract. */
export { checkpointText, endText, genesisHash, type SealedContent, sealHash } from "./ledger-event.ts";
export { type LedgerLine, readLedgerLine, writeLedgerLine } from "./ledger-line.ts";
export { keyIdOf, type SigningKey, signingKey } from "./signing-key.ts";
export { type LedgerReport, verifyLedger } from "./verify-ledger.ts";
