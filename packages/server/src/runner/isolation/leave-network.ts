import { execFile } from "node:child_process";

/** Whether root here may leave the machine's network for one of its own; in some containers it may not. */
export const canLeaveNetwork = (): Promise<boolean> =>
  new Promise((resolve) => {
    execFile("unshare", ["--net", "/bin/true"], { timeout: 10_000 }, (error) => resolve(error === null));
  });
