import { spawn } from "node:child_process";

/** Shows a page in the person's browser, if there is one; says nothing where there is none. */
export function openBrowser(url: string): void {
  const opener = process.platform === "darwin" ? "open" : "xdg-open";
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .once("error", () => {})
    .unref();
}
