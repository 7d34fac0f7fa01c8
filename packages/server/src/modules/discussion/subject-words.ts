/** What is commented on, `run/12` or `model/flights/3`, as people say it. */
export function subjectWords(subject: string): string {
  const [kind = "", ...rest] = subject.split("/");
  return kind === "model" ? `${rest[0]} version ${rest[1]}` : [kind, ...rest].join(" ");
}
