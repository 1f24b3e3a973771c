#!/usr/bin/env bash
# Runs a command beside a throw-away PostgreSQL, whose address the command finds in WAKEFUL_TEST_POSTGRES.
set -eu

if [ $# -eq 0 ]; then
  echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]" >&2
  exit 64
fi
# A developer who keeps a server running passes its address: nothing is started then.
if [ -n "${WAKEFUL_TEST_POSTGRES:-}" ]; then
  exec "$@"
fi

bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
if [ ! -x "$bin/postgres" ]; then
  echo "with-postgres: PostgreSQL is missing. Install it with: sudo apt-get install postgresql" >&2
  exit 69
fi

# Not TMPDIR: a socket's path has at most 107 bytes, and the server's own account must reach it.
dir=$(mktemp -d /tmp/wakeful-pg.XXXXXX)
as=()
if [ "$(id -u)" -eq 0 ]; then # PostgreSQL refuses to run as root
  user=$(id -u postgres 2>/dev/null || echo 65534)
  group=$(id -g postgres 2>/dev/null || echo 65534)
  chown "$user:$group" "$dir"
  as=(setpriv --reuid "$user" --regid "$group" --clear-groups)
  # Seen on machines whose /dev/null was made anew under a umask: initdb then stops half-way, with a message about no file of ours.
  if ! "${as[@]}" sh -c ': >/dev/null' 2>/dev/null; then
    echo "with-postgres: only root may write to /dev/null here; giving it its usual mode 0666" >&2
    chmod 0666 /dev/null
  fi
fi

server=
stop() {
  status=$?
  trap - EXIT INT TERM HUP
  if [ -n "$server" ]; then
    kill -QUIT "$server" 2>/dev/null || true # the data are thrown away: no orderly shutdown
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$dir"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
trap 'exit 129' HUP

if ! "${as[@]}" "$bin/initdb" -D "$dir/data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >"$dir/log" 2>&1; then
  cat "$dir/log" >&2
  exit 70
fi

# No TCP port: the socket in a folder of mode 0700 cannot collide with another server, and no other account reaches it.
# The parent-death signal stops the server even when this script is killed outright.
"${as[@]}" setpriv --pdeathsig QUIT "$bin/postgres" -D "$dir/data" -k "$dir" -p 5432 \
  -c listen_addresses= -c unix_socket_permissions=0700 -c max_connections=300 \
  -c fsync=off -c synchronous_commit=off -c full_page_writes=off >>"$dir/log" 2>&1 </dev/null &
server=$!

for _ in $(seq 300); do
  if "$bin/pg_isready" -q -h "$dir" -p 5432; then break; fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
if ! "$bin/pg_isready" -q -h "$dir" -p 5432; then
  echo "with-postgres: PostgreSQL did not start:" >&2
  cat "$dir/log" >&2
  exit 70
fi

export WAKEFUL_TEST_POSTGRES="postgres://postgres@localhost:5432/?host=$dir"
"$@"
