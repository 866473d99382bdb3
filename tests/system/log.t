#!/bin/bash
# The log as others meet it: checkpoints, tiles and entries over HTTP, a monitor in Go, witnesses honest and lying, a trail
# that has gone back, retention by the daemon, and the settings of all these.
# builds: asan
# shellcheck disable=SC2119,SC2120,SC2317 # functions that wait_for calls, and that may have options
. tests/system/lib.sh

export no_proxy=127.0.0.1 # whatever proxy is set
fill() { node tests/system/fill.mjs "$HOOK" "$1" "$2" > "$SCRATCH/filled"; }
header() { tr -d '\r' < "$SCRATCH/headers" | sed -n "s/^$1: //Ip" | tail -1; }
# wait_for SECONDS COMMAND…: until it succeeds.
wait_for() {
    local tries=$(($1 * 10))
    shift
    for _ in $(seq "$tries"); do
        "$@" > "$SCRATCH/waiting" 2>&1 && return 0
        sleep 0.1
    done
    return 1
}
metric() { api /metrics | awk -v name="$1" '$1 == name { print $2 }'; }
size_of() { sed -n 2p "$1"; }
is_signed() { [ "$(metric 'hooktrail_checkpoint_size{log="events"}')" = "$(metric hooktrail_trail_events)" ]; }
one_event() { # a new event, its place does not matter
    EVENT=$((${EVENT:-0} + 1))
    jq --arg id "log-$EVENT" '.conversation.id = $id' "$FIXTURES/type-new-session.json" > "$SCRATCH/event.json"
    post "$SCRATCH/event.json" > "$SCRATCH/posted"
}
# refuses NAME REGEX OPTIONS…: the daemon does not start, and says why.
refuses() {
    local name=$1 wanted=$2 got=0
    shift 2
    timeout 20 "$HOOKTRAILD" --data "$DATA" --listen 127.0.0.1:0 "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || got=$?
    like "$got $(cat "$SCRATCH/stderr")" "^[1-5] .*$wanted" "$name"
}

# ---- another daemon, that erases what is older than a second: judged at the end ----

old_data=$SCRATCH/old
old_secrets=$("$HOOKTRAIL" init --data "$old_data" --json)
"$HOOKTRAILD" --data "$old_data" --listen 127.0.0.1:0 --set 'retain=forever, type=new-session 1s' 2> "$SCRATCH/old.log" &
old_daemon=$!
trap 'kill -9 $old_daemon ${witness:-} 2>/dev/null; clean_up' EXIT
wait_for 20 grep -q 'listening on' "$SCRATCH/old.log"
old_url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$SCRATCH/old.log")
for fixture in type-new-session type-new-question; do
    curl -sS -o "$SCRATCH/answer" --data-binary "@$FIXTURES/$fixture.json" "$old_url$(jq -r .endpoint <<< "$old_secrets")"
done

# ---- checkpoints ----

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
vkey=$(cli checkpoint --key)
acts_vkey=$(cli checkpoint --acts --key)
fill 1 40
wait_for 10 is_signed
ok $? 'a second after the last delivery everything is signed'
api /log/checkpoint > "$SCRATCH/checkpoint"
is "$(code) $(header Content-Type) $(header Cache-Control)" '200 text/plain; charset=utf-8 private, no-cache' 'the checkpoint'
tag=$(header ETag)
passes 'it is signed by the key that is told' node tests/system/witness.mjs verify "$SCRATCH/checkpoint" "$vkey"
is "$(cli checkpoint)" "$(cat "$SCRATCH/checkpoint")" 'and is what the tool prints'
is "$(api /log/checkpoint -H "If-None-Match: $tag")$(code)" 304 'unchanged: 304'
api /log/acts/checkpoint > "$SCRATCH/acts"
passes 'the log of acts is signed too' node tests/system/witness.mjs verify "$SCRATCH/acts" "$acts_vkey"
before=$(stat -c %Y.%s "$DATA/trail/data.mdb")
sleep 2.5
is "$(stat -c %Y.%s "$DATA/trail/data.mdb")" "$before" 'without deliveries nothing is written'

