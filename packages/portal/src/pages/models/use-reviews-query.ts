import { topics } from "@pave/contract";
import { useQuery } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

export const useReviewsQuery = (project: string, model: string, version: string) =>
  useQuery({
    queryKey: [topics.reviews(project, model), version],
    queryFn: () => api.listReviews({ params: { project, model, version } }),
  });
