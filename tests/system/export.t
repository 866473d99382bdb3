#!/bin/bash
# What leaves the store whole: exports as NDJSON, killed and repeated; backups taken while events come in; compaction.
# sanitizers: yes
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent"
events=$(jq -s 'map(.seq) | max' "$SCRATCH/sent")
export_to() { # export_to DIR OPTIONS…
    local to=$1
    shift
    "$HOOKTRAIL" export --to "$SCRATCH/$to" --format ndjson --data "$DATA" "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
}
lines() { cat "$SCRATCH/$1/events"/*.ndjson; }

# ---- everything ----

export_to all
is $? 0 'an export without a name'
is "$(lines all | jq -c .seq | xargs)" "$(seq "$events" | xargs)" 'each event once, in order, each line is JSON'
different=$(diff <(lines all | jq -cS .payload) <(for n in $(seq "$events"); do cli show "$n" --payload; done | jq -cS .))
is "$different" '' 'each payload is the one that was received'
lines all | grep -F '"payload":' | grep -c 9007199254740993 > "$SCRATCH/null"
ok $? 'numbers beyond 2^53 keep their digits'
is "$(lines all | jq -c '{seq, type, received_at, occurred_at, agent_id, agent_name, conversation_id, lead_id, visitor_id, sha256,
    size, deliveries, warnings}')" "$(cli events --order asc | jq -c '{seq, type, received_at, occurred_at, agent_id, agent_name,
    conversation_id, lead_id, visitor_id, sha256, size, deliveries, warnings}')" 'the columns are those of the list'
export_to all
is "$? $(lines all | wc -l)" "0 $events" 'again to the same place: still each once'
is "$(find "$SCRATCH/all" -type f ! -name '*.ndjson' ! -name .lock | wc -l)" 0 'nothing else is left there'
is "$(find "$SCRATCH/all" -perm /077 | wc -l)" 0 'others may not read it'

# ---- with a name ----

export_to named --name nightly
is "$? $(lines named | wc -l)" "0 $events" 'the first run of a name writes everything'
export_to named --name nightly
is "$? $(lines named | wc -l)" "0 $events" 'the second one nothing'
node tests/system/flood.mjs "$HOOK" 20 > "$SCRATCH/null"
export_to news --name nightly
is "$? $(lines news | jq -c .seq | xargs)" "0 $(seq $((events + 1)) $((events + 20)) | xargs)" 'the next one what is new, wherever to'
export_to other --name other
is "$? $(lines other | wc -l)" "0 $((events + 20))" 'another name knows nothing of it'
exits 2 'an unknown format' "$HOOKTRAIL" export --to "$SCRATCH/x" --format xml --data "$DATA"
exits 2 'a name that is a path' "$HOOKTRAIL" export --to "$SCRATCH/x" --format ndjson --name ../x --data "$DATA"
exits 2 'no target' "$HOOKTRAIL" export --format ndjson --data "$DATA"
touch "$SCRATCH/file"
exits 1 'a target that is a file' "$HOOKTRAIL" export --to "$SCRATCH/file" --format ndjson --data "$DATA"

# ---- killed at random, while events come in ----

node tests/system/fill.mjs "$HOOK" "$RANDOM" 200 > "$SCRATCH/filled"
node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
killed=0
for n in $(seq 20); do
    "$HOOKTRAIL" export --to "$SCRATCH/killed" --format ndjson --name killed --data "$DATA" > "$SCRATCH/stdout" 2>&1 &
    run=$!
    sleep "0.$((RANDOM % 2))$((RANDOM % 10))"
    kill -9 "$run" 2> "$SCRATCH/null" && killed=$((killed + 1))
    wait "$run" 2> "$SCRATCH/null"
done
touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'the sender had everything acknowledged'
diag "$killed of 20 runs were killed, $(find "$SCRATCH/killed/events" -name '*.ndjson' 2> "$SCRATCH/null" | wc -l) files were finished"
export_to killed --name killed
is $? 0 'the run that is not killed succeeds'
total=$(api /v1/stats | jq .totals.events)
is "$(lines killed | jq -c .seq | sha256sum)" "$(seq "$total" | sha256sum)" "each of $total events once, in order"
is "$(find "$SCRATCH/killed" -type f ! -name 'events-*.ndjson' ! -name .lock | wc -l)" 0 'no temporary file is left'
export_to whole
is "$(lines whole | sha256sum)" "$(lines killed | sha256sum)" 'all lines are those of an undisturbed export'

is "$(flock "$SCRATCH/whole/.lock" "$HOOKTRAIL" export --to "$SCRATCH/whole" --format ndjson --data "$DATA" 2> "$SCRATCH/null"; echo $?)" 5 \
    'two at once to the same place: busy'
is "$(flock "$DATA/exports/nightly.lock" "$HOOKTRAIL" export --to "$SCRATCH/x" --format ndjson --name nightly --data "$DATA" \
    2> "$SCRATCH/null"; echo $?)" 5 'two at once of the same name: busy'

# ---- backup while serving ----

node tests/system/fill.mjs "$HOOK" "$RANDOM" 800 > "$SCRATCH/filled" 2>&1 &
filling=$!
sleep 0.7
cli events | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/acknowledged"
before=$(wc -l < "$SCRATCH/acknowledged")
passes 'backup while events come in' "$HOOKTRAIL" backup "$SCRATCH/backup" --data "$DATA"
kill -0 "$filling" 2> "$SCRATCH/null" || diag 'the events had all come before'
wait "$filling"
is "$(stat -c %a "$SCRATCH/backup") $(find "$SCRATCH/backup" -perm /077 | wc -l)" '700 0' 'others may not read it'
passes 'the backup verifies' "$HOOKTRAIL" verify --data "$SCRATCH/backup"
"$HOOKTRAIL" events --data "$SCRATCH/backup" | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
is "$(comm -23 "$SCRATCH/acknowledged" "$SCRATCH/stored" | wc -l)" 0 "the $before events acknowledged before are in it"
diag "$(wc -l < "$SCRATCH/stored") events in the backup"
"$HOOKTRAIL" show 1 --payload --data "$SCRATCH/backup" | cmp -s - <(cli show 1 --payload)
ok $? 'a payload is byte-identical'
is "$("$HOOKTRAIL" history --email maria.keller@example.com --data "$SCRATCH/backup" --json | jq -c .lead)" \
    "$(cli history --email maria.keller@example.com --json | jq -c .lead)" 'a lead is found by its address: the keys are there'
exits 1 'not over what is there' "$HOOKTRAIL" backup "$SCRATCH/backup" --data "$DATA"

# ---- compact ----

# What the backup will lack, exported under a name that it knows.
printf '{"agent_id":"behind-the-backup"}' > "$SCRATCH/body"
post "$SCRATCH/body" > "$SCRATCH/null"
export_to killed --name killed
is $? 0 'the original is exported on'

exits 5 'compact beside the daemon: busy' "$HOOKTRAIL" compact --data "$DATA"
cli events | sha256sum > "$SCRATCH/before"
stop_daemon_well
size=$(stat -c %s "$DATA/trail/data.mdb")
passes 'compact at rest' "$HOOKTRAIL" compact --data "$DATA"
ok $(($(stat -c %s "$DATA/trail/data.mdb") > size)) 'it does not grow'
cli events | sha256sum | cmp -s - "$SCRATCH/before"
ok $? 'the events are the same'
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
export_to named --name nightly
is "$? $(lines named | jq -c .seq | sort -n | uniq -d | wc -l)" '0 0' 'the watermark is kept'

DATA=$SCRATCH/backup
lines killed | sha256sum > "$SCRATCH/before"
exits 1 'a restored backup does not go on with an export that is ahead of it' \
    "$HOOKTRAIL" export --to "$SCRATCH/killed" --format ndjson --name killed --data "$DATA"
like "$(cat "$SCRATCH/stderr")" 'older backup restored' 'and says why'
lines killed | sha256sum | cmp -s - "$SCRATCH/before"
ok $? 'nothing is written'

# The backup is a store of its own: the same endpoint, the same token.
# shellcheck disable=SC2119
start_daemon || ok 1 'the daemon serves the backup'
printf '{"agent_id":"after-the-backup"}' > "$SCRATCH/body"
is "$(post "$SCRATCH/body" | jq -c '[.seq, .duplicate]')" "[$(($(wc -l < "$SCRATCH/stored") + 1)),false]" 'the backup takes events'
is "$(post "$FIXTURES/sales-day/01-new-session.json" | jq .duplicate)" true 'and knows what it has'
is "$(api /v1/events > "$SCRATCH/null"; code)" 200 'by the same token'
stop_daemon_well
done_testing
