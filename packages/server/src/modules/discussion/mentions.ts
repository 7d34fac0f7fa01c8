/**
 * Names after `@` in Markdown, each once, in the order in which they come. Code is no mention, nor is what follows a
 * letter, as in an e-mail address.
 */
export function mentionsIn(markdown: string): string[] {
  const text = markdown.replaceAll(/```[\s\S]*?(```|$)/g, " ").replaceAll(/`[^`\n]*`/g, " ");
  const names = [...text.matchAll(/(?<![\w@./-])@([a-z][a-z0-9-]{0,62})/g)].map(([, name = ""]) =>
    name.replace(/-+$/, ""),
  );
  return [...new Set(names)];
}
