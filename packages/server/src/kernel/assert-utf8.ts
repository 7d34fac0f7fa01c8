import { PaveError } from "./pave-error.ts";

/** JSON is read as UTF-8; text that says it is something else would be read wrongly. */
export function assertUtf8(contentType: string | undefined): void {
  const charset = contentType?.includes("charset") ? /charset\s*=\s*"?([^\s;"]+)/i.exec(contentType)?.[1] : undefined;
  if (charset === undefined || /^utf-?8$/i.test(charset)) return;
  throw new PaveError("request.unsupported_media_type", `expected a body in UTF-8, found charset=${charset}`, {
    fix: "send JSON text encoded as UTF-8",
  });
}
