# Latency in an open loop at 70 % of what a closed loop of 64 connections gets.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
latency_round() {
    local seconds=$open_seconds
    measure_disk 'open loop at 70 %'
    start_daemon
    measure 'open loop at 70 %' --connections 64 --size "$size" --rate "$1" --bodies "$(($1 * (seconds + 2)))" \
        --percentiles "$percentiles/hooktraild-open.hgrm"
}

maximum_of() {
    jq -s --arg name "$1" '[.[] | select(.name == $name and .server == "hooktraild").per_second] | sort |
        .[length / 2 | floor] // empty | floor' "$lines"
}

maximum_round() {
    start_daemon
    measure 'maximum for the open loop' --connections 64 --size "$size" --bodies "$(bodies_for 64)"
}

step_latency() {
    local maximum
    new_data latency
    maximum=$(maximum_of "ingest 64 connections, $size B")
    if [ -z "$maximum" ]; then
        each_round 'maximum for the open loop' maximum_round
        maximum=$(maximum_of 'maximum for the open loop')
    fi
    each_round "open loop, $((maximum * 7 / 10))/s" latency_round "$((maximum * 7 / 10))"
}
