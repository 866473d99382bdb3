# What the command-line tool does with all of a store, on all cores: verify and reindex.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

payload_bytes() {
    jq -s --argjson n "$medium" '[.[] | select(.name == "fill" and .events == $n).payload_bytes][0]' "$lines"
}

# keep_run NAME WALL CPU: a run over the medium store.
keep_run() {
    jq -nc --argjson s "$2" --argjson cpu "$3" --argjson n "$medium" --argjson bytes "$(payload_bytes)" \
        '{seconds: $s, cpu_seconds: $cpu, events: $n, events_per_second: ($n / $s),
          events_per_cpu_second: ($n / ([$cpu, 0.01] | max)),
          megabytes_per_second: ($bytes / $s / 1e6),
          megabytes_per_cpu_second: ($bytes / ([$cpu, 0.01] | max) / 1e6)}' | keep "$1"
}

# timed NAME COMMAND…
timed() {
    local name=$1 spent
    shift
    spent=$(seconds_of "$@")
    # shellcheck disable=SC2086 # two numbers
    keep_run "$name" $spent
}

keeping_round() {
    timed verify "$out/hooktrail" verify --data "$data" --json
    timed 'verify the trail' "$out/hooktrail" verify --without-index --data "$data" --json
    timed reindex "$out/hooktrail" reindex --data "$data" --json
}

step_keeping() {
    medium_store
    "$out/hooktrail" verify --data "$data" > /dev/null 2>&1
    each_round 'verify, reindex' keeping_round
}
