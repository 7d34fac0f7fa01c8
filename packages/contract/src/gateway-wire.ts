/**
 * What the processes of a gateway say to the api, the runner and each other. They import this alone: the whole contract
 * is another 25 MB and 70 ms of processor time in each of them.
 */
export * from "./certificate-problem.ts";
export * from "./gateway.ts";
export * from "./model-host.ts";
export * from "./request-log.ts";
