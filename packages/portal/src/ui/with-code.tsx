import { Code } from "@mantine/core";

/** A sentence in which what stands between backticks is code. */
export function WithCode({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    index % 2 === 1 ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: parts of a sentence are their place
      <Code key={index}>{part}</Code>
    ) : (
      part
    ),
  );
}
