import { pathOf, routes } from "@pave/contract";

/** Where the bytes of a file are; `shown` as a picture or a page in a sandbox, otherwise as a download. */
export const fileUrl = (project: string, place: string, path: string, as: "download" | "shown"): string =>
  pathOf(routes.getFile, { params: { project, place }, query: { path, as } });
