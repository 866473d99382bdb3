#!/bin/bash
# A full backup and increments under load, with erasures, retention, rotation and rejected deliveries in between: put
# together they are the store at that position. What is broken, missing or another's is refused by name.
. tests/system/lib.sh

init_store
port=$(free_port)
serve() {
    start_daemon --listen "127.0.0.1:$port" || { diag "$(cat "$SCRATCH/daemon.log")"; echo 'Bail out! no daemon'; exit 1; }
}
B=$SCRATCH/backups
mkdir "$B"
at() { jq ".at.$2" "$B/$1/backup.json"; } # at NAME MEMBER
said() { cat "$SCRATCH/stderr"; }
wait_for() { # wait_for COUNT: so many deliveries more are acknowledged
    local wanted
    wanted=$(($(wc -l < "$SCRATCH/acks") + $1))
    for _ in $(seq 400); do
        [ "$(wc -l < "$SCRATCH/acks")" -ge "$wanted" ] && return 0
        sleep 0.02
    done
    diag 'too few deliveries come'
}

serve
: > "$SCRATCH/acks"
node tests/system/storm.mjs "http://127.0.0.1:$port$ENDPOINT" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
trap 'kill "$storm" 2> /dev/null; clean_up' EXIT

# ---- a chain under load ----

wait_for 300
echo '{"event": "new-session", "conversation_id": "c-forgotten", "messages": []}' > "$SCRATCH/forgotten.json"
post "$SCRATCH/forgotten.json" > /dev/null
is "$(code)" 200 'a conversation that is to be forgotten'
passes 'a full backup under load' cli backup "$B/full"
post tests/fixtures/invalid/truncated.json > /dev/null
post tests/fixtures/invalid/comment.json > /dev/null
wait_for 100
passes 'an increment under load' cli backup --since "$B/full" "$B/one" --json
is "$(jq .first "$SCRATCH/stdout")" "$(($(at full events) + 1))" 'it begins where the full one ends'
is "$(jq .last "$SCRATCH/stdout")" "$(at one events)" 'and says where it ends'
is "$(at one rejected)" 2 'with the rejected deliveries'

passes 'it is erased' cli erase --conversation c-forgotten --confirm
passes 'and one that goes on' cli erase --conversation c-3 --confirm
stop_daemon
passes 'another master key' cli keys rotate --master --confirm
passes 'another signing key' cli keys rotate --signing --confirm
serve
passes 'and another endpoint' cli endpoint rotate default
wait_for 100
passes 'the second increment follows the first' cli backup --since "$B/one/" "$B/two" --json
is "$(jq .erasures "$SCRATCH/stdout")" 2 'it has the erasures'
like "$(jq .changed "$SCRATCH/stdout")" '^[1-9]' 'with the events that went'

passes 'some go by age' cli retain 'type=session-active 1s' --confirm
passes 'a rejected delivery is dropped' cli rejected drop 1
wait_for 100
passes 'the third increment' cli backup --since "$B/two" "$B/three"
like "$(cat "$SCRATCH/stdout")" '^copied and verified [1-9][0-9,]* new events .*, and [1-9][0-9]* erasures? since with [1-9][0-9,]* older events? changed, in ' 'and what it has'
is "$(stat -c %a "$B/three" "$B/three/keys" "$B/three/rows" "$B/three/keys/slots" | xargs)" '700 700 600 600' 'for nobody else'
passes 'its files are what backup.json says' \
    sh -c "cd '$B/three' && jq -r '.files[] | \"\(.sha256)  \(.name)\"' backup.json | sha256sum -c --quiet"

# ---- killed ----

for pause in 0.004 0.008 0.012 0.02 0.03 0.05; do
    "$HOOKTRAIL" backup --since "$B/three" "$B/killed" --data "$DATA" > /dev/null 2>&1 &
    pid=$!
    sleep "$pause"
    kill -9 "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    [ -e "$B/killed" ] || continue
    passes 'one that got its name before it was killed is whole' \
        "$HOOKTRAIL" restore "$B"/{full,one,two,three,killed} --data "$SCRATCH/survived"
    rm -r "$B/killed" "$SCRATCH/survived"
done
for left in "$B"/killed.tmp-*; do
    if [ ! -e "$left" ] || [ -e "$left/backup.json" ]; then continue; fi
    exits 3 'what it leaves is none' "$HOOKTRAIL" restore "$B/full" "$B/one" "$B/two" "$B/three" "$left" --data "$SCRATCH/no"
    break
done
rm -rf "$B"/killed.tmp-*

# ---- restored ----

touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'every delivery was acknowledged'
position=$(at three events)
passes 'the full backup, which is a store, is looked at' "$HOOKTRAIL" verify --data "$B/full" --without-index
passes 'the chain is restored' "$HOOKTRAIL" restore "$B/full" "$B/one" "$B/two" "$B/three" --data "$SCRATCH/restored" --json
is "$(jq -c '[.events, .erasures]' "$SCRATCH/stdout")" "[$position,0]" 'to the last position, and nothing was to be repeated'
"$HOOKTRAIL" events --data "$SCRATCH/restored" --order asc > "$SCRATCH/restored.events"
cli events --order asc --before "$((position + 1))" > "$SCRATCH/live.events"
passes 'it has the same events as the store had' cmp "$SCRATCH/restored.events" "$SCRATCH/live.events"
is "$("$HOOKTRAIL" rejected --data "$SCRATCH/restored" | jq -c .number)" 2 'the rejected deliveries that were left'
is "$("$HOOKTRAIL" endpoint --data "$SCRATCH/restored")" "$(cli endpoint)" 'the endpoints'
exits 3 'and has forgotten what was erased' "$HOOKTRAIL" timeline c-forgotten --data "$SCRATCH/restored"

# At rest nothing has come since: all of it is the same.
stop_daemon_well
passes 'a last increment at rest' cli backup --since "$B/three" "$B/four"
passes 'the whole chain' "$HOOKTRAIL" restore "$B"/{full,one,two,three,four} --data "$SCRATCH/whole"
for store in "$DATA" "$SCRATCH/whole"; do
    "$HOOKTRAIL" verify --data "$store" --json | jq -c 'del(.acts)'
    "$HOOKTRAIL" export --data "$store" --to "$SCRATCH/export" --format ndjson > /dev/null
    cat "$SCRATCH"/export/*/*/*.ndjson | sha256sum
    rm -r "$SCRATCH/export"
done > "$SCRATCH/compared"
is "$(sed -n 3,4p "$SCRATCH/compared")" "$(sed -n 1,2p "$SCRATCH/compared")" 'verify and export say the same of both'

# ---- by the script of docs/operations.md ----

sed -n '/^# hooktrail-backup full/,/^```$/p' docs/operations.md | sed '$d' > "$SCRATCH/nightly"
programs=$(realpath "$OUT")
nightly() { PATH="$programs:$PATH" BACKUPS=$SCRATCH/chain HOOKTRAIL_DATA=$DATA sh "$SCRATCH/nightly" "$1"; }
mkdir "$SCRATCH/chain"
exits 3 'an increment before anything' nightly increment
for turn in 1 2; do
    passes "the script: a full one, $turn" nightly full
    passes "the script: an increment, $turn" nightly increment
    sleep 1 # its names are of the second
done
links=$(nightly chain)
is "$(cut -d- -f4 <<< "$links" | xargs)" 'full increment' 'the chain begins with the newest full backup'
# shellcheck disable=SC2086 # two names
(cd "$SCRATCH/chain" && "$programs/hooktrail" restore $links --data "$SCRATCH/drill" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr")
is $? 0 'and is restored'

# ---- refused ----

refuses() { # refuses STATUS TEXT NAME ARGUMENTS…
    local status=$1 text=$2 name=$3
    shift 3
    exits "$status" "$name" "$HOOKTRAIL" "$@"
    like "$(said)" "$text" "$name: by name"
    is "$(ls -d "$SCRATCH/no"* 2> /dev/null)" '' "$name: nothing is left"
}
refuses 2 'two follows .*/one, not .*/full' 'the wrong order' restore "$B"/{full,two,one} --data "$SCRATCH/no"
refuses 2 'three follows .* missing .*two' 'a missing link' restore "$B"/{full,one,three} --data "$SCRATCH/no"
refuses 2 'one is an increment, made since full' 'a chain without its beginning' restore "$B/one" --data "$SCRATCH/no"
refuses 3 'nowhere' 'one that is not there' restore "$B/full" "$B/nowhere" --data "$SCRATCH/no"
cp -r "$B/two" "$B/rotten"
printf '\377' | dd of="$B/rotten/rows" bs=1 seek=300 conv=notrunc status=none
refuses 4 'rotten/rows has another SHA-256' 'a damaged increment' restore "$B"/{full,one,rotten,three} --data "$SCRATCH/no"
"$HOOKTRAIL" init --data "$SCRATCH/foreign" > /dev/null
refuses 2 'full is a backup of another trail' 'an increment of another trail' \
    backup --since "$B/full" "$SCRATCH/no" --data "$SCRATCH/foreign"
"$HOOKTRAIL" backup "$B/foreign" --data "$SCRATCH/foreign" > /dev/null
refuses 2 'one is of another trail' 'a foreign trail' restore "$B/foreign" "$B/one" --data "$SCRATCH/no"
refuses 2 'four is ahead of the store' 'one that is ahead' backup --since "$B/four" "$SCRATCH/no" --data "$SCRATCH/restored"
refuses 1 'four is there already' 'one that would be written over' backup --since "$B/three" "$B/four" --data "$DATA"

done_testing
