#!/bin/bash
# Restoring from a backup whose medium has rotted: each page of it in turn, and its end. What comes of it is an error in
# one line and no store, or a store without a fault.
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > "$SCRATCH/sent" 2>&1
stop_daemon_well
passes 'a backup' "$HOOKTRAIL" backup "$SCRATCH/sound" --data "$DATA"
passes 'it is restored' "$HOOKTRAIL" restore "$SCRATCH/sound" --data "$SCRATCH/restored"
is "$("$HOOKTRAIL" verify --data "$SCRATCH/restored" --json | jq .events)" 8 'and whole'

# What backup.json says of its files is checked first; without it, the pages themselves have to be.
hostile() {
    rm -rf "$SCRATCH/hostile"
    cp -r "$SCRATCH/sound" "$SCRATCH/hostile"
}
try() { # try WHAT: restores from $SCRATCH/hostile
    local got=0 wrong=
    rm -rf "$SCRATCH"/restored*
    "$HOOKTRAIL" restore "$SCRATCH/hostile" --data "$SCRATCH/restored" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || got=$?
    case $got in
    0) "$HOOKTRAIL" verify --data "$SCRATCH/restored" > "$SCRATCH/stdout" 2>&1 || wrong="restored with a fault" ;;
    1 | 4) [ "$(grep -c '^hooktrail restore: ' "$SCRATCH/stderr")" = 1 ] || wrong='no word about it' ;;
    *) wrong="exit $got" ;;
    esac
    [ "$got" = 0 ] || [ ! -e "$SCRATCH/restored" ] || wrong="$wrong, and something is there"
    is "$wrong" '' "$1: an error and nothing, or all of it"
}
pages=$(($(stat -c %s "$SCRATCH/sound/trail/data.mdb") / 4096))
for page in $(seq 0 $((pages - 1))); do
    hostile
    rm "$SCRATCH/hostile/backup.json"
    head -c 4096 /dev/urandom | dd of="$SCRATCH/hostile/trail/data.mdb" bs=4096 seek="$page" conv=notrunc status=none
    try "page $page is rotten"
done
for left in 0 4096 8192 $((4096 * (pages / 2))); do
    hostile
    rm "$SCRATCH/hostile/backup.json"
    truncate -s "$left" "$SCRATCH/hostile/trail/data.mdb"
    try "$left bytes are left"
done
hostile
printf x | dd of="$SCRATCH/hostile/trail/data.mdb" bs=1 seek=5000 conv=notrunc status=none
rm -rf "$SCRATCH"/restored*
exits 4 'a byte is another' "$HOOKTRAIL" restore "$SCRATCH/hostile" --data "$SCRATCH/restored"
like "$(cat "$SCRATCH/stderr")" 'data.mdb has another SHA-256 than when it was made' 'and the file is named'

# A reader that somebody ends says nothing of the store. It waits for a key that is a pipe.
cp -r "$DATA" "$SCRATCH/waiting"
rm "$SCRATCH/waiting/keys/index.key"
mkfifo -m 600 "$SCRATCH/waiting/keys/index.key"
for signal in TERM KILL; do
    "$HOOKTRAIL" verify --data "$SCRATCH/waiting" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" &
    verifying=$!
    child=
    for _ in $(seq 200); do
        child=$(pgrep -P "$verifying") && break
        sleep 0.05
    done
    kill "-$signal" "$child"
    wait "$verifying"
    is "$? $(wc -c < "$SCRATCH/stdout")" '1 0' "verify that is ended by SIG$signal finds nothing wrong"
    like "$(cat "$SCRATCH/stderr")" 'was not read to the end: signal' 'and says what ended it'
done
done_testing
