import { config } from "zod";

/**
 * zod tries `new Function` to compile its checks; the portal's content security policy forbids that and the browser
 * would report it on every page. Imported before anything that makes a schema.
 */
config({ jitless: true });
