import { notifications } from "@mantine/notifications";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";
import { tellError } from "./tell-error.tsx";

/** Something that a person does to the platform: its topics are read again after it, and its failure is told with the fix. */
export function useAction<Input, Output>(options: {
  readonly act: (input: Input) => Promise<Output>;
  readonly topics: readonly string[];
  readonly done?: string;
}): UseMutationResult<Output, Error, Input> {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: options.act,
    onSuccess: () => {
      if (options.done) notifications.show({ message: options.done, color: "road" });
    },
    onError: tellError,
    onSettled: () =>
      Promise.all(options.topics.map((topic) => queryClient.invalidateQueries({ queryKey: [topic] }))).then(
        () => undefined,
      ),
  });
}
