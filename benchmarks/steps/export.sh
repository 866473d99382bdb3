# The nightly export: files beside each other, a database beside COPY alone, its memory, and what ingest feels of it.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

# What the next export writes goes there; nothing is left of the one before.
exports_to() { rm -rf "$tmp/export"; echo "$tmp/export"; }
written_bytes() { find "$tmp/export" -name 'events-*' -printf '%s\n' | awk '{ sum += $1 } END { printf "%.0f", sum }'; }

# keep_files NAME WALL CPU: a run into files, with what they take.
keep_files() {
    keep_run "$@"
    jq -nc --argjson bytes "$(written_bytes)" --argjson n "$medium" '{file_bytes: $bytes, bytes_per_event: ($bytes / $n)}' |
        keep "$1, files"
}

# one_core NAME FORMAT CODEC: all events, on one core.
one_core() {
    local to spent
    to=$(exports_to)
    spent=$(seconds_of taskset -c 0 "$out/hooktrail" export --data "$data" --to "$to" --tables events --format "$2" \
        --compress "$3")
    # shellcheck disable=SC2086 # two numbers
    keep_files "$1" $spent
}

export_round() {
    one_core export ndjson none
    one_core 'export Parquet, zstd' parquet zstd
    one_core 'export NDJSON, zstd' ndjson zstd
}

# ---- memory ----

# export_memory EVENTS: the most that RssAnon was while all tables of the store were exported.
export_memory() {
    "$out/hooktrail" export --data "$data" --to "$(exports_to)" > /dev/null 2>&1 9>&- &
    local exporter=$!
    watch_memory "$exporter" "$tmp/never" > "$tmp/most"
    wait "$exporter"
    jq -n --argjson kb "$(cat "$tmp/most")" --argjson stored "$1" '{kilobytes: $kb, stored: $stored}' | keep 'memory, export'
}

memory_of_export() {
    lock
    say "the export's memory"
    small_store
    export_memory "$small"
    medium_store
    export_memory "$medium"
    unlock
}

# ---- PostgreSQL, beside COPY of the same rows ----

# keep_with_server NAME TICKS WALL CPU: the server's time, since its ticks were TICKS, belongs to it too.
keep_with_server() {
    keep_run "$1" "$3" "$(awk -v c="$4" -v t="$(($(cpu_ticks) - $2))" -v h="$(getconf CLK_TCK)" 'BEGIN { print c + t / h }')"
}

# with_server NAME COMMAND…
with_server() {
    local name=$1 ticks spent
    shift
    postgres_do CHECKPOINT
    ticks=$(cpu_ticks)
    spent=$(seconds_of "$@")
    # shellcheck disable=SC2086 # two numbers
    keep_with_server "$name" "$ticks" $spent
}

copy_rows() { postgres_do 'COPY alone FROM STDIN' < "$tmp/rows"; }

# The rows come out of the first export; the table has the keys of the exported one.
postgres_round() {
    postgres_do 'DROP SCHEMA IF EXISTS hooktrail CASCADE'
    with_server 'export to PostgreSQL' "$out/hooktrail" export --data "$data" --tables events \
        --to "postgresql://$other@/postgres?host=$tmp/postgres"
    if [ ! -e "$tmp/rows" ]; then
        postgres_do 'CREATE TABLE alone (LIKE hooktrail.events INCLUDING ALL)'
        postgres_do 'COPY hooktrail.events TO STDOUT' > "$tmp/rows"
    fi
    postgres_do 'TRUNCATE alone'
    with_server 'COPY into PostgreSQL' copy_rows
}

postgres_rounds() {
    start_postgres
    for round in $(seq "$repeats"); do
        lock
        say "export to PostgreSQL beside COPY, round $round of $repeats"
        postgres_round
        unlock
    done
    round=0
    stop_server
    rm -rf "$tmp/postgres" "$tmp/rows"
}

# ---- ingest beside an export ----

# Until it is told to end, all events into files, again and again.
keep_exporting() {
    while [ ! -e "$tmp/enough" ]; do
        "$out/hooktrail" export --data "$data" --to "$(exports_to)" --tables events > /dev/null 2>&1 9>&-
    done
}

# ingest_at_rate NAME: in an open loop, as in the step latency.
ingest_at_rate() {
    local seconds=$open_seconds
    measure "$1" --connections 64 --size "$size" --rate "$beside_rate" --bodies "$((beside_rate * (seconds + 2)))"
}

beside_round() {
    start_daemon
    ingest_at_rate 'ingest without an export'
    rm -f "$tmp/enough"
    keep_exporting &
    local exporter=$!
    ingest_at_rate 'ingest beside an export'
    touch "$tmp/enough"
    wait "$exporter"
}

# On a copy, for it grows.
ingest_beside_export() {
    local beside_rate=2000
    cp -r "$tmp/medium" "$tmp/beside"
    use_data "$tmp/beside" "$tmp/medium.secrets" "$medium"
    each_round "ingest beside an export, $beside_rate/s" beside_round
    rm -rf "$tmp/beside"
}

# The last part has PostgreSQL, if it is there, read the same payloads out of its own table, on the same core.
step_export() {
    medium_store
    "$out/hooktrail" verify --without-index --data "$data" > /dev/null 2>&1
    each_round export export_round
    memory_of_export
    ingest_beside_export
    rm -rf "$tmp/export"
    medium_store
    if ! peers_have postgres; then return; fi
    postgres_rounds
    lock
    copy_begin
    unlock
    copy_rounds
}
