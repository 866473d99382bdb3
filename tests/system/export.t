#!/bin/bash
# What leaves the store whole: exports as files, killed and repeated, erasures followed; backups taken while events come
# in; compaction.
# builds: asan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent"
# Leads that hold more together than one payload may, and of which a field is called as a member of another one is.
for field in a b; do
    { printf '{"type":"new-contact","lead":{"id":"wide","attributes":{"%s":[0' $field; printf ',0%.0s' $(seq 66000); printf ']}}}'; } > "$SCRATCH/body"
    post "$SCRATCH/body" >> "$SCRATCH/sent"
done
printf '{"type":"new-contact","lead":{"id":"dotted","attributes.plan":1,"attributes":{"plan":2}}}' > "$SCRATCH/body"
post "$SCRATCH/body" >> "$SCRATCH/sent"
events=$(jq -s 'map(.seq) | max' "$SCRATCH/sent")
export_to() { # export_to DIR OPTIONS…
    local to=$1
    shift
    "$HOOKTRAIL" export --to "$SCRATCH/$to" --format ndjson --data "$DATA" "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
}
# files DIR TABLE, lines DIR [TABLE]: in the order of their numbers.
files() { find "$SCRATCH/$1/$2" -name '*.ndjson' 2> "$SCRATCH/null" | awk -F/ '{ print $NF, $0 }' | sort | cut -d' ' -f2; }
lines() { files "$1" "${2:-events}" | xargs -r cat; }
unfinished() { find "$SCRATCH/$1" -name '.*' ! -name .lock -type f | wc -l; }

# ---- beside who takes webhooks in ----

# More than a pipe holds, so that it waits amid its rows.
mkfifo "$SCRATCH/rows"
exec 5<> "$SCRATCH/rows"
"$HOOKTRAIL" export --singer --data "$DATA" > "$SCRATCH/rows" 2> "$SCRATCH/null" &
exporter=$! line=
until grep -q '"RECORD"' <<< "$line"; do read -r -u 5 line; done
is "$(ps -o ni= -p "$exporter" | xargs)" "$(($(nice) > 10 ? $(nice) : 10))" 'an export gives way'
kill "$exporter"
wait "$exporter" 2> /dev/null
exec 5>&-

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
is "$(lines all leads | jq -c 'select(.lead_id == "wide") | [.events, .first_at != null, (.profile.attributes | map_values(length))]')" \
    '[2,true,{"a":66001,"b":66001}]' 'a lead may hold more values than one payload'
is "$(lines all lead_changes | jq -c 'select(.lead_id == "dotted") | [.field, .new_value]' | xargs -d '\n')" \
    '["attributes\\.plan",1] ["attributes.plan",2]' 'fields that differ are told apart'
is "$(lines all lead_changes | jq -c '[.lead_id, .seq, .field]' | sort | uniq -d)" '' 'no key is there twice'
export_to all
is "$? $(lines all | wc -l)" "0 $events" 'again to the same place: still each once'
is "$(unfinished all)" 0 'nothing unfinished is left there'
is "$(cat "$SCRATCH/all/_SUCCESS")" '_manifests/000000000001.json' '_SUCCESS names the manifest'
manifest=$SCRATCH/all/_manifests/000000000001.json
is "$(jq -r '.files[] | "\(.sha256)  \(.name)"' "$manifest" | (cd "$SCRATCH/all" && sha256sum --quiet -c 2>&1))" '' 'its digests are those of the files'
is "$(jq -r '.files[].name' "$manifest" | sort)" "$(cd "$SCRATCH/all" && find . -name '*.ndjson' | cut -c3- | sort)" 'it names all files'
is "$(jq -r '.files[].rows' "$manifest" | paste -sd+ | bc)" "$(find "$SCRATCH/all" -name '*.ndjson' -print0 | xargs -0 cat | wc -l)" 'and counts their rows'
jq -j .checkpoint "$manifest" > "$SCRATCH/checkpoint"
passes 'the checkpoint in it is the trail'"'"'s' "$HOOKTRAIL" verify --checkpoint "$SCRATCH/checkpoint" --data "$DATA"
is "$(find "$SCRATCH/all" -perm /077 | wc -l)" 0 'others may not read it'

