import { z } from "zod";
import { days, type SettingGroup } from "./setting.ts";

/** Who is told of alerts beside the targets of notifications. */
export const alertSettings = {
  alertWebhook: {
    env: "PAVE_ALERT_WEBHOOK",
    type: z
      .string()
      .refine(
        (text) => text === "" || isPlainUrl(text),
        "expected a URL of http or https without a name and a password",
      )
      .default(""),
    help: "URL that is told of alerts: opened, acknowledged, resolved. Signed with the secret of PAVE_ALERT_WEBHOOK_SECRET_FILE.",
    secret: true,
  },
  alertWebhookSecretFile: {
    env: "PAVE_ALERT_WEBHOOK_SECRET_FILE",
    type: z.string().default(""),
    help: "File with the secret that messages to PAVE_ALERT_WEBHOOK are signed with (HMAC-SHA-256).",
  },
} as const satisfies SettingGroup;

/** How long things are kept. */
export const keepingSettings = {
  requestLogDays: {
    env: "PAVE_REQUEST_LOG_DAYS",
    type: days.default(30),
    help: "Days that files of the request log are kept.",
  },
  predictionDays: {
    env: "PAVE_PREDICTION_DAYS",
    type: days.default(90),
    help: "Days that predictions are kept to be joined with ground truth; later labels are refused.",
  },
  alertDays: {
    env: "PAVE_ALERT_DAYS",
    type: days.default(400),
    help: "Days that alerts are kept once they are resolved.",
  },
  deliveryDays: {
    env: "PAVE_ALERT_WEBHOOK_DAYS",
    type: days.default(30),
    help: "Days that is kept what PAVE_ALERT_WEBHOOK was told, and with what success.",
  },
  notificationDays: {
    env: "PAVE_NOTIFICATION_DAYS",
    type: days.default(90),
    help: "Days that notifications are kept, in inboxes and in the log of what was sent where.",
  },
} as const satisfies SettingGroup;

/** One that `fetch` takes: it refuses those with a name and a password. */
function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}
