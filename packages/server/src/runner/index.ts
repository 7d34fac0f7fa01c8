export { stopAttempts } from "./stop-attempts.ts";
