import { installation } from "@pave/contract/installation";
import type { Config } from "../config.ts";
import type { Logger } from "../kernel/logger.ts";
import { PaveError } from "../kernel/pave-error.ts";
import { inheritedEnvironment } from "./child-role.ts";
import { certificateFiles, exposureWarnings } from "./exposure.ts";

export interface ServeOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** A gateway that is told over its control socket where the api is. */
  readonly connectsLater: boolean;
}

/** Runs one role until the signal: what a machine of its own runs when Pave is scaled out, and what `pave up` starts. */
export async function serve(role: string | undefined, config: Config, options: ServeOptions): Promise<void> {
  const { log, signal } = options;
  switch (role) {
    case "runner": {
      const { runRunner } = await import("../runner/run-runner.ts");
      return runRunner({
        ...connection(config),
        dataFolder: config.dataFolder,
        capacity: config.runnerCapacity,
        isolation: config.isolation,
        sourceBuilds: config.sourceBuilds,
        stepDiskBytes: config.stepDisk,
        ...(config.python ? { python: config.python } : {}),
        builtinsFolder: installation.root,
        environment: inheritedEnvironment(),
        log: log.child({ role }),
        signal,
      });
    }
    case "gateway": {
      const { runGateway } = await import("../gateway/index.ts");
      if (!options.connectsLater) for (const warning of exposureWarnings(config, ["gateway"])) log.warn(warning);
      return runGateway({
        api: options.connectsLater ? undefined : connection(config),
        host: config.gatewayHost,
        port: config.gatewayPort,
        workers: config.gatewayWorkers,
        tls: certificateFiles(config),
        dataFolder: config.dataFolder,
        log: log.child({ role }),
        signal,
      });
    }
    case "api":
    case "worker": {
      const { serveParts } = await import("./serve-parts.ts");
      return serveParts(role, config, options);
    }
    default:
      throw new PaveError("config.invalid", `--role ${role ?? "(none)"}: expected api, worker, gateway or runner`, {
        fix: "For example: pave serve --role worker",
      });
  }
}

function connection(config: Config): { apiUrl: string; token: string } {
  if (config.apiUrl && config.token) return { apiUrl: config.apiUrl, token: config.token };
  throw new PaveError("config.invalid", "This role needs PAVE_API_URL and PAVE_ROLE_TOKEN", {
    fix: "Set the API's URL, and a token made with `pave tokens create NAME --role runner` (or gateway).",
  });
}
