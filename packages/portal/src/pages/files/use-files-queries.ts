import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** A folder of a tracked run, a logged model or an artifact; read when it is opened. */
export const useFolderQuery = (project: string, place: string, path: string, refetchMs: number | false = false) =>
  useQuery({
    queryKey: [topics.project(project), "files", place, path],
    queryFn: () => api.listFiles({ params: { project, place }, query: { path } }),
    refetchInterval: refetchMs,
  });

export const usePreviewQuery = (project: string, place: string, path: string) =>
  useQuery({
    queryKey: [topics.project(project), "preview", place, path],
    queryFn: () => api.previewFile({ params: { project, place }, query: { path } }),
  });
