import { z } from "zod";
import * as backups from "../resources/backups.ts";
import { route } from "../route.ts";
import { bytes } from "./params.ts";

const inBackup = z.object({ backup: z.uuid() });

export const backupRoutes = {
  listBackups: route({
    method: "GET",
    path: "/backups",
    summary: "Backups of the platform, newest first, and how they are made",
    permission: "backup.manage",
    response: z.object({ settings: backups.backupSettingsSchema, items: z.array(backups.backupSchema) }),
  }),
  createBackup: route({
    method: "POST",
    path: "/backups",
    summary: "Ask for a backup now, in the configured folder",
    permission: "backup.manage",
    response: backups.backupSchema,
    status: 202,
  }),
  getBackup: route({
    method: "GET",
    path: "/backups/:backup",
    summary: "A backup and every look at it",
    permission: "backup.manage",
    params: inBackup,
    response: backups.backupSchema.extend({ checks: z.array(backups.backupCheckSchema) }),
  }),
  checkBackup: route({
    method: "POST",
    path: "/backups/:backup/checks",
    summary: "Ask for a look at all bytes of a backup, or for a restore of it on the side",
    permission: "backup.manage",
    params: inBackup,
    body: z.object({ kind: z.enum(["verify", "drill"]) }),
    response: backups.backupCheckSchema,
    status: 202,
  }),
  removeBackup: route({
    method: "DELETE",
    path: "/backups/:backup",
    summary: "Remove a backup and the bytes that no other needs",
    permission: "backup.manage",
    params: inBackup,
    response: backups.backupSchema,
    status: 202,
  }),
  downloadBackup: route({
    method: "GET",
    path: "/backups/:backup/download",
    summary: "A whole backup as one tar stream",
    permission: "backup.download",
    params: inBackup,
    response: bytes,
    raw: "response",
  }),
} as const;
