import { z } from "zod";
import * as files from "../resources/files.ts";
import { route } from "../route.ts";
import { bytes, project } from "./params.ts";

const inPlace = z.object({ ...project, place: files.filePlaceSchema });
const pathSchema = z.string().max(1000);

/** Files of tracked runs, logged models and model versions, as people look at them. */
export const fileRoutes = {
  listFiles: route({
    method: "GET",
    path: "/projects/:project/files/:place",
    summary: "What lies in a folder of a tracked run, a logged model or an artifact",
    permission: "project.read",
    params: inPlace,
    query: z.object({ path: pathSchema.default("") }),
    response: files.folderSchema,
  }),
  previewFile: route({
    method: "GET",
    path: "/projects/:project/files/:place/preview",
    summary: "What can be shown of a file: text, a table, a notebook, the graph of an ONNX model",
    permission: "project.read",
    params: inPlace,
    query: z.object({ path: pathSchema.min(1) }),
    response: files.filePreviewSchema,
  }),
  getFile: route({
    method: "GET",
    path: "/projects/:project/files/:place/content",
    summary: "The bytes of a file; pictures and pages as such with `as=shown`, behind a sandbox of their own",
    permission: "project.read",
    params: inPlace,
    query: z.object({ path: pathSchema.min(1), as: z.enum(["download", "shown"]).default("download") }),
    response: bytes,
    raw: "response",
  }),
} as const;
