import { notifications } from "@mantine/notifications";
import { ApiError } from "@pave/contract";
import { type UseMutationResult, useMutation, useQueryClient } from "@tanstack/react-query";

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
    onError: (error) => notifications.show({ ...describeError(error), color: "red", autoClose: 12_000 }),
    onSettled: () =>
      Promise.all(options.topics.map((topic) => queryClient.invalidateQueries({ queryKey: [topic] }))).then(
        () => undefined,
      ),
  });
}

export function describeError(error: Error): { title: string; message: string } {
  if (error instanceof ApiError) return { title: error.body.message, message: error.body.fix ?? "" };
  return {
    title: "The platform does not answer",
    message: "Nothing was changed, as far as this page knows. Try again.",
  };
}
