#!/bin/bash
# run.sh OUT UNPROVEN: measures the programs in OUT beside a bare evhttp server, and beside those in UNPROVEN, which were
# built without Merkle tree and sealing, everything in this one run. benchmarks/README.md says what each number means. QUICK=1 takes some 40 seconds instead of 6 minutes and proves that it works, not more.
# Results: a table on stdout, and a line of JSON per measurement in RESULTS (benchmarks/results/…, or none if QUICK).
set -euo pipefail
umask 077
out=$(cd "$1" && pwd)
unproven=$(cd "$2" && pwd)
bench=$out/benchmarks
here=$(cd "$(dirname "$0")" && pwd)
command -v jq >/dev/null || { echo 'benchmarks: jq is missing; make deps-test installs it' >&2; exit 1; }

if [ -n "${QUICK:-}" ]; then
    seconds=1 warm_up=0.3 repeats=1 fill=6000 sizes='' open_seconds=1 disk_seconds=1 proven=20000 leaves=100000
else
    seconds=5 warm_up=1 repeats=3 fill=120000 sizes='512 8192' open_seconds=15 disk_seconds=5 proven=1000000 leaves=10000000
fi
size=2048
# Bodies made beforehand for each run: more than it can use up.
most_per_second=40000

commit=$(git -C "$here" rev-parse --short HEAD 2>/dev/null || echo unknown)
dirty=$(git -C "$here" status --porcelain --untracked-files=no -- store query server include 2>/dev/null | head -1)
commit=$commit${dirty:+-dirty}
# Beside the data that it measures, not in a /tmp that may be memory.
tmp=$(mktemp -d "${BENCH_DIR:-$here}/.run-XXXXXX")
results=${RESULTS:-}
if [ -z "$results" ] && [ -z "${QUICK:-}" ]; then
    mkdir -p "$here/results"
    results=$here/results/$(date -u +%Y%m%d-%H%M%S)-$commit.ndjson
fi
lines=$tmp/lines
: > "$lines"
server=0 address='' number=0

stop_server() {
    [ "$server" = 0 ] && return
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
    server=0
}
trap 'stop_server; rm -rf "$tmp"' EXIT

# ---- servers ----

# start LABEL COMMAND…: leaves its process id in $server and its address in $address.
start() {
    label=$1
    shift
    stop_server
    "$@" 2> "$tmp/log" &
    server=$!
    for _ in $(seq 100); do
        address=$(sed -n 's|^listening on http://||p' "$tmp/log" | head -1)
        [ -n "$address" ] && return
        kill -0 "$server" 2>/dev/null || break
        sleep 0.05
    done
    echo "benchmarks: $label did not start" >&2
    cat "$tmp/log" >&2
    exit 1
}

start_bare() { start bare "$bench/bare" "${1:-12000}"; }
start_daemon() { start hooktraild "$out/hooktraild" --data "$data" --listen 127.0.0.1:0; }
start_unproven() { start unproven "$unproven/hooktraild" --data "$data" --listen 127.0.0.1:0; }

# new_data NAME [OPTIONS OF INIT…]: makes a data directory and takes over its secrets.
new_data() {
    data=$tmp/$1
    shift
    "$out/hooktrail" init --data "$data" --json "$@" > "$tmp/secrets"
    HOOKTRAIL_ENDPOINT=$(jq -r .endpoint "$tmp/secrets")
    HOOKTRAIL_TOKEN=$(jq -r .token "$tmp/secrets")
    export HOOKTRAIL_ENDPOINT HOOKTRAIL_TOKEN
    printf 'Authorization: Bearer %s\n' "$HOOKTRAIL_TOKEN" > "$tmp/authorization"
}

cpu_ticks() { sed 's/.*) //' "/proc/$server/stat" | awk '{print $12 + $13}'; }
written() { awk '/^write_bytes/ {print $2}' "/proc/$server/io"; }

# An answer of the API waits for the index to have all that was acknowledged before.
wait_for_index() { curl -sf -H "@$tmp/authorization" "http://$address/v1/events?limit=1" > /dev/null; }

# ---- measuring ----

# keep LABEL: adds a JSON object from stdin to the results.
keep() { jq -c --arg name "$1" '.name = $name' >> "$lines"; }

