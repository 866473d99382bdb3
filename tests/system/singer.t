#!/bin/bash
# hooktrail export --singer as a tap, by a target that knows nothing of hooktrail (tests/export/singer.mjs): each message as the
# specification wants it, each record valid by its schema; runs that resume from the state, are killed, and follow erasures leave
# with the target what an export of the whole trail has.
# builds: asan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent"
node tests/system/fill.mjs "$HOOK" "$RANDOM" 30 > "$SCRATCH/null"
tap() { "$HOOKTRAIL" export --singer --data "$DATA" "$@"; }
target() { node tests/export/singer.mjs "$SCRATCH/store" 2> "$SCRATCH/target"; }
# piped: a run by the book; the newest state that the target has confirmed is kept in state.json.
piped() {
    tap --state "$SCRATCH/state.json" 2> "$SCRATCH/stderr" | target > "$SCRATCH/states"
    local statuses=("${PIPESTATUS[@]}")
    [ ! -s "$SCRATCH/states" ] || tail -1 "$SCRATCH/states" > "$SCRATCH/state.json"
    echo "${statuses[*]} $(cat "$SCRATCH/stderr" "$SCRATCH/target")"
}
# held: the target's records, of messages those that count; wanted: the rows of an export of everything.
flat() { jq -cS 'del(.updated_seq, .deliveries)' | sort | sha256sum; }
tables='erasures events deliveries conversations messages leads lead_changes agents'
held() {
    for table in $tables; do
        echo "$table $(jq -c --arg table "$table" '[.[$table][]] | if $table == "messages" then group_by(.conversation_id)[] |
            (map(.updated_seq) | max) as $last | map(select(.updated_seq == $last)) else . end | .[]' "$SCRATCH/store" | flat)"
    done
}
wanted() {
    rm -rf "$SCRATCH/whole"
    "$HOOKTRAIL" export --data "$DATA" --to "$SCRATCH/whole" --format ndjson > "$SCRATCH/null"
    for table in $tables; do
        echo "$table $(find "$SCRATCH/whole/$table" -name '*.ndjson' -exec cat {} + 2> "$SCRATCH/null" | flat)"
    done
}

# ---- by the specification ----

is "$(piped)" '0 0 ' 'a run without a state: every message and every record is as it should be'
is "$(held)" "$(wanted)" 'the target holds everything'
is "$(jq -c 'keys' "$SCRATCH/state.json")" '["erasure","repeat","run","seq","trail"]' 'the state tells how far it is'
tap > "$SCRATCH/messages"
is "$(jq -r .type "$SCRATCH/messages" | uniq | tail -1) $(grep -c '^{"type":"STATE"' "$SCRATCH/messages")" 'STATE 1' 'the state comes last: behind all that it speaks for'
is "$(jq -r 'select(.type == "SCHEMA") | "\(.stream) \(.key_properties | join(","))"' "$SCRATCH/messages")" 'erasures trail,erasure,first_seq
events trail,seq
deliveries trail,seq,n
conversations trail,conversation_id
messages trail,conversation_id,position
leads trail,lead_id
lead_changes trail,lead_id,seq,field
agents trail,agent_id' 'streams and their keys, erasures first'
is "$(tap --tables events,leads | jq -r 'select(.type == "SCHEMA") | .stream' | xargs)" 'events leads' 'two streams only'

# Controls: what the target has to refuse.
refuses() { # refuses NAME REGEX SED-SCRIPT: the messages, changed by it
    sed "$3" "$SCRATCH/messages" | node tests/export/singer.mjs "$SCRATCH/other" > "$SCRATCH/null" 2> "$SCRATCH/target"
    like "$? $(cat "$SCRATCH/target")" "^1 .*$2" "control: $1"
}
refuses 'a record without a schema' 'a record before its schema' '/"type":"SCHEMA","stream":"events"/d'
refuses 'a number as text' 'seq must be integer' 's/"seq":1,"type"/"seq":"1","type"/'
refuses 'a time that is none' 'must match format "date-time"' 's/"received_at":"2/"received_at":"x2/'
refuses 'a key that may be null' 'may be null' 's/"key_properties":\["trail","seq"\]/"key_properties":["trail","payload"]/'
# shellcheck disable=SC2016 # sed's
refuses 'no state' 'without a state' '$d'

