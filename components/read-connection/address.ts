/*
 * Where a connection may lead. Whoever makes one names a host, and a runner stands inside of a network: so what a name
 * stands for is looked up once, judged, and then connected to by its address, which cannot be another one by then.
 */
import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import { ConnectionFailure } from "./failure.ts";

const list = (...ranges: readonly string[]): BlockList => {
  const block = new BlockList();
  for (const range of ranges) {
    const [address = "", bits = ""] = range.split("/");
    block.addSubnet(address, Number(bits), isIP(address) === 6 ? "ipv6" : "ipv4");
  }
  return block;
};
const loopback = list("127.0.0.0/8", "::1/128");
// also where clouds tell a machine its credentials
const forbidden = list(
  ...["0.0.0.0/8", "169.254.0.0/16", "100.100.100.200/32", "192.0.0.0/24", "224.0.0.0/3", "::/128"],
  ...["fe80::/10", "fd00:ec2::254/128", "ff00::/8", "64:ff9b:1::/48"],
);
const inner = list("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7");

export type AddressKind = "public" | "private" | "loopback" | "forbidden";

export function kindOfAddress(address: string): AddressKind {
  const plain = unmapped(address);
  const family = isIP(plain) === 6 ? "ipv6" : "ipv4";
  if (isIP(plain) === 0 || forbidden.check(plain, family)) return "forbidden";
  if (loopback.check(plain, family)) return "loopback";
  return inner.check(plain, family) ? "private" : "public";
}

/** `::ffff:127.0.0.1`, however it is written, and NAT64's 64:ff9b::7f00:1 are IPv4 addresses. */
function unmapped(address: string): string {
  if (isIP(address) !== 6) return address;
  const { hostname } = new URL(`http://[${address.split("%")[0]}]/`);
  const found = /^\[(?:::ffff:|64:ff9b::)([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname);
  if (!found) return hostname.slice(1, -1);
  const [high, low] = [Number.parseInt(found[1] ?? "", 16), Number.parseInt(found[2] ?? "", 16)];
  return [high >> 8, high & 255, low >> 8, low & 255].join(".");
}

export interface Place {
  readonly host: string;
  readonly address: string;
  readonly kind: AddressKind;
}

/** The address that a host stands for; refused where any that it stands for is out of bounds. */
export async function resolvePlace(
  host: string,
  { allowLoopback, publicOnly = false }: { readonly allowLoopback: boolean; readonly publicOnly?: boolean },
): Promise<Place> {
  const bare = host.replace(/^\[|\]$/g, "");
  const addresses = isIP(bare) ? [bare] : (await lookup(bare, { all: true })).map(({ address }) => address);
  for (const address of addresses) {
    const kind = kindOfAddress(address);
    if (kind === "forbidden")
      throw new ConnectionFailure(
        "address",
        `${host} is ${address}, an address that no connection may lead to`,
        "name the host of the data itself; addresses of one machine or link, where clouds keep credentials, are never allowed",
      );
    if (kind === "loopback" && !allowLoopback)
      throw new ConnectionFailure(
        "address",
        `${host} is ${address}, this platform's own machine`,
        "name another host; on a platform for one person, or where PAVE_LOOPBACK_CONNECTIONS=true is set for the api, it is allowed",
      );
    if (publicOnly && kind !== "public")
      throw new ConnectionFailure(
        "address",
        `${host} is ${address}, a private address that a public one redirects to`,
        "add the connection with the URL that is meant",
      );
  }
  const [address] = addresses;
  if (address === undefined) throw new ConnectionFailure("host", `${host}: the host is not known`, "correct the host");
  return { host: bare, address, kind: kindOfAddress(address) };
}
