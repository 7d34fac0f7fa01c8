import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { messageOf, PaveError } from "../../kernel/pave-error.ts";
import { sleep } from "../../kernel/time.ts";

/** Where the server may connect to on behalf of somebody else. */
export interface AddressGuardOptions {
  /**
   * What is allowed beside public addresses: an address (`10.0.0.5`), a network (`10.0.0.0/8`, `fd00::/8`), a host name
   * (`hooks.corp.example`), or all hosts below one (`*.corp.example`).
   */
  readonly allow: readonly string[];
  /** Every address of a host. The system's resolver unless told otherwise. */
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

export interface AddressGuard {
  /**
   * Addresses of the host, all of which may be connected to. Connect to one of these and never to the name again: a
   * name may mean something else a moment later. Throws `network.refused`, or `network.failed` where the name has none.
   */
  addressesOf(host: string, options?: { readonly timeoutMs?: number }): Promise<readonly string[]>;
  /** Is the host named by the allow-list, itself or by its address? */
  isListed(host: string): boolean;
}

/**
 * What is not the public internet: loopback, private and carrier networks, link-local with the metadata services of
 * clouds, documentation, multicast, and IPv6 that carries such an IPv4 address (mapped, NAT64, 6to4, Teredo).
 */
const closedNetworks = [
  ...["0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"],
  ...["192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"],
  ...["203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"],
  // of IPv6 only 2000::/3 is public, and not all of that
  ...["::/3", "4000::/2", "8000::/1", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"],
];
const closed = networksOf(closedNetworks);

export function createAddressGuard({ allow, resolve = resolveHost }: AddressGuardOptions): AddressGuard {
  const allowed = networksOf(allow.filter(isNetwork));
  const names = allow.filter((one) => !isNetwork(one)).map((name) => name.toLowerCase());
  const isNamed = (host: string) =>
    names.some((name) => (name.startsWith("*.") ? host.endsWith(name.slice(1)) : name === host));
  const mayConnect = (address: string) => covers(allowed, address) || !covers(closed, address);

  return {
    async addressesOf(given, { timeoutMs = 5000 } = {}) {
      const host = plainHost(given);
      const addresses = isIP(host) ? [host] : await inTime(host, resolve, timeoutMs);
      if (addresses.length === 0) throw unresolved(host, "it has no address");
      const refused = isNamed(host) ? undefined : addresses.find((address) => !mayConnect(address));
      if (refused === undefined) return addresses.map(unmapped);
      throw new PaveError(
        "network.refused",
        `${host}${refused === host ? "" : ` leads to ${refused}, which`} is no public address; expected a host on the internet`,
        { fix: "Use a public host, or have the platform's operator allow this one with PAVE_OUTBOUND_ALLOW." },
      );
    },
    isListed(given) {
      const host = plainHost(given);
      return isNamed(host) || (isIP(host) !== 0 && covers(allowed, host));
    },
  };
}

/** What the allow-list takes; anything else would silently allow nothing. */
export const isAllowEntry = (text: string): boolean =>
  isNetwork(text) || (/^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(text) && !/^[\d.]+$/.test(text));

function isNetwork(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/** Apart by family: one list of both takes each IPv4 address for its mapped IPv6 one, too. */
interface Networks {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

function networksOf(texts: readonly string[]): Networks {
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const text of texts) {
    const [address = "", bits] = text.split("/");
    const family = familyOf(address);
    networks[family].addSubnet(address, bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits), family);
  }
  return networks;
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIP(address) === 4 ? "ipv4" : "ipv6";
}

/** An IPv4 address that comes as IPv6 is judged as what it is. */
function covers(networks: Networks, given: string): boolean {
  const address = unmapped(given);
  return networks[familyOf(address)].check(address, familyOf(address));
}

/** `::ffff:10.0.0.1` and `::ffff:a00:1` are 10.0.0.1. */
function unmapped(address: string): string {
  const dotted = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (dotted !== undefined) return dotted;
  const [, high, low] = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/i.exec(address) ?? [];
  if (high === undefined || low === undefined) return address;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return [a >> 8, a & 255, b >> 8, b & 255].join(".");
}

/** `[::1]` as `::1`; a zone or a dot at the end makes no other host. */
const plainHost = (host: string): string =>
  host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/%.*$/, "")
    .replace(/\.$/, "");

const resolveHost = async (host: string): Promise<string[]> =>
  (await lookup(host, { all: true, verbatim: true })).map(({ address }) => address);

async function inTime(host: string, resolve: (host: string) => Promise<readonly string[]>, timeoutMs: number) {
  const over = new AbortController();
  try {
    const late = sleep(timeoutMs, over.signal).then(() => undefined);
    const addresses = await Promise.race([resolve(host), late]);
    if (addresses) return addresses;
  } catch (error) {
    throw unresolved(host, messageOf(error), error);
  } finally {
    over.abort();
  }
  throw unresolved(host, `no answer within ${timeoutMs / 1000} s`);
}

const unresolved = (host: string, why: string, cause?: unknown) =>
  new PaveError("network.failed", `The name ${host} cannot be resolved: ${why}`, {
    fix: "Check the name and the server's DNS.",
    cause,
  });
