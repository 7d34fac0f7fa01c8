import { describe, expect, it } from "vitest";
import { createAddressGuard, isAllowEntry } from "./address-guard.ts";

const never = async () => {
  throw new Error("asked for an address");
};

describe("without an allow-list", () => {
  const guard = createAddressGuard({ allow: [], resolve: never });
  it.each([
    "127.0.0.1",
    "127.8.9.1",
    "0.0.0.0",
    "10.1.2.3",
    "172.31.255.255",
    "192.168.0.1",
    "100.64.0.1",
    "169.254.169.254",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "[::1]",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:169.254.169.254",
    "::7f00:1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "ff02::1",
    "2001:db8::1",
  ])("%s is refused", async (address) => {
    await expect(guard.addressesOf(address)).rejects.toMatchObject({
      code: "network.refused",
      fix: expect.stringContaining("PAVE_OUTBOUND_ALLOW"),
    });
  });

  it.each(["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a00:1450:4001::1"])(
    "%s is fine",
    async (address) => {
      expect(await guard.addressesOf(address)).toEqual([address]);
    },
  );

  it("a public address that comes as IPv6 is used as what it is", async () => {
    expect(await guard.addressesOf("::ffff:808:808")).toEqual(["8.8.8.8"]);
  });

  it.each([
    "http://0x7f.1/",
    "http://2130706433/",
    "http://017700000001/",
    "http://127.1/",
    "http://[::ffff:127.0.0.1]/",
  ])("%s is refused, however its address is written", async (url) => {
    await expect(guard.addressesOf(new URL(url).hostname)).rejects.toMatchObject({ code: "network.refused" });
  });
});

describe("a name", () => {
  const guardOf = (addresses: string[], allow: string[] = []) =>
    createAddressGuard({ allow, resolve: async () => addresses });

  it("with one private address among public ones is refused, and the address said", async () => {
    await expect(guardOf(["1.1.1.1", "10.0.0.1"]).addressesOf("mixed.example")).rejects.toThrow(
      "mixed.example leads to 10.0.0.1, which is no public address",
    );
  });

  it.each([
    [["10.0.0.0/8"], true],
    [["10.0.0.1"], true],
    [["10.1.0.0/16"], false],
    [["hooks.corp.example"], true],
    [["*.corp.example"], true],
    [["corp.example"], false],
    [["*.hooks.corp.example"], false],
  ])("of a private address is allowed by %j: %s", async (allow, allowed) => {
    const looked = guardOf(["10.0.0.1"], allow).addressesOf("Hooks.corp.example.");
    if (allowed) expect(await looked).toEqual(["10.0.0.1"]);
    else await expect(looked).rejects.toMatchObject({ code: "network.refused" });
  });

  it("that has no address, fails, or takes too long is said", async () => {
    await expect(guardOf([]).addressesOf("none.example")).rejects.toMatchObject({ code: "network.failed" });
    await expect(createAddressGuard({ allow: [], resolve: never }).addressesOf("x.example")).rejects.toThrow(
      "The name x.example cannot be resolved: asked for an address",
    );
    const slow = createAddressGuard({ allow: [], resolve: () => new Promise(() => undefined) });
    await expect(slow.addressesOf("x.example", { timeoutMs: 20 })).rejects.toThrow("no answer within 0.02 s");
  });
});

it.each([
  ["10.0.0.0/8", true],
  ["fd00::/8", true],
  ["hooks.corp.example", true],
  ["*.corp.example", true],
  ["localhost", true],
  ["10.0.0.0/33", false],
  ["10.0.0", false],
  ["https://hooks.example", false],
  ["", false],
])("%j on an allow-list: %s", (text, is) => expect(isAllowEntry(text)).toBe(is));
