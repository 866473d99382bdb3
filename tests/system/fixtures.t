#!/bin/bash
# Every fixture, and a body of exactly 1 MiB, goes in and comes back byte-identical, by the tool and by HTTP; with it the
# content type, the headers that are kept, and what facts.ndjson says hooktrail reads from it.
# builds: asan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }

large=$SCRATCH/large.json
"$FIXTURES/make-large.sh" > "$large"
is "$(stat -c %s "$large")" 1048576 'the large body has exactly 1 MiB'
files=("$FIXTURES"/*.json "$FIXTURES"/sales-day/*.json "$large")

# Content types and headers differ from fixture to fixture, so that a mix-up would show.
for n in $(seq "${#files[@]}"); do
    curl -sS -m 20 -H "Content-Type: application/json; n=$n" -H "User-Agent: sender/$n" -H "X-Request-Id: r-$n" \
        -H "Authorization: secret-$n" -H "Cookie: secret-$n" --data-binary "@${files[n - 1]}" "$HOOK"
done > "$SCRATCH/answers"
is "$(jq -sc 'map(.seq)' "$SCRATCH/answers")" "$(seq -s, "${#files[@]}" | sed 's/.*/[&]/')" 'each is stored, in its order'
is "$(jq -r .sha256 "$SCRATCH/answers")" "$(sha256sum "${files[@]}" | cut -d' ' -f1)" 'each is acknowledged by its digest'

check_bytes() { # check_bytes WAY COMMAND…: COMMAND SEQ writes the payload.
    local way=$1 n unequal=0
    shift
    for n in $(seq "${#files[@]}"); do
        "$@" "$n" | cmp -s - "${files[n - 1]}" || { unequal=$((unequal + 1)); diag "$n: ${files[n - 1]}"; }
    done
    is "$unequal" 0 "every payload comes back byte-identical $way"
}
# shellcheck disable=SC2317 # called by name
by_tool() { cli show "$1" --payload; }
# shellcheck disable=SC2317
by_http() { api "/v1/events/$1/payload"; }
check_bytes 'by the tool' by_tool
check_bytes 'by HTTP' by_http

for n in $(seq "${#files[@]}"); do api "/v1/events/$n"; done > "$SCRATCH/events"
for n in $(seq "${#files[@]}"); do cli show "$n" --json; done > "$SCRATCH/events.tool"
passes "the tool's documents are those of HTTP" cmp "$SCRATCH/events" "$SCRATCH/events.tool"
is "$(jq -c 'select((.received | length) != 1 or (.seq | tostring) as $n | .received[0]
    | .content_type != "application/json; n=" + $n or .sender != "127.0.0.1"
        or .headers != {"user-agent": ("sender/" + $n), "x-request-id": ("r-" + $n)}) | .seq' "$SCRATCH/events")" '' \
    'content type, sender and the allowed headers are kept'
is "$(grep -c secret- "$SCRATCH/events")" 0 'credentials are not kept'
is "$(grep -c secret- "$SCRATCH/daemon.log")" 0 'nor logged'

# What each event says of its fixture; a conversation that facts.ndjson does not name may be derived from another.
printf '%s\n' "${files[@]#"$FIXTURES"/}" > "$SCRATCH/files"
is "$(jq -nc --rawfile files "$SCRATCH/files" --slurpfile events "$SCRATCH/events" --slurpfile facts "$FIXTURES/facts.ndjson" '
    ($files | split("\n")) as $files | $facts[] | . as $fact
    | $events[.file as $file | $files | index($file)] as $event
    | select(.type != $event.type or .agent_id != $event.agent_id or .agent_name != $event.agent_name
        or .visitor_id != $event.visitor_id or (.warnings // []) != $event.warnings
        or ($event.derived | not) and (.conversation_id != $event.conversation_id or .lead_id != $event.lead_id)
        or ($event.derived and .conversation_id)
        or (.occurred_at // $event.received_at) != $event.occurred_at)
    | [.file, $event.seq]')" '' 'each event says what facts.ndjson says'
is "$(jq -s length "$FIXTURES/facts.ndjson")" "$((${#files[@]} - 1))" 'facts.ndjson has a line for each fixture'

stop_daemon_well
check_bytes 'without the daemon' by_tool
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