# ---- with a name ----

export_to named --name nightly
is "$? $(lines named | wc -l)" "0 $events" 'the first run of a name writes everything'
export_to named --name nightly
is "$? $(lines named | wc -l)" "0 $events" 'the second one nothing'
node tests/system/flood.mjs "$HOOK" 20 > "$SCRATCH/null"
export_to news --name nightly
is "$? $(grep -c -e --full "$SCRATCH/stderr")" '1 1' 'not to a place that lacks what has gone: it says --full'
export_to named --name nightly
is "$? $(lines named | jq -c .seq | xargs)" "0 $(seq $((events + 20)) | xargs)" 'the next one writes what is new'
is "$(jq -c '[.run, .after.seq, .until.seq]' "$SCRATCH/named/_manifests/nightly-000000000002.json")" "[2,$events,$((events + 20))]" \
    'its manifest says which part of the trail it took'
is "$(cli export status | jq -c '[.name, .runs, .events, .behind, .state]')" "[\"nightly\",2,$((events + 20)),0,\"done\"]" 'export status tells of it'
export_to news --name nightly --full
is "$? $(lines news | wc -l)" "0 $((events + 20))" '--full writes it anew, wherever to'
export_to other --name other
is "$? $(lines other | wc -l)" "0 $((events + 20))" 'another name knows nothing of it'
exits 2 'an unknown format' "$HOOKTRAIL" export --to "$SCRATCH/x" --format xml --data "$DATA"
exits 2 'views of a name that no file may have' "$HOOKTRAIL" export --to "duckdb:$SCRATCH/x/my views.sql" --name views --data "$DATA"
ok $(($(find "$SCRATCH" -maxdepth 1 -name x | wc -l) > 0)) 'and nothing is written'
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
diag "$killed of 20 runs were killed, $(files killed events | wc -l) files were finished"
export_to killed --name killed
is $? 0 'the run that is not killed succeeds'
total=$(api /v1/stats | jq .totals.events)
is "$(lines killed | jq -c .seq | sha256sum)" "$(seq "$total" | sha256sum)" "each of $total events once, in order"
is "$(unfinished killed)" 0 'no temporary file is left'
export_to whole
plain() { lines "$1" "${2:-events}" | jq -cS 'del(.deliveries, .updated_seq)' | sort | sha256sum; }
is "$(plain whole)" "$(plain killed)" 'all events are those of an undisturbed export'
is "$(plain whole deliveries)" "$(plain killed deliveries)" 'and all deliveries'
is "$(plain whole lead_changes)" "$(plain killed lead_changes)" 'and all changes of leads'
# newest DIR TABLE KEY: the rows that count, of each key those of the newest run.
newest() {
    lines "$1" "$2" | jq -cS --arg key "$3" -s 'group_by(.[$key])[] | (map(.updated_seq) | max) as $last
        | .[] | select(.updated_seq == $last) | del(.updated_seq)' | sort | sha256sum
}
is "$(newest whole conversations conversation_id)" "$(newest killed conversations conversation_id)" 'the newest rows of conversations too'
is "$(newest whole messages conversation_id)" "$(newest killed messages conversation_id)" 'of messages'
is "$(newest whole leads lead_id)" "$(newest killed leads lead_id)" 'of leads'
is "$(newest whole agents agent_id)" "$(newest killed agents agent_id)" 'and of agents'

# ---- the tables are what the queries show ----

conversation_rows() { lines whole messages | jq -c --arg id "$1" 'select(.conversation_id == $id) | [.created_at, .role, .content, .message_id, .first_seq, .removed]'; }
conversation_items() {
    "$HOOKTRAIL" timeline --data "$DATA" --json --limit 1000 -- "$1" | jq -c '.items[] | select(.kind == "message") | [.at, .role, .content, .id, .seq, .removed != null]'
}
wrong=0
mapfile -t ids < <(lines whole conversations | jq -r .conversation_id | shuf -n 25 --random-source=<(yes))
for id in "${ids[@]}"; do
    [ "$(conversation_rows "$id")" = "$(conversation_items "$id")" ] || wrong=$((wrong + 1))
