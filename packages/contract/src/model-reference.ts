/** A version of a registered model by its number or an alias. */
export interface ModelReference {
  readonly model: string;
  /** `latest` where none is named. */
  readonly version: string;
  /** Written as MLflow does. */
  readonly isUri: boolean;
}

/**
 * `name@alias`, `name@3` or `name`; or as MLflow writes it `models:/name/3`, `models:/name@alias`, `models:/name`.
 * Undefined for anything else. A name may have `@` in it: the last one counts.
 */
export function parseModelReference(text: string): ModelReference | undefined {
  const path = /^models:\/+(.*)$/s.exec(text)?.[1];
  const whole = path ?? text;
  const slash = path === undefined ? -1 : path.indexOf("/");
  const cut = slash < 0 ? whole.lastIndexOf("@") : slash;
  const [model, version] = cut < 0 ? [whole, "latest"] : [whole.slice(0, cut), whole.slice(cut + 1)];
  if (model === "" || version === "" || /[/:]/.test(`${model}${version}`)) return undefined;
  return { model, version, isUri: path !== undefined };
}
