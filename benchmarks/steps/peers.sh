# What one would put together else: Fastify with PostgreSQL, and with Redis Streams. benchmarks/peers/ has the programs and
# their settings; the databases run on folders of their own beside the data, and end with the round.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

# Debian keeps the server's programs off the path.
postgres_bin() {
    local found
    found=$(command -v postgres || find /usr/lib/postgresql -path '*/bin/postgres' 2> /dev/null | sort -V | tail -1) || true
    dirname "$(readlink -f "${found:-/}")"
}

# Whether all is there for PEER; says what is not.
peers_have() {
    case $1 in
    postgres)
        [ -x "$(postgres_bin)/initdb" ] || { say 'PostgreSQL is missing (make deps-bench): left out'; return 1; }
        as_other test -x "$tmp" ||
            { say "PostgreSQL's user cannot reach $tmp (BENCH_DIR names another place): left out"; return 1; }
        ;;
    redis) has redis-server || { say 'redis-server is missing (make deps-bench): left out'; return 1; } ;;
    node)
        if ! has node || ! has npm; then say 'node or npm is missing (make deps-test): peers are left out'; return 1; fi
        [ -d "$here/peers/node_modules" ] ||
            npm ci --prefix "$here/peers" --no-audit --no-fund --ignore-scripts --loglevel=error > /dev/null ||
            { say "the peers' packages could not be fetched: left out"; return 1; }
        ;;
    esac
}

# PostgreSQL refuses to be root. Words before a command, so that what runs is the command itself.
other=$(id -un) as=()
if [ "$(id -u)" = 0 ]; then
    other=$(id -un postgres 2> /dev/null || echo nobody)
    as=(setpriv --reuid "$other" --regid "$(id -g "$other")" --clear-groups --)
fi
as_other() { "${as[@]}" "$@"; }

# start_postgres [COMMAND BEFORE IT…]: a new cluster, in $services.
start_postgres() {
    local folder=$tmp/postgres
    rm -rf "$folder"
    mkdir "$folder"
    chown "$other" "$folder"
    as_other "$(postgres_bin)/initdb" --pgdata "$folder/data" --username "$other" --auth trust --encoding UTF8 --locale C \
        --no-sync > /dev/null
    cat "$here/peers/postgresql.conf" >> "$folder/data/postgresql.conf"
    sync -f "$folder"
    "$@" "${as[@]}" "$(postgres_bin)/postgres" -D "$folder/data" -k "$folder" 2> "$tmp/postgres.log" 9>&- &
    services+=($!)
    for _ in $(seq 200); do
        postgres_do 'SELECT 1' > /dev/null 2>&1 && return
        sleep 0.05
    done
    echo 'benchmarks: PostgreSQL did not start' >&2
    cat "$tmp/postgres.log" >&2
    exit 1
}

# As the other user: the socket's folder is his.
postgres_do() { as_other "$(postgres_bin)/psql" -h "$tmp/postgres" -d postgres -qAtX -v ON_ERROR_STOP=1 -c "$1"; }

start_redis() {
    local folder=$tmp/redis
    rm -rf "$folder"
    mkdir "$folder"
    redis-server "$here/peers/redis.conf" --dir "$folder" --unixsocket "$folder/socket" > "$tmp/redis.log" 2>&1 9>&- &
    services+=($!)
    for _ in $(seq 200); do
        [ -S "$folder/socket" ] && return
        sleep 0.05
    done
    echo 'benchmarks: Redis did not start' >&2
    cat "$tmp/redis.log" >&2
    exit 1
}

peer_measure() {
    measure "peers $1 connections" --connections "$1" --size "$size" --bodies "$(bodies_for "$1")" \
        --percentiles "$percentiles/$label-$1.hgrm"
}

# Each server with a new, empty store, at each number of connections one after the other.
peers_round() {
    local connections
    new_data "peers-$round"
    start_daemon
    for connections in 1 64 256; do peer_measure "$connections"; done
    stop_server
    rm -rf "$data"
    if [ -n "$with_postgres" ]; then
        start_postgres
        start postgres node "$here/peers/postgres.mjs" "$tmp/postgres" "$other"
        for connections in 1 64 256; do most_per_second=12000 peer_measure "$connections"; done
        stop_server
        rm -rf "$tmp/postgres"
    fi
    if [ -n "$with_redis" ]; then
        start_redis
        start redis node "$here/peers/redis.mjs" "$tmp/redis/socket"
        for connections in 1 64 256; do most_per_second=25000 peer_measure "$connections"; done
        stop_server
        rm -rf "$tmp/redis"
    fi
}

step_peers() {
    local with_postgres='' with_redis=''
    peers_have node || return 0
    peers_have postgres && with_postgres=yes
    peers_have redis && with_redis=yes
    jq -n --arg node "$(node --version)" --arg postgres "$("$(postgres_bin)/postgres" --version 2> /dev/null)" \
        --arg redis "$(redis-server --version 2> /dev/null | cut -d' ' -f1-3)" \
        --argjson packages "$(jq .dependencies "$here/peers/package.json")" \
        '{node: $node, postgres: $postgres, redis: $redis, packages: $packages}' | keep 'versions of the peers'
    each_round 'beside the peers' peers_round
}

# ---- COPY, beside our export ----

# The medium store's payloads in the peer's table, in memory, on one core.
copy_begin() {
    start_postgres taskset -c 0
    postgres_do 'CREATE TABLE events (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        received_at timestamptz NOT NULL DEFAULT now(), type text, agent text, conversation text, lead text, visitor text,
        payload jsonb NOT NULL)'
    say "loading $medium payloads into PostgreSQL"
    # Each byte that NDJSON does not have separates, quotes nothing: a line is a value.
    "$bench/generate" --count "$medium" --size "$size" |
        as_other "$(postgres_bin)/psql" -h "$tmp/postgres" -d postgres -qX -v ON_ERROR_STOP=1 -c "COPY events (payload) FROM STDIN WITH (FORMAT csv, DELIMITER E'\\x01', QUOTE E'\\x02')"
    postgres_do "UPDATE events SET type = payload->>'event', agent = payload->>'agent_id',
        conversation = payload->'conversation'->>'id', lead = payload->'lead'->>'id',
        visitor = payload->'visitor'->>'visitor_id'"
    postgres_do 'VACUUM FULL ANALYZE events'
    postgres_do "SELECT sum(length(payload::text)) FROM events" > /dev/null
}

copy_round() {
    local ticks begin spent cpu
    rm -f "$tmp/postgres/copy"
    ticks=$(cpu_ticks) begin=${EPOCHREALTIME/./}
    postgres_do "COPY (SELECT * FROM events ORDER BY seq) TO '$tmp/postgres/copy'"
    spent=$((${EPOCHREALTIME/./} - begin))
    cpu=$(($(cpu_ticks) - ticks))
    keep_run 'export by COPY' "$(awk -v us="$spent" 'BEGIN { print us / 1e6 }')" \
        "$(awk -v t="$cpu" -v h="$(getconf CLK_TCK)" 'BEGIN { print t / h }')"
}

# Not by each_round, which stops the servers.
copy_rounds() {
    for round in $(seq "$repeats"); do
        lock
        say "export by COPY, round $round of $repeats"
        copy_round
        unlock
    done
    round=0
    stop_server
    rm -rf "$tmp/postgres"
}
