export { backupsRoutes } from "./backups-routes.ts";
export { createBackup } from "./create-backup.ts";
export { backupsChannel, createBackups } from "./create-backups.ts";
export { drillBackup } from "./drill-backup.ts";
export { type BackupJob, type JobResult, jobSchema, type RunJob } from "./job.ts";
export { verifyFiles } from "./open-backup.ts";
export { restoreBackup } from "./restore-backup.ts";
export { summaryOf } from "./summary.ts";
export { findBackup } from "./target.ts";
