import { expect, test } from "vitest";
import { kindOfAddress, resolvePlace } from "./address.ts";

test.each([
  ["93.184.216.34", "public"],
  ["2606:2800:220:1::1", "public"],
  ["10.1.2.3", "private"],
  ["fd12::1", "private"],
  ["127.0.0.1", "loopback"],
  ["127.9.9.9", "loopback"],
  ["::1", "loopback"],
  ["::ffff:127.0.0.1", "loopback"],
  ["::ffff:7f00:1", "loopback"],
  ["64:ff9b::7f00:1", "loopback"],
  ["0.0.0.0", "forbidden"],
  ["::", "forbidden"],
  ["169.254.169.254", "forbidden"],
  ["::ffff:169.254.169.254", "forbidden"],
  ["fd00:ec2::254", "forbidden"],
  ["fe80::1%eth0", "forbidden"],
  ["224.0.0.1", "forbidden"],
  ["not an address", "forbidden"],
])("%s is %s", (address, kind) => {
  expect(kindOfAddress(address)).toBe(kind);
});

test("a name is judged by what it stands for, and pinned to it", async () => {
  expect(await resolvePlace("localhost", { allowLoopback: true })).toMatchObject({
    host: "localhost",
    kind: "loopback",
  });
  await expect(resolvePlace("localhost", { allowLoopback: false })).rejects.toMatchObject({ kind: "address" });
  await expect(resolvePlace("[::ffff:169.254.169.254]", { allowLoopback: true })).rejects.toMatchObject({
    kind: "address",
  });
  await expect(resolvePlace("10.0.0.1", { allowLoopback: true, publicOnly: true })).rejects.toMatchObject({
    kind: "address",
  });
  await expect(resolvePlace("nowhere.invalid", { allowLoopback: true })).rejects.toMatchObject({ code: "ENOTFOUND" });
});
