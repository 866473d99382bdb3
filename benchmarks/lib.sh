# What the steps share: servers, what they cost, measuring, stores. run.sh reads it and sets what it uses:
#   out unproven bench here tmp lines seconds warm_up repeats small medium events
# shellcheck shell=bash disable=SC2154,SC2034 # variables of run.sh and of the steps

size=2048 # of bodies, on the average
# Payloads made beforehand for each run: more than it can use up.
most_per_second=40000

say() { echo "  $*" >&2; }
has() { command -v "$1" > /dev/null; }

# wait_for SECONDS COMMAND…: until it succeeds; it is tried without a pause.
wait_for() {
    local until=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$until" ] || { echo "benchmarks: waited in vain for: $*" >&2; exit 1; }
    done
}

# On a machine that is shared, LOCK=FILE: each round is measured while holding this lock.
lock() { [ -z "${LOCK:-}" ] || { exec 9> "$LOCK"; flock 9; }; }
unlock() { [ -z "${LOCK:-}" ] || flock -u 9; }

# each_round LABEL FUNCTION ARGUMENTS…: the rounds of a comparison; whatever it started has ended behind each.
each_round() {
    local what=$1
    shift
    for round in $(seq "$repeats"); do
        lock
        say "$what, round $round of $repeats"
        "$@"
        stop_server
        unlock
    done
    round=0 about='{}'
}

# ---- servers ----

server=0 services=() address='' label='' round=0
about='{}' # more fields for the results that follow

stop_server() {
    local pid
    for pid in $server "${services[@]}"; do
        [ "$pid" = 0 ] && continue
        kill "$pid" 2> /dev/null || true
        wait "$pid" 2> /dev/null || true
    done
    server=0 services=()
}

# start LABEL COMMAND…: leaves its process id in $server and its address in $address. What it needs besides, in
# $services, runs already.
start() {
    label=$1
    shift
    "$@" 2> "$tmp/log" 9>&- &
    server=$!
    for _ in $(seq 400); do
        address=$(sed -n 's|^listening on http://||p' "$tmp/log" | head -1)
        [ -n "$address" ] && return
        kill -0 "$server" 2> /dev/null || break
        sleep 0.05
    done
    echo "benchmarks: $label did not start" >&2
    cat "$tmp/log" >&2
    exit 1
}

start_bare() { stop_server; start bare "$bench/bare" "${1:-12000}"; }
start_daemon() { stop_server; start hooktraild "$out/hooktraild" --data "$data" --listen 127.0.0.1:0; }
start_unproven() { stop_server; start unproven "$unproven/hooktraild" --data "$data" --listen 127.0.0.1:0; }

# The processes of the server and of its services, with all that descend from them.
processes() {
    ps -e -o pid=,ppid= | awk -v roots="$server ${services[*]}" '
        BEGIN { split(roots, list); for (i in list) root[list[i]] = list[i] > 0 }
        { parent[$1] = $2 }
        END { for (pid in parent) for (at = pid; at in parent; at = parent[at]) if (root[at]) { print pid; break } }'
}

# User and system time of them all, and of their children that have ended.
cpu_ticks() {
    local pid
    for pid in $(processes); do sed 's/.*) //' "/proc/$pid/stat" 2> /dev/null || true; done |
        awk '{ sum += $12 + $13 + $14 + $15 } END { print sum + 0 }'
}

# Bytes that the disk below the data was given to write, once what the kernel still held has gone there. Not write_bytes
# of /proc/PID/io, which counts a large folio whole for each of its pages; that only where there is no disk to be seen.
written() {
    local pid disk
    disk=/sys/dev/block/$(stat -c %Hd:%Ld "$tmp")/stat
    if [ -r "$disk" ]; then
        sync -f "$tmp"
        awk '{ printf "%.0f\n", $7 * 512 }' "$disk"
        return
    fi
    for pid in $(processes); do cat "/proc/$pid/io" 2> /dev/null || true; done |
        awk '/^write_bytes/ { sum += $2 } END { printf "%.0f\n", sum }'
}

# An answer of the API waits for the index to have all that was acknowledged before; not for ever.
wait_for_index() { wait_for 120 api '/v1/events?limit=1' > /dev/null; }
api() { curl -sf -H "@$tmp/authorization" "http://$address$1"; }

# ---- measuring ----

# keep NAME: adds a JSON object from stdin to the results.
keep() {
    jq -c --arg name "$1" --argjson round "$round" --argjson about "$about" \
        '{name: $name} + (if $round > 0 then {round: $round} else {} end) + $about + .' >> "$lines"
}

