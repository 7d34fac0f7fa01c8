import { isIP } from "node:net";
import { type ConnectionSettings, type ConnectionType, connectionFields } from "@pave/contract";
import { PaveError } from "../../kernel/pave-error.ts";
import { orList } from "../../kernel/spec/index.ts";

/** Settings as they are kept: whole, with nothing that the type does not have. Throws `connection.invalid`. */
export function readSettings(
  name: string,
  type: ConnectionType,
  given: ConnectionSettings,
  password: string,
): ConnectionSettings & { readonly tls: boolean } {
  const { needs, takes } = connectionFields[type];
  const invalid = (message: string, fix: string) =>
    new PaveError("connection.invalid", `connection ${name}: ${message}`, { fix });
  const missing = needs.filter((field) => given[field] === undefined);
  if (missing.length > 0)
    throw invalid(
      `a connection of the type ${type} needs ${missing.join(", ")}`,
      `Give ${missing.map((field) => `--${field}`).join(" and ")}`,
    );
  const extra = Object.keys(given).filter(
    (field) => field !== "tls" && ![...needs, ...takes].some((known) => known === field),
  );
  if (extra.length > 0)
    throw invalid(
      `a connection of the type ${type} has no ${extra.join(", ")}`,
      `Leave it out; it takes ${orList([...needs, ...takes])}`,
    );
  if (password === "" && type !== "http") throw invalid("expected a password, found none", "Send it on standard input");
  if (password.includes("\0")) throw invalid("its password has the character NUL in it", "Send it as text");
  if (given.url !== undefined && !isPlainUrl(given.url))
    throw invalid(
      "`url`: expected one of http or https without a name, a password, a query and a fragment",
      "Give the name as --user and the password on standard input",
    );
  if (given.host !== undefined && !isHost(given.host))
    throw invalid("`host`: expected a name or an address, without a scheme and a port", "Give the port as --port");
  if (given.ca !== undefined && !given.ca.includes("-----BEGIN CERTIFICATE-----"))
    throw invalid("`ca`: expected certificates in PEM", "Name the file of the authority's certificate");
  const host = given.host ?? (given.url === undefined ? "" : new URL(given.url).hostname);
  return { ...given, tls: given.tls ?? !isOwnMachine(host) };
}

const isHost = (text: string): boolean => isIP(text) !== 0 || /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text);

function isPlainUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    [url.username, url.password, url.search, url.hash].every((part) => part === "")
  );
}

const isOwnMachine = (host: string): boolean => /^(localhost|127\.[\d.]+|::1|\[::1\])$/.test(host);
