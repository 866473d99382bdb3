# How long the daemon takes to be ready on the large store after a kill -9 under load: with the page cache as the kill left
# it, and with the store's files taken out of it. It appends to the large store.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

microseconds() { echo "${EPOCHREALTIME/./}"; }

# Whether /readyz of this port answers 200; no process is made for it.
is_ready() {
    local answer=
    { exec 8<> "/dev/tcp/127.0.0.1/$1"; } 2> /dev/null || return 1
    printf 'GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&8
    read -r answer <&8 || true
    exec 8>&-
    [[ $answer == *' 200 '* ]]
}

kill_under_load() {
    start_daemon
    "$bench/load" --server "$address" --connections 64 --seconds 60 --warm-up 0 --size "$size" --first "$number" \
        --bodies "$most_per_second" --json > "$tmp/result" 2> /dev/null 9>&- &
    local load=$!
    # It makes its payloads first.
    wait_for 20 has_stored
    sleep 0.2
    kill -9 "$server"
    wait "$server" 2> /dev/null || true
    server=0
    kill "$load" 2> /dev/null || true
    wait "$load" 2> /dev/null || true
}

has_stored() { api /metrics | grep '^hooktrail_deliveries_total{result="stored"} [1-9]' > /dev/null; }

# start_timed NAME
start_timed() {
    local begin end port=${address##*:}
    begin=$(microseconds)
    "$out/hooktraild" --data "$data" --listen "127.0.0.1:$port" 2> "$tmp/log" 9>&- &
    server=$!
    wait_for 60 is_ready "$port"
    end=$(microseconds)
    jq -n --argjson us "$((end - begin))" '{ready_ms: ($us / 1000)}' | keep "$1"
    label=hooktraild
    wait_for_index
}

start_round() {
    large_store
    kill_under_load
    start_timed 'start after kill -9'
    stop_server
    kill_under_load
    forget "$data/trail/data.mdb" "$data/index/data.mdb"
    start_timed 'start after kill -9, cold'
    stop_server
    large_next=$(totals "$data" | jq .events)
}

step_start() {
    large_store
    each_round 'start after kill -9' start_round
}