# measure NAME LOAD-OPTIONS…: loads the running server; adds its CPU and device writes to the result.
measure() {
    local name=$1 ticks bytes status=0
    shift
    ticks=$(cpu_ticks) bytes=$(written)
    "$bench/load" --server "$address" --seconds "$seconds" --warm-up "$warm_up" --first "$number" --json "$@" \
        > "$tmp/result" || status=$?
    [ -s "$tmp/result" ] || { echo "benchmarks: no result of: load $*" >&2; exit 1; }
    [ "$status" = 0 ] || echo "benchmarks: not all answers of $label were 200: $(jq -c .status "$tmp/result")" >&2
    case $label in hooktraild | unproven) wait_for_index ;; esac
    jq -c --arg server "$label" --argjson ticks "$(($(cpu_ticks) - ticks))" --argjson bytes "$(($(written) - bytes))" \
        --argjson hertz "$(getconf CLK_TCK)" '
        .server = $server | .cpu_us = ($ticks / $hertz * 1e6 / .sent) |
        .device_bytes = $bytes | .payload_bytes = (.sent * .body_bytes | floor)' "$tmp/result" | keep "$name"
    case " $* " in
    *' --paths '* | *' --body '* | *' --again '*) ;;
    *) number=$((number + $(jq .sent "$tmp/result"))) ;;
    esac
}

# How many payloads to make for a run with so many connections.
bodies_for() { awk -v c="$1" -v s="$seconds" -v w="$warm_up" -v m="$most_per_second" \
    'BEGIN { m = c == 1 ? m / 4 : m; printf "%d", (s + w) * m }'; }

# seconds_of COMMAND…: prints how long it took, and how much CPU: "WALL CPU"; its output goes to $tmp/output.
seconds_of() {
    local TIMEFORMAT='%3R %3U %3S'
    { time "$@" > "$tmp/output" 2> "$tmp/errors"; } 2> "$tmp/time" || { cat "$tmp/errors" >&2; exit 1; }
    awk '{ print $1, $2 + $3 }' "$tmp/time"
}

# measure_disk NAME: the disk's own time, beside the measurement of that name.
measure_disk() { "$bench/disk" "$tmp" "$disk_seconds" | jq -c --arg beside "$1" '.beside = $beside' | keep disk; }

# Takes files out of the page cache; no root needed, and the rest of the cache stays. The programs that map them must
# have ended.
forget() { local file; for file; do dd if="$file" iflag=nocache count=0 status=none; done; }

# ---- stores ----

# use_data DIR SECRETS [FIRST]: what follows is about this store, and its next payload is number FIRST.
use_data() {
    data=$1 number=${3:-$number} about='{}'
    HOOKTRAIL_ENDPOINT=$(jq -r .endpoint "$2")
    HOOKTRAIL_TOKEN=$(jq -r .token "$2")
    export HOOKTRAIL_ENDPOINT HOOKTRAIL_TOKEN
    printf 'Authorization: Bearer %s\n' "$HOOKTRAIL_TOKEN" > "$tmp/authorization"
}

# new_data NAME [OPTIONS OF INIT…]: makes an empty store and uses it.
new_data() {
    local name=$1
    shift
    "$out/hooktrail" init --data "$tmp/$name" --json "$@" > "$tmp/$name.secrets"
    use_data "$tmp/$name" "$tmp/$name.secrets"
}

disk_use() { du -sB1 "$1" | cut -f1; }

# keep_fill DIR: what a filled store takes on disk; events and bytes of payload come from stdin.
keep_fill() {
    jq -c --argjson trail "$(disk_use "$1/trail")" --argjson index "$(disk_use "$1/index")" \
        '.trail_bytes = $trail | .index_bytes = $index' | keep fill
}

# fill_store DIR COUNT: makes it, its secrets beside it.
fill_store() {
    local data=$1 count=$2
    say "filling a store with $count events"
    "$out/hooktrail" init --data "$data" --json > "$data.secrets"
    "$bench/fill" --data "$data" --count "$count" --size "$size" > "$tmp/filled"
    keep_fill "$data" < "$tmp/filled"
}

# The three stores that are filled in process: $small, $medium and $events events. The large one can be kept: STORE=DIR.
# What is measured on them says how many they are.
small_store() {
    [ -d "$tmp/small" ] || fill_store "$tmp/small" "$small"
    use_data "$tmp/small" "$tmp/small.secrets" "$small"
    about="{\"stored\":$small}"
}

medium_store() {
    [ -d "$tmp/medium" ] || fill_store "$tmp/medium" "$medium"
    use_data "$tmp/medium" "$tmp/medium.secrets" "$medium"
    about="{\"stored\":$medium}"
}

totals() { "$out/hooktrail" stats --data "$1" --json | jq .totals; }

large_store() {
    if [ -z "$large_next" ]; then
        if [ -d "$large" ]; then
            totals "$large" | jq '{events, payload_bytes: .bytes}' | keep_fill "$large"
        else
            fill_store "$large" "$events"
        fi
        large_next=$(totals "$large" | jq .events)
    fi
    use_data "$large" "$large.secrets" "$large_next"
    about="{\"stored\":$large_next}"
}

# six_of COUNT FILE: the ids of up to 20,000 conversations of 6 events among the first COUNT events, anywhere in them.
six_of() { "$bench/generate" --ids --events 6 --count "$1" | sort | awk 'NR <= 20000' > "$2"; }
