# For whole-program tests that need PostgreSQL: a server of their own, on a socket in $SCRATCH. Source it behind lib.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # $SCRATCH and what tests use
POSTGRES_BIN=$(find /usr/lib/postgresql -path '*/bin/postgres' 2> /dev/null | sort -V | tail -1)
POSTGRES_BIN=$(dirname "${POSTGRES_BIN:-/nowhere/postgres}")
POSTGRES_DIR=$SCRATCH/postgres
POSTGRES_URL="postgresql://tester@/postgres?host=$POSTGRES_DIR"
POSTGRES=

# PostgreSQL refuses to be root.
postgres_user=$(id -un) postgres_as=()
if [ "$(id -u)" = 0 ]; then
    postgres_user=$(id -un postgres 2> /dev/null || echo nobody)
    postgres_as=(setpriv --reuid "$postgres_user" --regid "$(id -g "$postgres_user")" --clear-groups --)
fi

# Makes the cluster: "tester" may do anything without a password, "guest" needs one ("open sesame@/").
make_postgres() {
    [ -x "$POSTGRES_BIN/initdb" ] || { echo 'Bail out! PostgreSQL is missing: make deps-test'; exit 1; }
    chmod 711 "$SCRATCH"
    mkdir "$POSTGRES_DIR"
    chown "$postgres_user" "$POSTGRES_DIR"
    chmod 755 "$POSTGRES_DIR"
    "${postgres_as[@]}" "$POSTGRES_BIN/initdb" --pgdata "$POSTGRES_DIR/data" --username tester --auth trust \
        --encoding UTF8 --locale C --no-sync > /dev/null
    cat >> "$POSTGRES_DIR/data/postgresql.conf" << X
listen_addresses = ''
shared_buffers = 64MB
X
    sed -i '1i local all guest scram-sha-256' "$POSTGRES_DIR/data/pg_hba.conf"
    start_postgres
    sql "CREATE ROLE guest LOGIN PASSWORD 'open sesame@/'"
}

start_postgres() {
    "${postgres_as[@]}" "$POSTGRES_BIN/postgres" -D "$POSTGRES_DIR/data" -k "$POSTGRES_DIR" >> "$SCRATCH/postgres.log" 2>&1 &
    POSTGRES=$!
    AT_END+=('stop_postgres -INT')
    for _ in $(seq 400); do
        sql 'SELECT 1' > /dev/null 2>&1 && return
        sleep 0.05
    done
    diag "$(tail -5 "$SCRATCH/postgres.log")"
    echo 'Bail out! PostgreSQL did not start'
    exit 1
}

# stop_postgres SIGNAL: -INT ends sessions, -KILL everything.
stop_postgres() {
    [ -n "$POSTGRES" ] || return 0
    local children=()
    [ "$1" = -KILL ] && mapfile -t children < <(ps -o pid= --ppid "$POSTGRES" | tr -d ' ')
    kill "$1" "$POSTGRES" "${children[@]}" 2> /dev/null
    wait "$POSTGRES" 2> /dev/null
    POSTGRES=
}

# sql STATEMENT…: unaligned rows.
sql() {
    local statements=()
    for statement; do statements+=(-c "$statement"); done
    psql -h "$POSTGRES_DIR" -U tester -d postgres -qAtX -v ON_ERROR_STOP=1 "${statements[@]}"
}
