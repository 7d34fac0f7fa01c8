import { type ChildProcess, execFile, spawn } from "node:child_process";
import { chmod, chown, copyFile, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { createConnection as connectMysql } from "mysql2/promise";
import pg from "pg";
import { startEmbeddedPostgres } from "../../packages/server/src/drivers/postgres/index.ts";
import { removeReachableRoot } from "../../packages/server/src/drivers/process/reachable.ts";
import type { CertificateFiles } from "../../packages/server/src/drivers/tls/certificate.ts";
import { silentLogger } from "../../packages/server/src/kernel/logger.ts";
import { eventually } from "./eventually.ts";
import { pythonClient } from "./python-client.ts";

const run = promisify(execFile);

/** A real server with data in it, on loopback and in a folder of its own. */
export interface DataServer {
  readonly port: number;
  /** As its administrator. */
  ask(statement: string): Promise<unknown>;
  stop(): Promise<void>;
}

export async function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** The embedded PostgreSQL, reached as a warehouse is: over TCP, with a password; with a certificate, over TLS too. */
export async function startPostgresServer(database: string, tls?: CertificateFiles): Promise<DataServer> {
  const dataFolder = await mkdtemp(join(tmpdir(), "pave-warehouse-"));
  const port = await freePort();
  const transport = { kind: "loopback", port } as const;
  const server = await startEmbeddedPostgres({ dataFolder, log: silentLogger, durable: false, transport });
  const ask = async (statement: string, name = database) => {
    const client = new pg.Client({ ...server.connection, database: name });
    await client.connect();
    try {
      return (await client.query(statement)).rows;
    } finally {
      await client.end();
    }
  };
  await ask(`create database ${database}`, "postgres");
  if (tls) {
    const [{ folder }] = (await ask("select current_setting('data_directory') as folder")) as [{ folder: string }];
    const { certFile, keyFile } = await ownCopies(tls, folder);
    await ask(`alter system set ssl_cert_file = '${certFile}'`);
    await ask(`alter system set ssl_key_file = '${keyFile}'`);
    await ask("alter system set ssl = on");
    await ask("select pg_reload_conf()");
  }
  return {
    port,
    ask,
    async stop() {
      await server.stop();
      await removeReachableRoot(dataFolder).catch(() => undefined);
      await rm(dataFolder, { recursive: true, force: true });
    },
  };
}

/** Debian's MariaDB; with a certificate, over TLS too. */
export async function startMariadbServer(database: string, tls?: CertificateFiles): Promise<DataServer> {
  const folder = await mkdtemp(join(tmpdir(), "pave-mariadb-"));
  const [data, socket, port] = [join(folder, "data"), join(folder, "socket"), await freePort()];
  const isRoot = process.getuid?.() === 0;
  const user = isRoot ? ["--user=mysql"] : [];
  if (isRoot) await run("chown", ["mysql", folder]);
  await run("mariadb-install-db", [
    "--no-defaults",
    ...user,
    `--datadir=${data}`,
    "--auth-root-authentication-method=normal",
    "--skip-test-db",
  ]);
  const own = tls ? await ownCopies(tls, data) : undefined;
  const server = await startProcess("/usr/sbin/mariadbd", [
    "--no-defaults",
    ...user,
    `--datadir=${data}`,
    `--socket=${socket}`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=0",
    "--innodb-buffer-pool-size=32M",
    ...(own ? [`--ssl-cert=${own.certFile}`, `--ssl-key=${own.keyFile}`] : []),
  ]);
  const ask = async (statement: string, name: string | undefined = database) => {
    const client = await connectMysql({
      socketPath: socket,
      user: "root",
      multipleStatements: true,
      ...(name ? { database: name } : {}),
    });
    try {
      return (await client.query(statement))[0];
    } finally {
      await client.end();
    }
  };
  await eventually(
    "MariaDB",
    () => ask("select 1", "").catch(() => undefined),
    (found) => found !== undefined,
    60_000,
  );
  await ask(`create database ${database} character set utf8mb4`, "");
  return {
    port,
    ask: (statement) => ask(statement),
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** A server reads no key that others own. */
async function ownCopies(files: CertificateFiles, folder: string): Promise<CertificateFiles> {
  const { uid, gid } = await stat(folder);
  const own = { certFile: join(folder, "server.pem"), keyFile: join(folder, "server.key") };
  for (const name of ["certFile", "keyFile"] as const) {
    await copyFile(files[name], own[name]);
    await chmod(own[name], 0o600);
    await chown(own[name], uid, gid);
  }
  return own;
}

export interface S3Server extends Omit<DataServer, "ask"> {
  put(path: string, bytes: string | Uint8Array): Promise<void>;
}

/** SeaweedFS, which has users and rights as S3 has. */
export async function startS3Server(identities: readonly object[]): Promise<S3Server> {
  const python = await pythonClient("seaweedfs");
  const folder = await mkdtemp(join(tmpdir(), "pave-seaweedfs-"));
  const config = join(folder, "s3.json");
  await mkdir(join(folder, "data"));
  await writeFile(config, JSON.stringify({ identities }));
  await chmod(config, 0o600);
  const [port, master, volume, filer] = [await lowPort(), await lowPort(), await lowPort(), await lowPort()];
  const server = await startProcess(join(dirname(python), "weed"), [
    "server",
    ...[
      "-ip=127.0.0.1",
      "-ip.bind=127.0.0.1",
      `-dir=${join(folder, "data")}`,
      "-volume.max=60",
      "-master.volumeSizeLimitMB=32",
    ],
    ...[`-master.port=${master}`, `-volume.port=${volume}`, "-filer", `-filer.port=${filer}`],
    ...["-s3", `-s3.port=${port}`, `-s3.config=${config}`, "-s3.iam=false"],
    // their usual ports are the same for every server, so a second one would not start
    ...["-s3.port.iceberg=0", "-s3.port.lance=0"],
  ]);
  const put: S3Server["put"] = async (path, bytes) => {
    const form = new FormData();
    form.set("file", new Blob([bytes]));
    const answer = await fetch(`http://127.0.0.1:${filer}/buckets/${path}`, { method: "POST", body: form });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  await eventually(
    "SeaweedFS",
    () =>
      put("probe/file", "x").then(
        () => true,
        () => false,
      ),
    (isUp) => isUp,
    60_000,
  );
  await eventually(
    "its S3",
    () =>
      fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      ),
    (isUp) => isUp,
    60_000,
  );
  return {
    port,
    put,
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** gRPC of SeaweedFS listens 10000 above. */
async function lowPort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const isFree = await new Promise<boolean>((resolve) => {
      const server = createServer().once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
    });
    if (isFree) return port;
  }
}

async function startProcess(program: string, args: readonly string[]): Promise<{ stop(): Promise<void> }> {
  const child: ChildProcess = spawn(program, [...args], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => child.once("close", () => resolve()));
  child.once("error", () => undefined);
  return {
    async stop() {
      const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
      if (child.exitCode === null) child.kill("SIGTERM");
      await ended;
      clearTimeout(timer);
    },
  };
}