done
is "${#ids[@]} $wrong" '25 0' 'messages are those of the timelines'
wrong=0
mapfile -t ids < <(lines whole leads | jq -r .lead_id | shuf -n 10 --random-source=<(yes))
for id in "${ids[@]}"; do
    [ "$(lines whole leads | jq -cS --arg id "$id" 'select(.lead_id == $id) | .profile')" = "$("$HOOKTRAIL" history --data "$DATA" --json -- "$id" | jq -cS .lead)" ] || wrong=$((wrong + 1))
    [ "$(lines whole lead_changes | jq -c --arg id "$id" 'select(.lead_id == $id) | [.seq, .field, .old_value, .new_value]')" = \
        "$("$HOOKTRAIL" history --data "$DATA" --json -- "$id" | jq -c '.changes[] | [.seq, .field, .from, .to]')" ] || wrong=$((wrong + 1))
done
is "$wrong" 0 'leads and their changes are those of the histories'
is "$(lines whole conversations | jq -c '[.conversation_id, .events]' | sort)" \
    "$(cli conversations --limit 1000 | jq -c '[.id, .events]' | sort)" 'conversations are those of the list'
is "$(lines whole agents | jq -c '[.agent_id, .agent_name, .events]' | sort)" \
    "$(cli agents --limit 1000 | jq -c '[.id, .name, .events]' | sort)" 'and agents'
is "$(lines whole deliveries | wc -l)" "$(api /v1/stats | jq .totals.deliveries)" 'as many deliveries as the statistics count'

# ---- parts, and pulling ----

export_to part --tables events,agents --since 2020-01-01 --until 2021-01-01
is "$? $(lines part | wc -l)" '0 0' 'nothing came in another year'
export_to part --tables agents,events --since 1d
is "$? $(lines part | wc -l) $(find "$SCRATCH/part" -maxdepth 1 -type d -printf '%P\n' | LC_ALL=C sort | xargs)" "0 $total _manifests agents events" 'two tables only, of the last day'
exits 2 'no such table' "$HOOKTRAIL" export --to "$SCRATCH/x" --tables events,persons --data "$DATA"
pull() {
    local after=0
    while api "/v1/export?after=$after&limit=700" > "$SCRATCH/page" && [ -s "$SCRATCH/page" ]; do
        cat "$SCRATCH/page"
        after=$(tail -1 "$SCRATCH/page" | jq .seq)
    done
}
is "$(pull | sha256sum)" "$(lines whole | sha256sum)" 'who pulls gets the same lines'
api '/v1/export?after=0&limit=7' > "$SCRATCH/page"
is "$(grep -i '^Link:' "$SCRATCH/headers" | tr -d '\r')" 'Link: </v1/export?after=7&limit=7>; rel="next"' 'the next page is as long'
more() { api "/v1/export?after=$1&limit=1" | jq .seq; grep -ci '^link: .*rel="next"' "$SCRATCH/headers"; }
is "$(more $((total - 2)) | xargs) $(more $((total - 1)) | xargs)" "$((total - 1)) 1 $total 0" 'and is told of more as long as there is one'

is "$(flock "$SCRATCH/whole/.lock" "$HOOKTRAIL" export --to "$SCRATCH/whole" --format ndjson --data "$DATA" 2> "$SCRATCH/null"; echo $?)" 5 \
    'two at once to the same place: busy'
is "$(flock "$DATA/exports/nightly.lock" "$HOOKTRAIL" export --to "$SCRATCH/x" --format ndjson --name nightly --data "$DATA" \
    2> "$SCRATCH/null"; echo $?)" 5 'two at once of the same name: busy'

