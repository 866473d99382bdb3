# A page of 100 events by agent, type and time, in a small store and in the large one.
# shellcheck shell=bash disable=SC2154,SC2034 # shared with run.sh and lib.sh

# page_paths SINCE UNTIL: one path per agent and type.
page_paths() {
    local agent type
    while read -r agent; do
        for type in session-active new-question session-escalated visitor-identified new-contact; do
            echo "/v1/events?agent=$agent&type=$type&since=$1&until=$2&limit=100"
        done
    done < "$tmp/agents" > "$tmp/pages"
}

at() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# page_range RANGE SINCE UNTIL (seconds since 1970): one connection, so that the latency is that of the answer alone.
page_range() {
    page_paths "$(at "$2")" "$(at "$3")"
    seconds=$page_seconds measure "page of 100, $1" --connections 1 --paths "$tmp/pages"
}

# The whole time, an hour and ten minutes in the middle of it, a tenth at its end.
page_store() {
    local first last middle
    start_daemon
    api '/v1/agents?limit=100' | jq -r '.agents[].id' > "$tmp/agents"
    first=$(api '/v1/events?limit=1&order=asc' | jq -r '.events[0].received_at[:19] + "Z" | fromdate')
    last=$(api '/v1/events?limit=1&order=desc' | jq -r '.events[0].received_at[:19] + "Z" | fromdate')
    middle=$(((first + last) / 2))
    page_range 'all of the time' "$first" "$((last + 1))"
    page_range 'an hour' "$((middle - 1800))" "$((middle + 1800))"
    page_range 'ten minutes' "$((middle - 300))" "$((middle + 300))"
    page_range 'the last tenth' "$((last - (last - first) / 10))" "$((last + 1))"
    stop_server
}

pages_round() {
    small_store
    page_store
    large_store
    page_store
}

step_pages() {
    small_store
    large_store
    each_round 'pages of events' pages_round
}
