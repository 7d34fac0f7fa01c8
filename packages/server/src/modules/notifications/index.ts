export { createNotifications } from "./create-notifications.ts";
export { deliveriesChannel } from "./delivery-store.ts";
export { createSendMail } from "./send-mail.ts";