# measure LABEL LOAD-OPTIONS…: loads the running server; adds its CPU and device writes to the result.
measure() {
    local name=$1 ticks bytes status=0
    shift
    ticks=$(cpu_ticks) bytes=$(written)
    "$bench/load" --server "$address" --seconds "$seconds" --warm-up "$warm_up" --first "$number" --json "$@" \
        > "$tmp/result" || status=$?
    [ -s "$tmp/result" ] || { echo "benchmarks: no result of: load $*" >&2; exit 1; }
    [ "$status" = 0 ] || echo "benchmarks: not all answers of $label were 200: $(jq -c .status "$tmp/result")" >&2
    [ "$label" != bare ] && [ "$name" != timeline ] && wait_for_index
    jq -c --arg server "$label" --argjson ticks "$(($(cpu_ticks) - ticks))" --argjson bytes "$(($(written) - bytes))" \
        --argjson hertz "$(getconf CLK_TCK)" '
        .server = $server | .cpu_us = ($ticks / $hertz * 1e6 / .sent) |
        .device_bytes = $bytes | .payload_bytes = (.sent * .body_bytes | floor)' "$tmp/result" | keep "$name"
    number=$((number + $(jq .sent "$tmp/result")))
}

bodies_for() { awk -v c="$1" -v s="$seconds" -v w="$warm_up" -v m="$most_per_second" \
    'BEGIN { m = c == 1 ? m / 4 : m; printf "%d", (s + w) * m }'; }

# ingest CONNECTIONS SIZE LABEL: bare and hooktraild in turns.
ingest() {
    local round
    for round in $(seq "$repeats"); do
        echo "  ingest: $1 connections, $2 bytes, round $round" >&2
        start_bare
        measure "$3" --connections "$1" --size "$2" --bodies 30000 --again
        start_daemon
        measure "$3" --connections "$1" --size "$2" --bodies "$(bodies_for "$1")"
    done
}

# seconds_of COMMAND…: prints how long it took; its output goes to $tmp/output.
seconds_of() {
    local begin
    begin=$(date +%s%N)
    "$@" > "$tmp/output" 2> "$tmp/errors" || { cat "$tmp/errors" >&2; exit 1; }
    awk -v a="$begin" -v b="$(date +%s%N)" 'BEGIN { printf "%.3f", (b - a) / 1e9 }'
}

# ---- the steps ----

describe_machine() {
    jq -n --arg cpu "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)" --argjson cores "$(nproc)" \
        --arg kernel "$(uname -sr)" --arg filesystem "$(stat -f -c %T "$tmp")" --arg commit "$commit" \
        --arg date "$(date -u +%Y-%m-%dT%H:%M:%SZ)" --arg load "$(cut -d' ' -f1-3 /proc/loadavg)" \
        --arg compiler "$("${CC:-gcc}" --version | head -1)" --arg quick "${QUICK:-}" \
        '{cpu: $cpu, cores: $cores, kernel: $kernel, filesystem: $filesystem, commit: $commit, date: $date,
          load_before: $load, compiler: $compiler, quick: ($quick != "")}' | keep machine
}