# lock FILE SECONDS: holds a lock for a while, from when it returns on.
lock() {
    flock -o "$1" sh -c "touch '$SCRATCH/held'; exec sleep $2" &
    until [ -e "$SCRATCH/held" ]; do sleep 0.02; done
    rm "$SCRATCH/held"
}
began=$(date +%s)
lock "$DATA/exports/nightly.lock" 2
export_to news --name nightly --lock-timeout 20
is $? 0 'with --lock-timeout it waits for the other run of the name to end'
done_at=$(cli export status --json | jq '.exports[] | select(.name == "nightly").done_at | sub("\\.[0-9]+"; "") | fromdate')
[ "$done_at" -ge $((began + 2)) ]
ok $? 'and is dated when that has ended'
lock "$SCRATCH/whole/.lock" 0.5
export_to whole --lock 20
is $? 0 'or for the one to the same place; --lock will do'
lock "$SCRATCH/whole/.lock" 20
held=$!
began=$(date +%s)
export_to whole --lock-timeout 1
is "$? $(($(date +%s) - began < 15))" '5 1' 'but not for longer'
pkill -P "$held"
exits 2 'a timeout that is none' "$HOOKTRAIL" export --to "$SCRATCH/x" --lock-timeout soon --data "$DATA"

# ---- erasures ----

# An event of the day before would be in a file of its own: here all are in one, which is written again.
export_to kept --name kept --file-size 100KiB
before=$(files kept events | xargs -n1 basename | sort)
subject=$(lines kept leads | jq -r '.lead_id | select(test("^lead-"))' | head -1)
conversation=$(lines kept conversations | jq -r --arg id "$subject" 'select(.lead_ids | index($id)) | .conversation_id' | head -1)
export_to pulled --name untouched
passes 'a lead is erased' "$HOOKTRAIL" erase --lead "$subject" --confirm --data "$DATA"
"$HOOKTRAIL" export --to "$SCRATCH/kept" --format ndjson --name kept --file-size 100KiB --data "$DATA" > "$SCRATCH/stdout" 2>&1 &
run=$!
sleep 0.05
kill -9 "$run" 2> "$SCRATCH/null"
wait "$run" 2> "$SCRATCH/null"
export_to kept --name kept --file-size 100KiB
is $? 0 'the next export follows, also after one that was killed'
is "$(grep -rlF -e "\"$subject\"" -e "\"$conversation\"" "$SCRATCH/kept" | wc -l)" 0 'no file tells of the lead or its conversation any more'
is "$(lines kept | jq -c .seq | sha256sum)" "$(seq "$total" | sha256sum)" 'each event is there once'
is "$(lines kept | jq -r 'select(.erased_at) | .seq')" "$(lines kept erasures | jq -r 'range(.first_seq; .last_seq + 1)' | sort -n)" \
    'those that were erased say so, and the table of erasures names them'
is "$(lines kept | jq -c 'select(.erased_at) | [.type, .payload, .agent_id, .sha256]' | sort -u)" '["erased",null,null,null]' 'nothing else'
ok $(($(comm -12 <(echo "$before") <(files kept events | xargs -n1 basename | sort) | wc -l) == 0 && $(echo "$before" | wc -l) > 1)) \
    'files that were not touched keep their names'
jq -r '.superseded[]' "$SCRATCH/kept/_manifests/kept-000000000002.json" | (cd "$SCRATCH/kept" && xargs ls 2> "$SCRATCH/null") | wc -l > "$SCRATCH/old"
is "$(cat "$SCRATCH/old")" 0 'what the manifest calls superseded is gone'
is "$(jq -r '.files[0].table' "$SCRATCH/kept/_manifests/kept-000000000002.json")" erasures 'erasures are written before all else'
export_to whole
is "$(plain whole)" "$(plain kept)" 'all events are those of a whole export'
is "$(pull | sha256sum)" "$(lines whole | sha256sum)" 'who pulls from the begin gets them too'
is "$(plain whole deliveries) $(plain whole lead_changes) $(newest whole messages conversation_id) $(newest whole leads lead_id)" \
    "$(plain kept deliveries) $(plain kept lead_changes) $(newest kept messages conversation_id) $(newest kept leads lead_id)" 'and the other tables'
export_to killed --name killed

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
export_to news --name nightly
is "$? $(lines news | jq -c .seq | sort -n | uniq -d | wc -l)" '0 0' 'the watermark is kept'

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
