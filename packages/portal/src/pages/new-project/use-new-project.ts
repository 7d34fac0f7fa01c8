import type { RenderedProject } from "@pave/contract";
import { routes, topics } from "@pave/contract";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { api } from "../../lib/api.ts";
import { parseTableProfile, type TableProfile } from "./table-profile.ts";
import { type Upload, uploadFile } from "./upload-file.ts";

/** A table that the platform has and has looked at. */
export interface Table {
  readonly filename: string;
  readonly bytes: number;
  readonly digest: string;
  readonly profile: TableProfile;
  readonly report: unknown;
}

const template = "tabular-classification";

/** Uploads a file and has it looked at; `share` is how much of it has gone, 1 while it is being read. */
export function useTable() {
  const [share, setShare] = useState(0);
  const upload = useRef<Upload<{ digest: string; bytes: number }>>(undefined);
  const mutation = useMutation({
    async mutationFn(file: File): Promise<Table> {
      setShare(0);
      upload.current = uploadFile(file, { route: routes.uploadTable }, setShare);
      const { digest, bytes } = await upload.current.done;
      setShare(1);
      const { profile } = await api.profileData({ body: { digest, filename: file.name } });
      return { filename: file.name, bytes, digest, profile: parseTableProfile(profile), report: profile };
    },
  });
  return { mutation, share, cancel: () => upload.current?.cancel() };
}

/** The table once more, seen with the column that is to be predicted: what leaks it, what each class has. */
export const useTargetProfile = (table: Table | undefined, target: string | null) =>
  useQuery({
    queryKey: ["profile", table?.digest, table?.filename, target],
    enabled: table !== undefined && target !== null,
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn() {
      const { digest = "", filename = "" } = table ?? {};
      const { profile } = await api.profileData({ body: { digest, filename, target: target ?? "" } });
      return { profile: parseTableProfile(profile), report: profile };
    },
  });

export interface Draft {
  readonly name: string;
  readonly owner: string | null;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What would be created; nothing is. */
export const useRendered = (table: Table | undefined, report: unknown, draft: Draft) =>
  useQuery<RenderedProject>({
    queryKey: ["rendered", table?.digest, draft, report === undefined],
    enabled: table !== undefined && report !== undefined && draft.name !== "",
    staleTime: 60_000,
    queryFn: () =>
      api.renderTemplate({
        body: { name: draft.name, template, answers: answersOf(table, draft), profile: report },
      }),
  });

export function useCreateProject() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ table, report, draft }: { table: Table; report: unknown; draft: Draft }) =>
      api.startProject({
        params: { template },
        body: {
          name: draft.name,
          answers: answersOf(table, draft),
          profile: report,
          data: { digest: table.digest, filename: table.filename },
        },
      }),
    onSettled: () =>
      Promise.all(["project", topics.home, "session"].map((key) => queryClient.invalidateQueries({ queryKey: [key] }))),
  });
}

const answersOf = (table: Table | undefined, { answers, owner }: Draft) => ({
  ...answers,
  ...(owner === null ? {} : { owner }),
  data: `data/${(table?.filename ?? "data.csv").replace(/[^\w. -]/g, "_")}`,
});