# ---- from a state ----

node tests/system/fill.mjs "$HOOK" "$RANDOM" 20 > "$SCRATCH/null"
before=$(jq .seq "$SCRATCH/state.json")
is "$(piped)" '0 0 ' 'the next run'
is "$(held)" "$(wanted)" 'and the target holds everything again'
ok $(($(jq .seq "$SCRATCH/state.json") <= before)) 'the state has moved'
tap --state "$SCRATCH/state.json" > "$SCRATCH/messages"
is "$(jq -r .type "$SCRATCH/messages" | sort | uniq -c | xargs)" '8 SCHEMA 1 STATE' 'with nothing new there are no records'
is "$(tap --state "$SCRATCH/missing.json" | grep -c '"type":"RECORD","stream":"events"')" "$(cli events | wc -l)" 'a state that is not there yet: from the begin'
: > "$SCRATCH/empty.json"
is "$(tap --state "$SCRATCH/empty.json" | grep -c '"type":"RECORD","stream":"events"')" "$(cli events | wc -l)" 'an empty one too'

# Killed on its way, and a reader that goes away: the state stays, and the next run brings all of it again.
node tests/system/fill.mjs "$HOOK" "$RANDOM" 20 > "$SCRATCH/null"
cp "$SCRATCH/state.json" "$SCRATCH/kept.json"
for _ in 1 2 3 4 5; do
    (tap --state "$SCRATCH/state.json" & run=$!; sleep "0.0$((RANDOM % 10))"; kill -9 "$run"; wait "$run") 2> "$SCRATCH/null" | target > "$SCRATCH/states"
    [ ! -s "$SCRATCH/states" ] || tail -1 "$SCRATCH/states" > "$SCRATCH/state.json"
done
tap 2> "$SCRATCH/stderr" | head -c 100 > "$SCRATCH/null"
ok $((PIPESTATUS[0] == 0)) 'who reads no more makes the run fail'
is "$(piped)" '0 0 ' 'after kills'
is "$(held)" "$(wanted)" 'the target holds everything'

# ---- an erasure ----

lead=$(cli leads | jq -r '.id | select(test("^lead-([02-9]|1[0-9])$"))' | head -1)
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$lead" --confirm --data "$DATA"
is "$(piped)" '0 0 ' 'the next run'
is "$(held)" "$(wanted)" 'follows'
is "$(jq '.erasures | length > 0' "$SCRATCH/store") $(grep -cF "\"$lead\"" "$SCRATCH/store")" 'true 0' 'and nothing tells of the lead'
tap --state "$SCRATCH/state.json" > "$SCRATCH/messages"
is "$(jq -r .type "$SCRATCH/messages" | sort | uniq -c | xargs)" '8 SCHEMA 1 STATE' 'then there is nothing new'

# ---- states that do not fit ----

jq -c '.trail = "00"' "$SCRATCH/state.json" > "$SCRATCH/foreign.json"
exits 2 'the state of another trail' "$HOOKTRAIL" export --singer --state "$SCRATCH/foreign.json" --data "$DATA"
echo '{"bookmarks":{}}' > "$SCRATCH/bookmarks.json"
exits 2 'the state of another tap' "$HOOKTRAIL" export --singer --state "$SCRATCH/bookmarks.json" --data "$DATA"
echo 'state' > "$SCRATCH/text.json"
exits 2 'no JSON' "$HOOKTRAIL" export --singer --state "$SCRATCH/text.json" --data "$DATA"
jq -c '.seq += 1000' "$SCRATCH/state.json" > "$SCRATCH/ahead.json"
exits 1 'a state that is ahead of the trail' "$HOOKTRAIL" export --singer --state "$SCRATCH/ahead.json" --data "$DATA"
like "$(cat "$SCRATCH/stderr")" 'was an older backup restored' 'says so'
is "$(wc -c < "$SCRATCH/stdout")" 0 'and no message comes'
exits 2 'a state without --singer' "$HOOKTRAIL" export --to "$SCRATCH/x" --state "$SCRATCH/state.json" --data "$DATA"
exits 2 'a target besides' "$HOOKTRAIL" export --singer --to "$SCRATCH/x" --data "$DATA"
stop_daemon_well
done_testing
