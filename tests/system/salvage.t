#!/bin/bash
# Salvage, with the real programs: a damaged store becomes a new one that verifies, names what is lost, has all else
# byte for byte, and is served by the daemon.
# shellcheck disable=SC2317,SC2119 # functions are run by damage; the daemon needs no options
. tests/system/lib.sh

NEW=$SCRATCH/new
BROKEN=$SCRATCH/broken
init_store
start_daemon || { ok 1 'the daemon starts'; done_testing; }
node tests/system/fill.mjs "$HOOK" 11 60 > "$SCRATCH/filled"
post "$FIXTURES/sales-day/01-new-session.json" > /dev/null
printf '{broken' > "$SCRATCH/bad.json"
post "$SCRATCH/bad.json" > /dev/null
stop_daemon_well
cli checkpoint > "$SCRATCH/checkpoint"

# digests DIR: seq and digest of every event that can be read.
digests() { "$HOOKTRAIL" events --data "$1" --order asc | jq -r 'select(.sha256 != null and .unreadable != true) | "\(.seq) \(.sha256)"'; }
digests "$DATA" > "$SCRATCH/before"
total=$(wc -l < "$SCRATCH/before")

# damage NAME COMMAND…: a copy of the store, whose trail's file $FILE the command damages, is salvaged to $NEW.
damage() {
    rm -rf "$BROKEN" "$NEW"
    cp -a "$DATA" "$BROKEN"
    rm -rf "$BROKEN/index"
    FILE=$BROKEN/trail/data.mdb
    "$@"
    status=0
    "$HOOKTRAIL" salvage "$BROKEN" --to "$NEW" --json > "$SCRATCH/salvaged.json" 2> "$SCRATCH/stderr" || status=$?
}
nothing() { :; }
zero_page() { dd if=/dev/zero of="$FILE" bs=4096 seek="$1" count="${2:-1}" conv=notrunc status=none; }
cut_off() { truncate -s "$1" "$FILE"; }
flip() { node -e 'const fs = require("fs"), [file, n] = process.argv.slice(1), bytes = fs.readFileSync(file);
    for (let i = 0; i < n; i++) bytes[8192 + Math.floor(Math.random() * (bytes.length - 8192))] ^= 1 << (i & 7);
    fs.writeFileSync(file, bytes);' "$FILE" "$1"; }

field() { jq -r "$1" "$SCRATCH/salvaged.json"; }

# What was lost by the new store's own word is all that is missing, and verify says the same.
check_new() {
    digests "$NEW" > "$SCRATCH/after"
    is "$(comm -13 <(sort "$SCRATCH/before") <(sort "$SCRATCH/after") | wc -l)" 0 "$1: no event is another than it was"
    is "$(($(wc -l < "$SCRATCH/after") + $(field .lost_events)))" "$(field .events)" "$1: what is missing is said to be lost"
    exits 0 "$1: the new store verifies" "$HOOKTRAIL" verify --data "$NEW" --json
    is "$(jq '[.lost[]? | select(.table == "trail/events")] | length > 0' "$SCRATCH/stdout")" \
        "$(jq '.lost_events > 0' "$SCRATCH/salvaged.json")" "$1: verify names what is lost, and only then"
}

damage nothing
is "$status $(field '[.events, .lost_events, .new_log, (.findings | length)] | @text')" "0 [$total,0,false,0]" 'a sound store: nothing is lost'
check_new sound
is "$(cmp "$SCRATCH/before" "$SCRATCH/after" && echo same)" same 'a sound store: the same events'
exits 0 'a sound store: a checkpoint from before holds' "$HOOKTRAIL" verify --data "$NEW" --checkpoint "$SCRATCH/checkpoint"
is "$("$HOOKTRAIL" acts --data "$NEW" | jq -r .kind | head -1)" salvage 'an act tells of the salvage'

pages=$(($(stat -c %s "$DATA/trail/data.mdb") / 4096))
for page in 1 $((2 + RANDOM % (pages - 2))); do
    damage zero_page "$page"
    like "$status" '^[04]$' "page $page of zeros: salvaged"
    check_new "page $page"
done
damage zero_page 0 2
is "$status" 4 'both meta pages gone: exit status 4'
is "$(field .lost_events)" 0 'both meta pages gone: no event is lost'
like "$(field '.findings[].detail')" 'hooktrail endpoint add' 'both meta pages gone: it says what to do'
check_new 'both meta pages gone'

damage flip 40
is "$status" 4 '40 flipped bits: exit status 4'
check_new 'flipped bits'

damage cut_off $((pages * 4096 * 2 / 3))
is "$status" 4 'a file cut off: exit status 4'
check_new 'cut off'
is "$([ "$(wc -l < "$SCRATCH/after")" -gt 0 ] && echo some)" some 'a file cut off: its beginning is there'

# An export goes on past what is lost, which has no payload and was not erased.
"$HOOKTRAIL" export --data "$NEW" --to "$SCRATCH/export" --format ndjson > /dev/null 2>&1
is "$(cat "$SCRATCH"/export/events/*/*.ndjson | jq -s '[.[] | select(.payload == null and .erased_at == null)] | length')" \
    "$(field .lost_events)" 'an export has a line without a payload for each that is lost'

# The daemon runs on it, and goes on where the old one was.
damage zero_page $((pages / 2))
DATA=$NEW
start_daemon
ok $? 'the daemon serves the salvaged store'
printf '{"type":"after","n":1}' > "$SCRATCH/after.json"
post "$SCRATCH/after.json" > "$SCRATCH/answer.json"
is "$(code) $(jq .seq "$SCRATCH/answer.json")" "200 $((total + 1))" 'it takes events, behind the last seq'
post "$FIXTURES/sales-day/01-new-session.json" > "$SCRATCH/answer.json"
is "$(jq .duplicate "$SCRATCH/answer.json")" true 'it knows again what came before'
stop_daemon_well
exits 0 'the salvaged store verifies after it was served' "$HOOKTRAIL" verify --data "$NEW"

exits 1 'a directory that is not empty is left alone' "$HOOKTRAIL" salvage "$BROKEN" --to "$SCRATCH"
exits 3 'what is not there is not salvaged' "$HOOKTRAIL" salvage "$SCRATCH/nowhere" --to "$SCRATCH/other"
exits 2 'it wants to know where to' "$HOOKTRAIL" salvage "$BROKEN"
is "$(find "$SCRATCH" -maxdepth 1 -name '*.salvaging-*' | wc -l)" 0 'nothing is left over'
done_testing