measure_packing() {
    local bytes
    for bytes in 512 2048 8192; do "$bench/pack" --size "$bytes" | keep "pack $bytes"; done
    "$bench/pack" "$here"/../tests/fixtures/*.json | keep 'pack tests/fixtures'
    "$bench/pack" "$here"/../tests/fixtures/sales-day/*.json | keep 'pack tests/fixtures/sales-day'
}

measure_open_loop() {
    echo "  open loop" >&2
    start_daemon
    seconds=$open_seconds measure 'open loop, 3000/s' --connections 64 --size "$size" --rate 3000 \
        --bodies "$((3000 * (open_seconds + 2)))"
}

# What tree and sealing take: each round a new store of each kind, so that neither is the larger one.
measure_cost() {
    local round
    for round in $(seq "$repeats"); do
        echo "  cost of tree and sealing, round $round" >&2
        new_data "cost-$round-unproven" --no-encryption
        start_unproven
        measure 'cost of proof and sealing' --connections 64 --size "$size" --bodies "$(bodies_for 64)"
        stop_server
        rm -rf "$data"
        new_data "cost-$round"
        start_daemon
        measure 'cost of proof and sealing' --connections 64 --size "$size" --bodies "$(bodies_for 64)"
        stop_server
        rm -rf "$data"
    done
}

# A store of a known number of events, for all that reads.
fill_store() {
    local before
    echo "  filling a store with $fill events" >&2
    new_data filled
    start_daemon
    before=$(written)
    "$bench/load" --server "$address" --connections 64 --seconds 600 --warm-up 0 --bodies "$fill" --size "$size" --json \
        > "$tmp/filling"
    wait_for_index
    # shellcheck disable=SC2016
    jq -c --argjson device "$(($(written) - before))" --argjson trail "$(du -sB1 "$data/trail" | cut -f1)" \
        --argjson index "$(du -sB1 "$data/index" | cut -f1)" \
        '{events: .sent, payload_bytes: (.sent * .body_bytes | floor), device_bytes: $device, trail_bytes: $trail,
          index_bytes: $index}' "$tmp/filling" | keep fill
    "$bench/generate" --ids --count "$fill" | sort -u | shuf --random-source=/proc/version -n 20000 2>/dev/null > "$tmp/ids" ||
        "$bench/generate" --ids --count "$fill" | sort -u > "$tmp/ids"
    sed 's|^|/v1/conversations/|' "$tmp/ids" > "$tmp/paths"
}

measure_timelines() {
    local round bytes
    "$bench/query" "$data" < "$tmp/ids" | keep 'timeline in process'
    bytes=$(tail -1 "$lines" | jq .body_bytes)
    for round in $(seq "$repeats"); do
        echo "  timelines, round $round" >&2
        start_daemon
        measure timeline --connections 64 --paths "$tmp/paths"
        start_bare "$bytes"
        measure timeline --connections 64 --paths "$tmp/paths"
    done
}

measure_keeping() {
    local bytes events spent
    echo "  export, verify, reindex" >&2
    stop_server
    bytes=$(jq 'select(.name == "fill").payload_bytes' "$lines") events=$fill
    "$out/hooktrail" export --data "$data" --to "$tmp/export-warm" --format ndjson > /dev/null
    spent=$(seconds_of "$out/hooktrail" export --data "$data" --to "$tmp/export" --format ndjson)
    jq -nc --argjson s "$spent" --argjson b "$bytes" --argjson n "$events" \
        '{seconds: $s, megabytes_per_second: ($b / $s / 1e6), events_per_second: ($n / $s)}' | keep export
    spent=$(seconds_of "$out/hooktrail" verify --data "$data" --json)
    jq -nc --argjson s "$spent" --argjson n "$events" '{seconds: $s, events_per_second: ($n / $s)}' | keep verify
    spent=$(seconds_of "$out/hooktrail" verify --without-index --data "$data" --json)
    jq -nc --argjson s "$spent" --argjson n "$events" '{seconds: $s, events_per_second: ($n / $s)}' | keep 'verify the trail'
    spent=$(seconds_of "$out/hooktrail" reindex --data "$data" --json)
    jq -nc --argjson s "$spent" --argjson n "$events" '{seconds: $s, events_per_second: ($n / $s)}' | keep reindex
}

# What it takes to check a trail leaf by leaf, and to prove one of many leaves.
measure_proof() {
    echo "  proofs" >&2
    stop_server
    "$bench/proof" fill "$tmp/proven" "$proven" 1024 > /dev/null
    "$bench/proof" verify "$tmp/proven" | keep "verify $proven"
    rm -rf "$tmp/proven"
    "$bench/proof" tree "$tmp/tree" "$leaves" | keep 'proof of inclusion'
    rm -rf "$tmp/tree"
}

"$bench/check" >&2
describe_machine
"$bench/disk" "$tmp" "$disk_seconds" | keep disk
measure_packing
new_data ingest
for connections in 1 64 256; do ingest "$connections" "$size" "ingest $connections connections, $size B"; done
for bytes in $sizes; do
    new_data "ingest-$bytes"
    ingest 64 "$bytes" "ingest 64 connections, $bytes B"
done
measure_cost
measure_open_loop
fill_store
measure_timelines
measure_keeping
measure_proof
"$here/report.sh" "$lines"
if [ -n "$results" ]; then
    cp "$lines" "$results"
    chmod 644 "$results"
    echo "results: $results"
fi
