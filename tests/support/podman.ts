import { execFile, execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { cp, mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const execute = promisify(execFile);

/** Runs `podman …`; gives what it printed, and throws unless it ends well. */
export type Podman = (...args: readonly string[]) => Promise<string>;

/**
 * Podman with a store of its own, in a network of its own so that nothing of it touches this machine's. runc, cgroupfs
 * and lower limits are what machines without systemd and with cgroups of both versions need.
 */
export async function openPodman(folder: string): Promise<{ podman: Podman; close(): Promise<void> }> {
  const conf = join(folder, "containers.conf");
  await writeFile(
    conf,
    `[containers]
default_ulimits = ["nofile=16384:16384","nproc=8192:8192"]
log_driver = "k8s-file"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
`,
  );
  const namespace = `pave-${process.pid}`;
  execFileSync("ip", ["netns", "add", namespace]);
  execFileSync("ip", ["-n", namespace, "link", "set", "lo", "up"]);
  const store = ["--root", join(folder, "store"), "--runroot", join(folder, "run")];
  const podman: Podman = async (...args) => {
    const command = ["--net=/run/netns/".concat(namespace), "podman", ...store, ...args];
    const { stdout } = await execute("nsenter", command, {
      env: { ...process.env, CONTAINERS_CONF: conf },
      maxBuffer: 64 * 2 ** 20,
    });
    return stdout.trim();
  };
  return {
    podman,
    async close() {
      await podman("rm", "--all", "--force", "--time", "5").catch(() => "");
      await podman("system", "reset", "--force").catch(() => "");
      execFileSync("ip", ["netns", "delete", namespace]);
    },
  };
}

export const hasPodman = (): boolean =>
  process.getuid?.() === 0 &&
  ["/usr/bin/podman", "/usr/sbin/runc", "/usr/bin/nsenter"].every((path) => existsSync(path));

const programs = ["sh", "cp", "cat", "mkdir", "rm", "ls", "chown", "id", "env", "sleep"].map(
  (name) => `/usr/bin/${name}`,
);
const python = "/usr/lib/python3.11";

/**
 * Makes the image that the Containerfile builds on, from programs of this machine: Node, npm, Python, a shell. Nothing can
 * be pulled in a test, so it stands in for Debian's slim image with Node.
 */
export async function makeBaseImage(podman: Podman, folder: string, name: string): Promise<void> {
  const base = join(folder, "base");
  const place = (path: string) => join(base, path);
  for (const path of ["usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "etc", "tmp", "root", "proc", "sys", "dev"])
    await mkdir(place(path), { recursive: true });
  for (const path of ["bin", "sbin", "lib", "lib64"]) await symlink(`usr/${path}`, place(path));
  await cp(process.execPath, place("usr/bin/node"));
  await cp("/usr/bin/catatonit", place("usr/bin/tini"));
  await cp("/usr/bin/python3.11", place("usr/bin/python3.11"));
  await symlink("python3.11", place("usr/bin/python3"));
  for (const path of programs) await cp(path, place(path), { dereference: true });
  await cp(python, place(python), { recursive: true, filter: (path) => !/\/(test|__pycache__|idlelib)$/.test(path) });
  const npm = dirname(dirname(execFileSync("readlink", ["-f", "/usr/bin/npm"], { encoding: "utf8" }).trim()));
  await cp(npm, place("usr/lib/node_modules/npm"), { recursive: true });
  await symlink("../lib/node_modules/npm/bin/npm-cli.js", place("usr/bin/npm"));
  await copyLibraries(place);
  await writeFile(place("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  await writeFile(place("etc/group"), "root:x:0:\n");
  const tar = join(folder, "base.tar");
  await execute("tar", ["-C", base, "-cf", tar, "."]);
  await podman("import", "--quiet", tar, name);
  await rm(tar);
}

/** What the programs are linked with, and all of the C library: what npm installs is linked with other parts of it. */
async function copyLibraries(place: (path: string) => string): Promise<void> {
  const modules = (await readdir(join(python, "lib-dynload"))).map((name) => join(python, "lib-dynload", name));
  const { stdout } = await execute("ldd", [
    ...[process.execPath, "/usr/bin/python3.11", ...programs],
    ...modules.filter((path) => path.endsWith(".so")),
  ]);
  const { stdout: packages } = await execute("dpkg", ["-L", "libc6", "libstdc++6", "libgcc-s1"]);
  const libraries = packages.split("\n").filter((path) => /^\/lib\/[^/]+\/[^/]+\.so[.\d]*$/.test(path));
  const found = new Set([
    ...libraries,
    ...[...stdout.matchAll(/(\/\S+\.so[.\d]*)(?= \()/g)].map(([, path = ""]) => path),
  ]);
  for (const path of found) {
    await mkdir(dirname(place(path)), { recursive: true });
    await cp(path, place(path), { dereference: true });
  }
}
