import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** What was said; read again when somebody says something. */
export const useCommentsQuery = (project: string, subject: string) =>
  useQuery({
    queryKey: [topics.comments(project, subject)],
    queryFn: () => api.listComments({ params: { project }, query: { subject } }),
  });

/** Asked when somebody begins to write. */
export const useMentionableQuery = (project: string, isWriting: boolean) =>
  useQuery({
    queryKey: ["mentionable", project],
    queryFn: () => api.listMentionable({ params: { project } }),
    enabled: isWriting,
    staleTime: 60_000,
  });
