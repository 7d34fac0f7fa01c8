import { isolations } from "@pave/contract/settings";
import { z } from "zod";
import { bytes, type SettingGroup } from "./setting.ts";

/** How steps run, and how models of clients are looked at. */
export const stepSettings = {
  isolation: {
    env: "PAVE_STEP_ISOLATION",
    type: z.enum(["auto", ...isolations]).default("auto"),
    help: "How steps are kept apart from the platform and each other: `auto` is all that the machine has.",
  },
  python: {
    env: "PAVE_PYTHON",
    type: z.string().default(""),
    help: "Python interpreter to make environments from; found on the PATH otherwise.",
  },
  sourceBuilds: {
    env: "PAVE_SOURCE_BUILDS",
    type: z.enum(["auto", "always", "never"]).default("auto"),
    help: "Whether Python packages without a wheel are built from source, where their set-up code sees the settings of pip and uv. auto: only while those hold no credentials.",
  },
  stepDisk: {
    env: "PAVE_STEP_DISK",
    type: bytes.prefault("50Gi"),
    help: "What one step may take of the runner's disk, such as 50Gi; it is stopped beyond that, or when less than 1 GiB is left.",
  },
  modelCheckSeconds: {
    env: "PAVE_MODEL_CHECK_SECONDS",
    type: z.coerce.number().int().min(5).max(3600).default(180),
    help: "How long a model that a client registered may take to be loaded and scored; it is stopped then and cannot be released.",
  },
  modelCheckMemory: {
    env: "PAVE_MODEL_CHECK_MEMORY",
    type: bytes.prefault("2Gi"),
    help: "What memory it may take meanwhile, such as 2Gi.",
  },
} as const satisfies SettingGroup;
