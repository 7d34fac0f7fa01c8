import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

const run = promisify(execFile);

type Environment = Readonly<Record<string, string | undefined>>;

const passed =
  /^(PIP_(INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|TRUSTED_HOST|CERT|CLIENT_CERT|PROXY|TIMEOUT|DEFAULT_TIMEOUT|RETRIES)|UV_(INDEX|DEFAULT_INDEX|INDEX_URL|EXTRA_INDEX_URL|FIND_LINKS|NO_INDEX|INDEX_STRATEGY|INSECURE_HOST|NATIVE_TLS|SYSTEM_CERTS|HTTP_TIMEOUT)|UV_INDEX_\w+_(USERNAME|PASSWORD)|(https?|all|no)_proxy|(HTTPS?|ALL|NO)_PROXY|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE)$/;

/** pip's setting to uv's variable of the same meaning. */
const translations: Record<string, string> = {
  PIP_INDEX_URL: "UV_DEFAULT_INDEX",
  PIP_EXTRA_INDEX_URL: "UV_INDEX",
  PIP_FIND_LINKS: "UV_FIND_LINKS",
  PIP_NO_INDEX: "UV_NO_INDEX",
  PIP_TRUSTED_HOST: "UV_INSECURE_HOST",
  PIP_CERT: "SSL_CERT_FILE",
  PIP_DEFAULT_TIMEOUT: "UV_HTTP_TIMEOUT",
  PIP_PROXY: "ALL_PROXY",
};

/**
 * Where packages come from and how to get there: what the operator's environment and pip configuration say, for pip
 * and for uv. Nothing else of the environment reaches an installer.
 */
export async function installerSettings(environment: Environment, python: string): Promise<Record<string, string>> {
  const settings: Record<string, string> = { ...(await pipConfiguration(environment, python)), ...pick(environment) };
  const links = settings.PIP_FIND_LINKS?.split(/\s+/).filter((link) => link.includes("://") || existsSync(link));
  if (links) settings.PIP_FIND_LINKS = links.join(" ");
  if (settings.PIP_FIND_LINKS === "") delete settings.PIP_FIND_LINKS;
  for (const [pip, uv] of Object.entries(translations)) {
    const value = settings[pip];
    if (value !== undefined && settings[uv] === undefined)
      settings[uv] = pip === "PIP_FIND_LINKS" ? value.replace(/\s+/g, ",") : value;
  }
  if (settings.UV_INDEX_URL !== undefined) delete settings.UV_DEFAULT_INDEX;
  return settings;
}

/**
 * The settings by which somebody could pass for us: a name and password, in a URL or beside it, a client's certificate,
 * or a token as a part of a path, as some indexes hand out.
 */
export function secretSettings(settings: Readonly<Record<string, string>>): string[] {
  const names = Object.keys(settings).filter((name) => {
    if (/_(USERNAME|PASSWORD)$/.test(name) || name === "PIP_CLIENT_CERT") return true;
    return [...(settings[name] ?? "").matchAll(/[a-z][a-z+]*:\/\/[^\s,]+/gi)].some(([url]) => isSecret(url));
  });
  return names.sort();
}

function isSecret(text: string): boolean {
  const url = URL.parse(text);
  if (!url) return true;
  const hasToken = url.pathname.split("/").some((part) => /^[\w.~-]{16,}$/.test(part) && /\d/.test(part));
  return url.username !== "" || url.password !== "" || url.search !== "" || hasToken;
}

function pick(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).filter(
    (entry): entry is [string, string] => passed.test(entry[0]) && entry[1] !== undefined && entry[1] !== "",
  );
  return Object.fromEntries(entries);
}

/** `global.index-url='https://…'` becomes PIP_INDEX_URL, as pip itself would read it from its variable. */
async function pipConfiguration(environment: Environment, python: string): Promise<Record<string, string>> {
  const env = { HOME: environment.HOME ?? "/", PATH: environment.PATH ?? "/usr/bin:/bin" };
  const listed = await run(python, ["-I", "-m", "pip", "config", "list"], { env, cwd: "/", timeout: 20_000 }).catch(
    () => ({ stdout: "" }),
  );
  const settings: Record<string, string> = {};
  for (const [, name = "", value = ""] of listed.stdout.matchAll(/^(?:global|install)\.([a-z-]+)='(.*)'$/gm)) {
    const variable = `PIP_${name.toUpperCase().replaceAll("-", "_")}`;
    if (passed.test(variable)) settings[variable] = value.replaceAll("\\n", " ").trim();
  }
  return settings;
}