# ---- tiles and entries ----

size=$(size_of "$SCRATCH/checkpoint")
[ "$size" -gt 80 ]
ok $? "there are some events ($size)"
api "/log/tile/0/000.p/$size" > "$SCRATCH/tile"
is "$(code) $(stat -c %s "$SCRATCH/tile") $(header Content-Type)" "200 $((size * 32)) application/octet-stream" 'a partial tile'
is "$(header Cache-Control)" 'private, max-age=31536000, immutable' 'it lasts'
api /log/tile/0/000.p/1 > "$SCRATCH/small"
cmp -s "$SCRATCH/small" <(head -c 32 "$SCRATCH/tile")
ok $? 'a narrower one is its beginning'
api "/log/tile/entries/000.p/$size" > "$SCRATCH/entries"
is "$(code) $(stat -c %s "$SCRATCH/entries")" "200 $((size * 54))" 'an entry bundle: leaves of 52 bytes'
{ printf '\0'; head -c 54 "$SCRATCH/entries" | tail -c 52; } | sha256sum | cut -d' ' -f1 > "$SCRATCH/hash"
is "$(head -c 32 "$SCRATCH/tile" | od -An -tx1 | tr -d ' \n')" "$(cat "$SCRATCH/hash")" 'a leaf hashes to its place in the tile'
api "/log/tile/entries/000.p/$size" --compressed > "$SCRATCH/packed"
cmp -s "$SCRATCH/packed" "$SCRATCH/entries"
ok $? 'compressed on the way, it is the same'
api /log/tile/entries/000.p/1 -I > "$SCRATCH/head"
is "$(code) $(header Content-Length)" '200 54' 'HEAD'
for path in '' / tile tile/ tile/0 tile/0/ tile/0/000 "tile/0/000.p/$((size + 1))" tile/0/000.p/0 tile/0/000.p/256 tile/0/000.p/01 \
    tile/1/000.p/1 tile/8/000.p/1 tile/63/000.p/1 tile/64/000.p/1 tile/0/001.p/1 tile/0/x000/000.p/1 tile/0/0.p/1 tile/00/000.p/1 \
    tile/0/x018/x446/x744/x073/x709/x551/615.p/1 tile/0/x099/x446/x744/x073/x709/x551/616 tile/-1/000.p/1 tile/8/0/000.p/1 \
    tile/0/%30%30%30.p/1 tile/0/000.p%2f1 tile/data/000.p/1 tile/entries/0/000.p/1 tile/entries/x000/000.p/1 tile/entries/000 \
    tile/../checkpoint tile/0/../0/000.p/1 tile//0/000.p/1 checkpoint/ Checkpoint acts acts/ acts/tile/0/000 acts/acts/checkpoint; do
    api "/log/$path" --path-as-is > "$SCRATCH/document"
    is "$(code) $(jq -r .status "$SCRATCH/document")" '404 404' "nothing at /log/$path"
done

# ---- who may read it ----

