/** How the server talks to us: a Unix socket in a closed folder, or loopback where sockets cannot be used. */
export type Transport =
  | { readonly kind: "socket"; readonly folder: string }
  | { readonly kind: "loopback"; readonly port: number };

/** The number in the socket's file name; nothing listens on that port. */
export const socketPort = 5432;

export const socketFile = (folder: string): string => `${folder}/.s.PGSQL.${socketPort}`;
export const socketLock = (folder: string): string => `${socketFile(folder)}.lock`;

/**
 * Settings of the embedded server: full durability, small memory (about 30 MB idle), made for one machine. They are
 * given on the command line, so a new Pave brings its own.
 */
export function serverSettings(transport: Transport, options: { durable: boolean }): Readonly<Record<string, string>> {
  return {
    ...(transport.kind === "socket"
      ? {
          listen_addresses: "",
          unix_socket_directories: transport.folder,
          unix_socket_permissions: "0700",
          port: String(socketPort),
        }
      : { listen_addresses: "127.0.0.1", unix_socket_directories: "", port: String(transport.port) }),
    cluster_name: "pave",
    max_connections: "60",
    // Taken as it is used. With 32 MB and a quarter of the log, batches of many keys came at two thirds of the rate:
    // pages were written to make room for others, and a checkpoint began every three seconds.
    shared_buffers: "128MB",
    work_mem: "8MB",
    maintenance_work_mem: "32MB",
    effective_cache_size: "512MB",
    // Worker processes that a small database does not need.
    max_parallel_workers_per_gather: "0",
    max_worker_processes: "4",
    autovacuum_max_workers: "2",
    io_method: "sync",
    jit: "off",
    // No replication from the embedded server.
    max_logical_replication_workers: "0",
    wal_level: "minimal",
    max_wal_senders: "0",
    max_wal_size: "1GB",
    min_wal_size: "64MB",
    wal_buffers: "8MB",
    timezone: "UTC",
    log_timezone: "UTC",
    log_checkpoints: "off",
    log_line_prefix: "%m [%p] ",
    // A failing statement may hold values that do not belong into a log file.
    log_min_error_statement: "panic",
    log_min_messages: "warning",
    ...(options.durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off" }),
  };
}
