import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useHomeQuery = () =>
  useQuery({ queryKey: [topics.home], queryFn: () => api.home({}), refetchInterval: 15_000 });
