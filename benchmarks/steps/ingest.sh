# Durable requests beside a bare evhttp server and beside the disk, in turns.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

# ingest_round CONNECTIONS BYTES
ingest_round() {
    local name="ingest $1 connections, $2 B" file=$1
    [ "$2" = "$size" ] || file=$1-$2B
    measure_disk "$name"
    start_bare
    measure "$name" --connections "$1" --size "$2" --bodies 30000 --again --percentiles "$percentiles/bare-$file.hgrm"
    start_daemon
    measure "$name" --connections "$1" --size "$2" --bodies "$(bodies_for "$1")" \
        --percentiles "$percentiles/hooktraild-$file.hgrm"
}

step_ingest() {
    local connections bytes before payload='.[] | select(.server == "hooktraild" and (.name | test("^ingest [0-9]")))'
    new_data ingest
    before=$number
    for connections in 1 64 256; do each_round "ingest: $connections connections" ingest_round "$connections" "$size"; done
    jq -n --argjson events "$((number - before))" --argjson trail "$(disk_use "$data/trail")" \
        --argjson index "$(disk_use "$data/index")" --argjson payload "$(jq -s "[$payload.payload_bytes] | add" "$lines")" \
        '{events: $events, payload_bytes: $payload, trail_bytes: $trail, index_bytes: $index}' | keep 'on disk'
    for bytes in $sizes; do
        new_data "ingest-$bytes"
        each_round "ingest: $bytes bytes" ingest_round 64 "$bytes"
    done
}
