# Conversations of 6 events as timelines: over HTTP beside a bare server that has such an answer in memory; and by the query
# engine alone, in a small store and in the large one, warm and cold.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh
timeline_round() {
    start_daemon
    measure timeline --connections 64 --paths "$tmp/paths"
    start_bare "$1"
    measure timeline --connections 64 --paths "$tmp/paths"
}

# in_process NAME IDS
in_process() { "$bench/query" "$data" < "$2" | keep "$1"; }

# Two passes, of which the second finds everything in the page cache.
warm_round() {
    small_store
    "$bench/query" "$data" < "$tmp/six-small" > /dev/null
    in_process 'timeline in process, warm' "$tmp/six-small"
    large_store
    "$bench/query" "$data" < "$tmp/six-large" > /dev/null
    in_process 'timeline in process, warm' "$tmp/six-large"
}

cold_round() {
    large_store
    forget "$data/trail/data.mdb" "$data/index/data.mdb"
    # In the order of random ids: others each round.
    awk -v round="$round" 'NR > 200 * (round - 1) && NR <= 200 * round' "$tmp/six-large" > "$tmp/six-some"
    in_process 'timeline in process, cold' "$tmp/six-some"
}

step_timelines() {
    small_store
    six_of "$small" "$tmp/six-small"
    sed 's|^|/v1/conversations/|' "$tmp/six-small" > "$tmp/paths"
    "$bench/query" "$data" < "$tmp/six-small" > "$tmp/timeline"
    each_round timelines timeline_round "$(jq .body_bytes "$tmp/timeline")"
    large_store
    six_of "$events" "$tmp/six-large"
    each_round 'timelines in process, warm' warm_round
    each_round 'timelines in process, cold' cold_round
}