logs='checkpoint tile/0/000.p/1 tile/entries/000.p/1 acts/checkpoint acts/tile/0/000.p/1 acts/tile/entries/000.p/1'
anonymous() { curl -sS -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' "$URL/log/$1"; }
answers() { for path in $logs; do printf '%s ' "$(anonymous "$path")"; done; }
is "$(answers)" '401 401 401 401 401 401 ' 'a token is wanted'
admin=$(cli token add --name admin --scope admin --json | jq -r .token)
is "$(TOKEN=$admin api /log/checkpoint > "$SCRATCH/null" && code)" 403 'with the scope read'
stop_daemon_well
start_daemon --set log_public=on
is "$(answers)" '200 200 200 200 200 401 ' 'log_public opens the logs, but not what acts say'
anonymous tile/0/000.p/1 > "$SCRATCH/null"
is "$(header Cache-Control)" 'public, max-age=31536000, immutable' 'then any cache may keep tiles'
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' "$URL/v1/events")" 401 'and nothing else is open'

# ---- a monitor ----

if command -v go > "$SCRATCH/null" && [ -d /usr/share/gocode/src/golang.org/x/mod/sumdb ]; then
    export GO111MODULE=off GOPATH=/usr/share/gocode GOCACHE=$SCRATCH/gocache
    passes 'the monitor is built' go build -o "$SCRATCH/monitor" tests/go/monitor.go
    monitor() { "$SCRATCH/monitor" -token "$TOKEN" "$@"; }
    events() { monitor -url "$URL/log" -key "$vkey" "$@"; }
    is "$(events -save "$SCRATCH/kept")" "$size" 'a monitor reads the whole log, and its root is what is signed'
    monitor -url "$URL/log/acts" -key "$acts_vkey" > "$SCRATCH/acts-size"
    is "$? $(cat "$SCRATCH/acts-size")" "0 $(cli acts --json --limit 1000 | jq '[.. | .seq? // empty] | length')" 'so with acts'
    fill 2 300
    wait_for 10 is_signed
    size=$(metric hooktrail_trail_events)
    [ "$size" -gt 600 ]
    ok $? "more events, and full tiles ($size)"
    is "$(events -old "$SCRATCH/kept" -save "$SCRATCH/kept2")" "$size" 'the log continues the one whose checkpoint was kept'
    api /log/tile/0/000 > "$SCRATCH/tile"
    is "$(code) $(stat -c %s "$SCRATCH/tile")" '200 8192' 'a full tile'
    api /log/tile/1/000.p/2 > "$SCRATCH/tile"
    is "$(code) $(stat -c %s "$SCRATCH/tile")" '200 64' 'a tile of the level above'
    exits 1 'with another key it refuses' monitor -url "$URL/log" -key "$acts_vkey"
    exits 1 'so without the witness that it wants' events -witness "$(node tests/system/witness.mjs make w "$SCRATCH/w.key")"
else
    diag 'no Go with golang.org/x/mod: no monitor'
    events() { :; }
fi
stop_daemon_well

# ---- an honest witness ----

mode=$SCRATCH/mode
wkey=$(node tests/system/witness.mjs make witness.example/one "$SCRATCH/witness.key")
printf '%s\n%s\n' "$vkey" "$acts_vkey" > "$SCRATCH/logs"
start_witness() {
    node tests/system/witness.mjs serve "$SCRATCH/witness.key" "$SCRATCH/witness.state" "$SCRATCH/logs" "$mode" \
        > "$SCRATCH/witness.log" 2>&1 &
    witness=$!
    wait_for 20 grep -q listening "$SCRATCH/witness.log"
    witness_url=http://127.0.0.1:$(sed -n 's/^listening //p' "$SCRATCH/witness.log")/prefix
}
start_with_witness() { start_daemon --set "witness=$witness_url/ $wkey" --set witness_interval=200ms "$@"; }
is_cosigned() { # of the tree as it is now
    api /log/checkpoint > "$SCRATCH/checkpoint"
    [ "$(size_of "$SCRATCH/checkpoint")" = "$(metric hooktrail_trail_events)" ] &&
        grep -q "^— ${wkey%%+*} " "$SCRATCH/checkpoint" &&
        node tests/system/witness.mjs verify "$SCRATCH/checkpoint" "$vkey" "$wkey"
}
: > "$mode"
start_witness
start_with_witness
wait_for 20 is_cosigned
ok $? 'a witness cosigns the newest checkpoint'
one_event
wait_for 20 is_cosigned
ok $? 'and the next'
api /log/acts/checkpoint > "$SCRATCH/acts"
passes 'acts too' node tests/system/witness.mjs verify "$SCRATCH/acts" "$acts_vkey" "$wkey"
passes 'a monitor that wants the witness accepts it' events -witness "$wkey"
passes 'verify accepts it' "$HOOKTRAIL" verify --data "$DATA" --checkpoint "$SCRATCH/checkpoint"
is "$(metric "hooktrail_witness_cosigned_size{witness=\"witness.example/one\",log=\"events\"}")" \
    "$(size_of "$SCRATCH/checkpoint")" 'metrics tell how far'
count=$(wc -l < "$SCRATCH/witness.log")
sleep 2.5
is "$(wc -l < "$SCRATCH/witness.log")" "$count" 'without a new checkpoint it is not asked'
stop_daemon_well
start_with_witness
one_event
wait_for 20 is_cosigned
ok $? 'after a restart it goes on'
like "$(cat "$SCRATCH/witness.log")" " 0 [0-9]+ 409" 'from the size that the witness names'

# ---- lying witnesses ----

told() { grep -c "$1" "$SCRATCH/witness.log"; }
was_asked() { [ "$(told " $1\$")" -gt 0 ]; }
has_failed() { [ "$(metric "$failed")" -gt "$failures" ]; }
failed='hooktrail_witness_requests_total{witness="witness.example/one",log="events",result="failed"}'
for lie in wrong-key wrong-signature other-checkpoint future garbage empty huge loop contradict larger conflict redirect failing; do
    failures=$(metric "$failed")
    echo "$lie" > "$mode"
    one_event
    is "$(code)" 200 "$lie: deliveries are taken"
    wait_for 20 has_failed
    ok $? "$lie: refused"
    is_cosigned > "$SCRATCH/null" 2>&1
    is $? 1 "$lie: the checkpoint is not cosigned"
    passes "$lie: it is as it was signed" node tests/system/witness.mjs verify "$SCRATCH/checkpoint" "$vkey"
    : > "$mode"
    wait_for 20 is_cosigned
    ok $? "$lie: once the witness is honest again, it cosigns"
done
[ "$(told ' loop$')" -ge 2 ]
ok $? 'a size that is named is followed'
[ "$(told ' loop$')" -le 12 ]
ok $? 'but not for ever'
warned=$(grep -c 'does not cosign' "$SCRATCH/daemon.log")
[ "$warned" -ge 13 ] && [ "$warned" -le 26 ]
ok $? "each lie is told once of each log, and not at each attempt ($warned)"
like "$(cat "$SCRATCH/daemon.log")" 'witness.example/one does not cosign [^ ]+: it has seen [0-9]+ leaves' 'it says what is wrong'
kill "$witness"
wait "$witness" 2> "$SCRATCH/null"
failures=$(metric "$failed")
one_event
wait_for 20 has_failed
ok $? 'a witness that is gone'
start_witness
echo hang > "$mode"
stop_daemon_well
start_with_witness
one_event
wait_for 20 was_asked hang
ok $? 'a witness that hangs'
begin=$(date +%s%N)
one_event
is "$(code) $((($(date +%s%N) - begin) / 1000000000))" '200 0' 'delays no delivery'
begin=$(date +%s%N)
stop_daemon_well
[ $((($(date +%s%N) - begin) / 1000000)) -lt 3000 ]
ok $? 'nor the end'
: > "$mode"

# ---- a trail that has gone back ----

mkdir "$SCRATCH/older"
cp -a "$DATA/trail" "$DATA/heads" "$SCRATCH/older/"
start_with_witness
one_event
one_event
wait_for 20 is_cosigned
ok $? 'two events are signed and cosigned'
newest=$(size_of "$SCRATCH/checkpoint")
stop_daemon_well
rm -rf "$DATA/trail"
cp -a "$SCRATCH/older/trail" "$DATA/trail"
start_with_witness
one_event
is "$(code)" 200 'an old copy of the trail put in its place: deliveries are taken'
refused() { [ "$(metric 'hooktrail_checkpoint_refused{log="events"}')" = 1 ]; }
wait_for 10 refused
ok $? 'but it refuses to sign'
like "$(grep 'is not signed any more' "$SCRATCH/daemon.log")" "the trail has gone back: it has .* $newest were signed" 'and says why'
is "$(curl -sS "$URL/readyz" | jq -c .)" '{"status":"ready","signing":"refused"}' 'readyz tells'
is "$(api /log/checkpoint | sed -n 2p | awk -v newest="$newest" '{ print ($1 < newest) }')" 1 'nothing newer is signed'
for _ in 1 2 3; do
    one_event
    is "$(code)" 200 'it goes on taking deliveries'
    sleep 1.2
done
refused
ok $? 'also when it has grown beyond what was signed'
is "$(grep -c 'is not signed any more' "$SCRATCH/daemon.log")" 1 'it is told once'
stop_daemon_well
exits 4 'verify finds it' "$HOOKTRAIL" verify --data "$DATA"

rm -rf "$DATA/trail" "$DATA/heads"
cp -a "$SCRATCH/older/trail" "$SCRATCH/older/heads" "$DATA/"
start_with_witness
one_event
wait_for 10 is_signed
ok $? 'with heads put back as well, the daemon cannot know'
wait_for 20 grep -q 'the trail has gone back' "$SCRATCH/daemon.log"
ok $? 'but the witness does'
is_cosigned > "$SCRATCH/null" 2>&1
is $? 1 'and does not cosign'
stop_daemon_well

# ---- settings ----

origin=$(head -1 "$SCRATCH/checkpoint")
refuses 'another origin' "hooktrail keys rotate --signing --origin other" --set origin=other
refuses 'a witness without a key' 'witness wants .URL KEY.' --set witness=http://127.0.0.1
refuses "a log's key as a witness's" 'is not one of a witness' --set "witness=http://127.0.0.1 $vkey"
refuses 'a retention that is none' 'retain: ' --set 'retain=long'
exits 2 'check-config finds these too' "$HOOKTRAILD" --data "$DATA" --check-config --set 'retain=long'
start_daemon --set "origin=$origin"
ok $? 'the right origin'
stop_daemon_well
mv "$DATA/keys/master.key" "$SCRATCH/master.key"
refuses 'without the master key' 'master key .*missing'
export HOOKTRAIL_MASTER_KEY_FILE=$SCRATCH/master.key
start_daemon
ok $? 'it may lie elsewhere'
is "$(api /v1/events/1/payload > "$SCRATCH/null" && code) $(header Cache-Control)" '200 no-store' 'payloads are read; no cache keeps them'

# ---- erased ----

conversation=$(api /v1/events/1 | jq -r .conversation_id)
passes 'a conversation is erased beside the daemon' "$HOOKTRAIL" erase --data "$DATA" --conversation "$conversation" \
    --reason 'as was asked' --confirm
for path in /v1/events/1 /v1/events/1/payload "/v1/conversations/$(jq -rn --arg id "$conversation" '$id | @uri')"; do
    is "$(api "$path" | jq -c '[.status, (.detail | test("erased on .*: as was asked"))]') $(header Content-Type)" \
        '[410,true] application/problem+json' "410, when and why: ${path%/*}"
done
is "$(api '/v1/events?order=asc&limit=1' | jq -c '.events[] | [.seq, .type, .conversation_id, .sha256]')" \
    '[1,"erased",null,null]' 'the event is still listed, as erased'
one_event
wait_for 10 is_signed
passes 'a monitor finds nothing changed' events
stop_daemon_well

# ---- retention ----

wait_for 90 grep -q retention: "$SCRATCH/old.log"
is "$(grep -c 'retention: 1 events' "$SCRATCH/old.log")" 1 'a minute after its start the other daemon has erased what was old'
erased() { curl -sS -H "Authorization: Bearer $(jq -r .token <<< "$old_secrets")" "$old_url/v1/events" | jq -c '[.events[].type] | sort'; }
is "$(erased)" '["erased","new-question"]' 'and that alone'
kill -TERM "$old_daemon"
wait "$old_daemon"
is $? 0 'it ends well'
kill -TERM "$witness"
wait "$witness" 2> "$SCRATCH/null"
passes 'and verifies' "$HOOKTRAIL" verify --data "$old_data"
done_testing
