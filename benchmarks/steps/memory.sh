# Memory without page cache (RssAnon: heaps, stacks, and LMDB's pages under way) with 256 connections on the large store,
# once of readers, once of writers. It appends to the large store.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

# Prints the most that RssAnon was, in kB, until the process ends or the file appears.
watch_memory() {
    local now most=0
    while [ ! -e "$2" ] && now=$(sed -n 's/^RssAnon:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$1/status" 2> /dev/null); do
        [ "${now:-0}" -gt "$most" ] && most=$now
        sleep 0.1
    done
    echo "$most"
}

# under_load NAME LOAD-OPTIONS…
under_load() {
    local name=$1 watcher
    shift
    rm -f "$tmp/enough"
    start_daemon
    watch_memory "$server" "$tmp/enough" > "$tmp/most" &
    watcher=$!
    measure "$name" --connections 256 "$@"
    touch "$tmp/enough"
    wait "$watcher"
    jq -n --argjson kb "$(cat "$tmp/most")" '{kilobytes: $kb, connections: 256}' | keep "memory, $name"
    stop_server
}

memory_round() {
    large_store
    under_load '256 readers' --paths "$tmp/paths"
    under_load '256 writers' --size "$size" --bodies "$(bodies_for 256)"
    large_next=$number
}

step_memory() {
    large_store
    six_of "$events" "$tmp/six-large"
    sed 's|^|/v1/conversations/|' "$tmp/six-large" > "$tmp/paths"
    each_round memory memory_round
}
