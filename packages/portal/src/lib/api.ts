import { createClient } from "@pave/contract";

/** The API as the signed-in person: same origin, session cookie. */
export const api = createClient({
  baseUrl: "",
  fetch: (input, init) => fetch(input, { ...init, credentials: "same-origin" }),
});
