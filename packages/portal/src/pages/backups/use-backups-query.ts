import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useBackupsQuery = () =>
  useQuery({ queryKey: [topics.backups], queryFn: () => api.listBackups({}), refetchInterval: 15_000 });
