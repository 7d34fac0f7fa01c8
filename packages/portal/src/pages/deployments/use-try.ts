import type { DeploymentDetail } from "@pave/contract";
import { useMutation } from "@tanstack/react-query";
import { api } from "../../lib/api.ts";

/** Sends one request through the api to the gateway. What the endpoint refuses is an answer, too; only no answer is an error. */
export const useTry = ({ project, environment, name }: DeploymentDetail) =>
  useMutation({
    mutationFn: (input: unknown) =>
      api.tryDeployment({ params: { project, environment, deployment: name }, body: { input } }),
  });

export type TryRequest = ReturnType<typeof useTry>;
