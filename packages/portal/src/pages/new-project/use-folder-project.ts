import { type Project, topics } from "@pave/contract";
import { findPackages, findScript, isTrainable, nameFrom } from "@pave/contract/checkout";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api } from "../../lib/api.ts";
import { useProjectsQuery } from "../projects/use-projects-query.ts";
import { type Checkout, readCheckout, viewOf } from "./checkout.ts";
import type { ChosenFolder } from "./dropped-folder.ts";
import { type SendFolder, type SendProgress, sendFolder } from "./send-folder.ts";
import { outlineOf, type SpecOutline } from "./spec-outline.ts";

/** A folder that was looked at, and what it would be as a project. */
export interface FolderDraft {
  readonly checkout: Checkout;
  /** What its own pave.yaml says; null where it has none. */
  readonly own: { readonly text: string; readonly outline: SpecOutline } | null;
  readonly name: string;
  /** What trains, as `pave init` finds it; null where that is open. */
  readonly script: string | null;
  /** Everything that could train. */
  readonly scripts: readonly string[];
  readonly packages: Awaited<ReturnType<typeof findPackages>>;
}

/** Looks at a folder in the browser; nothing is sent. */
export const useFolder = () =>
  useMutation({
    async mutationFn(folder: Promise<ChosenFolder>): Promise<FolderDraft> {
      const { name, files } = await folder;
      const checkout = await readCheckout(name, files);
      const view = viewOf(checkout);
      const text = await view.read("pave.yaml");
      const own = text === undefined ? null : { text, outline: await outlineOf(text) };
      const { file, candidates } = await findScript(view);
      const likely = new Set(candidates);
      const others = checkout.files.map(({ path }) => path).filter((path) => isTrainable(path) && !likely.has(path));
      return {
        checkout,
        own,
        name: own === null ? nameFrom(name) : (own.outline.name ?? ""),
        script: file ?? null,
        scripts: [...candidates, ...others],
        packages: await findPackages(view),
      };
    },
  });

export interface CreateFromFolder extends Pick<SendFolder, "files" | "git"> {
  readonly name: string;
  readonly owner: string;
  /** Whether the project is there already, and is to be gone on with. */
  readonly isThere: boolean;
  /** The pipeline to run; null where there is none. */
  readonly pipeline: string | null;
}

/** The project that has this name already, if it is one that I may see; undefined while that is not known. */
export function useNamesake(name: string): Project | null | undefined {
  const projects = useProjectsQuery();
  const isThere = projects.data?.items.some((project) => project.name === name) ?? false;
  const project = useQuery({
    queryKey: [topics.project(name)],
    queryFn: () => api.getProject({ params: { project: name } }),
    enabled: isThere,
  });
  return isThere ? project.data : projects.data && null;
}

/**
 * Creates the project where it is not there, sends the folder, starts the run. Where it ends early, the same again goes
 * on with what is there: `made` is the project that was created from this page.
 */
export function useCreateFromFolder() {
  const queryClient = useQueryClient();
  const [made, setMade] = useState<string | null>(null);
  const [progress, setProgress] = useState<SendProgress | null>(null);
  const abort = useRef<AbortController>(undefined);
  // who leaves the page is not fetched to the run later
  useEffect(() => () => abort.current?.abort(), []);
  const mutation = useMutation({
    async mutationFn({ name, owner, isThere, pipeline, files, git }: CreateFromFolder) {
      abort.current = new AbortController();
      const { signal } = abort.current;
      setProgress({ text: "Creating the project…", share: 0 });
      if (!isThere) {
        await api.createProject({ body: { name, owner } }, { signal });
        setMade(name);
      }
      const revision = await sendFolder({ project: name, files, git, signal, onProgress: setProgress });
      if (pipeline === null) return { project: name, run: null };
      setProgress({ text: "Starting the run…", share: 1 });
      const run = await api.startRun({ params: { project: name }, body: { pipeline, revision: String(revision) } });
      return { project: name, run: run.number };
    },
    onSettled: async (_data, _error, { name }) => {
      const keys = ["project", topics.project(name), topics.home, "session"];
      await Promise.all(keys.map((key) => queryClient.invalidateQueries({ queryKey: [key] })));
      setProgress(null);
    },
  });
  return { mutation, made, progress, cancel: () => abort.current?.abort() };
}
