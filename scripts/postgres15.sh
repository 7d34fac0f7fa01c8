#!/bin/bash
# Runs a command with PAVE_TEST_DATABASE_URL set to a throw-away PostgreSQL 15 of Debian, and removes it afterwards:
#   scripts/postgres15.sh npx vitest run packages/server/src/db
# Without a command it prints the URL and keeps the server until it is interrupted.
set -euo pipefail

bin=${PAVE_POSTGRES_BIN:-/usr/lib/postgresql/15/bin}
if [ ! -x "$bin/postgres" ]; then
  echo "error: $bin: expected PostgreSQL 15, found none; run: apt-get install -y postgresql-15" >&2
  exit 1
fi

# in memory where that has room: what no test wants to keep takes a tenth of the processor time there
parent=/tmp
if [ "$(df --output=avail -k /dev/shm 2>/dev/null | tail -1)" -gt 3000000 ] 2>/dev/null; then parent=/dev/shm; fi
folder=$(mktemp -d "$parent/pave-pg15-XXXXXX")
as=()
if [ "$(id -u)" = 0 ]; then
  # PostgreSQL refuses to run as root; the folder stays closed to everybody else.
  chown postgres "$folder"
  as=(runuser -u postgres --)
fi

stop() {
  (cd / && "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -s stop) >/dev/null 2>&1 || true
  rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

(
  cd /
  "${as[@]}" "$bin/initdb" -D "$folder/data" -U pave -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder.log" 2>&1
  "${as[@]}" "$bin/pg_ctl" -D "$folder/data" -w -s -l "$folder/server.log" start -o \
    "-k $folder -c listen_addresses= -c fsync=off -c max_connections=100 -c shared_buffers=64MB" >>"$folder.log" 2>&1
) || {
  cat "$folder.log" >&2
  exit 1
}
rm -f "$folder.log"

export PAVE_TEST_DATABASE_URL="postgres://pave@localhost:5432/postgres?host=$folder"
if [ $# -gt 0 ]; then
  "$@"
else
  echo "$PAVE_TEST_DATABASE_URL"
  sleep infinity &
  wait $!
fi
