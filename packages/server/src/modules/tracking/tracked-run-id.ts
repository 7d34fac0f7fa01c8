import { newId } from "../../kernel/ids.ts";

/** 32 lower-case hex digits, as MLflow's clients expect of a run's id; time-ordered like every other id. */
export const newTrackedRunId = (): string => newId().replaceAll("-", "");
