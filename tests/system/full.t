#!/bin/bash
# A disk that is full, a real ext4 of its own (a tmpfs where there are no loop devices): deliveries are refused, reads go
# on, and all recovers by itself when there is room. A rebuild, a backup, an export, a compaction on it end with a clear
# error and leave nothing half-made. And a map that is full.
# shellcheck disable=SC2317 # await calls them
. tests/system/lib.sh

MOUNT=$SCRATCH/mount
clean_up_all() {
    [ -z "$DAEMON" ] || { kill -9 "$DAEMON"; wait "$DAEMON"; } 2> "$SCRATCH/null"
    DAEMON=
    mountpoint -q "$MOUNT" && umount "$MOUNT"
    clean_up
}
trap clean_up_all EXIT
mkdir "$MOUNT" "$SCRATCH/large"
truncate -s 96M "$SCRATCH/disk"
if mkfs.ext4 -q -F -m 0 "$SCRATCH/disk" 2> "$SCRATCH/null" && mount -o loop "$SCRATCH/disk" "$MOUNT" 2> "$SCRATCH/null"; then
    diag 'an ext4 of 96 MiB'
elif mount -t tmpfs -o size=96m,mode=700 none "$MOUNT" 2> "$SCRATCH/null"; then
    diag 'a tmpfs of 96 MiB, for there are no loop devices'
else
    echo '1..0 # SKIP may not mount a small disk: that wants root'
    exit 0
fi

# leave KIB: fills the small disk so that KIB are left. room: gives it back.
leave() {
    local left
    left=$(($(df --output=avail -B1024 "$MOUNT" | tail -1) - $1))
    head -c $((left * 1024)) /dev/zero > "$MOUNT/filler" 2> "$SCRATCH/null"
    sync -f "$MOUNT"
}
room() { rm "$MOUNT/filler"; sync -f "$MOUNT"; }
await() { # await COMMAND…: up to 20 s
    for _ in $(seq 1000); do "$@" && return; sleep 0.02; done
    return 1
}
acks() { wc -l < "$SCRATCH/acks"; }
beyond() { [ "$(acks)" -gt "$1" ]; }
stored() { [ "$(api /v1/stats | jq .totals.events)" -ge "$1" ]; }
get_code() { api "$1" > "$SCRATCH/null"; code; }
missing() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    cut -d' ' -f1,2 "$SCRATCH/acks" | sort -u | comm -23 - "$SCRATCH/stored" | wc -l
}
storm() {
    rm -f "$SCRATCH/stop"
    node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
    STORM=$!
}
calm() { # calm NAME
    touch "$SCRATCH/stop"
    wait "$STORM"
    is $? 0 "$1: the sender has everything acknowledged in the end"
}
refuses() { post "$FIXTURES/contact.json" '' -D "$SCRATCH/headers" > "$SCRATCH/document"; [ "$(code)" = 503 ]; }
large() { # large FILE N: a payload that doesn't get smaller by compression
    printf '{"agent_id":"a","conversation":{"id":"large-%d"},"messages":[{"role":"user","content":"%s"}]}' "$2" \
        "$(head -c 450000 /dev/urandom | base64 -w 0)" > "$1"
}

# ---- deliveries: less than the reserve is left; nothing is ----

DATA=$MOUNT/data
: > "$SCRATCH/acks"
init_store
for case in '4096 reserve=8MiB' '0 reserve=1MiB'; do
    name="${case#* }, ${case% *} KiB left"
    start_daemon --set "${case#* }" || { ok 1 'the daemon starts'; done_testing; }
    before=$(acks)
    storm
    await beyond $((before + 100))
    ok $? "$name: deliveries are taken while there is room"
    leave "${case% *}"
    await refuses
    ok $? "$name: then they are refused"
    like "$(cat "$SCRATCH/headers")" 'Retry-After: [0-9]+' "$name: with Retry-After"
    before=$(acks)
    is "$(get_code /healthz) $(get_code /v1/events/1/payload)" '200 200' "$name: reads go on"
    # Without a byte left the index may lack what came last: who asks for a list is told to wait.
    listed=$(get_code '/v1/events?limit=5')
    [ "$listed" = 200 ] || { [ "${case% *}" = 0 ] && grep -q 'the index is behind the trail' "$SCRATCH/answer"; }
    ok $? "$name: so do lists ($listed)"
    is "$(get_code /readyz)" 503 "$name: not ready"
    room
    await beyond $((before + 100))
    ok $? "$name: room again: they are taken, by itself"
    calm "$name"
    await stored "$(cut -d' ' -f1 "$SCRATCH/acks" | sort -u | wc -l)"
    ok $? "$name: and indexed"
    is "$(missing)" 0 "$name: every acknowledged event is there"
    like "$(cat "$SCRATCH/daemon.log")" 'deliveries are refused: full' "$name: the log says so"
    like "$(cat "$SCRATCH/daemon.log")" 'there is room again' "$name: and that it is over"
    stop_daemon_well
    passes "$name: verify" "$HOOKTRAIL" verify --data "$DATA"
done

# ---- other work on a full disk ----

start_daemon --set reserve=1MiB || { ok 1 'the daemon starts'; done_testing; }
for n in $(seq 12); do large "$SCRATCH/body" "$n"; post "$SCRATCH/body" | jq -r '"\(.seq) \(.sha256)"' >> "$SCRATCH/acks"; done
mkdir -m 700 "$MOUNT/made"
# What there is that holds anything, or is to be something.
things() { (cd "$MOUNT" && find . -path ./data -prune -o -type f -size +0 -print -o -name '*.tmp*' -print; find data -type d) | sort; }
# short KIB NAME COMMAND…: with so much left it fails, says why, and leaves nothing; then it works.
short() {
    local left=$1 name=$2
    shift 2
    leave "$left"
    things > "$SCRATCH/before"
    "$HOOKTRAIL" "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" < /dev/null
    is $? 5 "$name: the disk is full: exit 5"
    like "$(cat "$SCRATCH/stderr")" 'No space left|is full|bytes are left' "$name: and says so"
    things > "$SCRATCH/after"
    is "$(diff "$SCRATCH/before" "$SCRATCH/after")" '' "$name: nothing half-made is left"
    [ -z "$DAEMON" ] || is "$(get_code '/v1/events?limit=5') $(get_code /v1/events/1/payload)" '200 200' "$name: the daemon serves on"
    room
    passes "$name: with room it works" "$HOOKTRAIL" "$@"
}
short 2048 backup backup "$MOUNT/made/backup" --data "$DATA"
rm -r "$MOUNT/made/backup"
short 0 reindex reindex --data "$DATA"
short 1024 export export --to "$MOUNT/made/folder" --format ndjson --data "$DATA"
short 64 evidence evidence --conversation large-3 -o "$MOUNT/made/zip" --data "$DATA"
rm -r "$MOUNT/made/folder" "$MOUNT/made/zip"
"$HOOKTRAIL" backup "$SCRATCH/backup" --data "$DATA" > "$SCRATCH/null" 2>&1
short 2048 restore restore "$SCRATCH/backup" --data "$MOUNT/made/store"
rm -r "$MOUNT/made/store"
post "$FIXTURES/contact.json" > "$SCRATCH/document"
is "$(code)" 200 'after all that deliveries are taken'
stop_daemon_well
short 2048 compact compact --data "$DATA"
is "$(missing)" 0 'every acknowledged event is there'
passes 'verify' "$HOOKTRAIL" verify --data "$DATA"

# ---- a full map ----

DATA=$SCRATCH/data
: > "$SCRATCH/acks"
init_store
start_daemon --set map_size=16MiB || { ok 1 'the daemon starts with a small map'; done_testing; }
for n in $(seq 60); do
    large "$SCRATCH/body" "$n"
    post "$SCRATCH/body" '' -D "$SCRATCH/headers" > "$SCRATCH/document"
    [ "$(code)" = 200 ] || break
    jq -r '"\(.seq) \(.sha256)"' "$SCRATCH/document" >> "$SCRATCH/acks"
done
is "$(code)" 503 'a full map: refused'
ok $(($(acks) > 5 ? 0 : 1)) "a full map: not before ($(acks) taken)"
like "$(cat "$SCRATCH/headers")" 'Retry-After: [0-9]+' 'a full map: with Retry-After'
like "$(cat "$SCRATCH/daemon.log")" 'the map is full; raise map_size' 'a full map: the log says what to do'
is "$(get_code '/v1/events?limit=5') $(get_code /v1/events/1/payload) $(get_code /v1/conversations/large-2)" '200 200 200' 'a full map: reads go on'
is "$(missing)" 0 'a full map: every acknowledged event is there'

# The tool's map is larger: what it writes the daemon can't read. It ends, and the next one maps what there is.
for n in $(seq 2000); do # to the last page
    printf '{"agent_id":"a","conversation":{"id":"small-%d"},"x":"%s"}' "$n" "$(head -c 2000 /dev/urandom | base64 -w 0)" > "$SCRATCH/small"
    post "$SCRATCH/small" > "$SCRATCH/document"
    [ "$(code)" = 200 ] || break
    jq -r '"\(.seq) \(.sha256)"' "$SCRATCH/document" >> "$SCRATCH/acks"
done
for n in $(seq 12); do "$HOOKTRAIL" token add --name "t$n" --data "$DATA" > "$SCRATCH/null" 2>&1; done
gone() { ! kill -0 "$DAEMON" 2> "$SCRATCH/null"; }
await gone
ok $? 'a trail that the tool lets outgrow the map: the daemon ends'
gone || kill -9 "$DAEMON"
wait "$DAEMON"
is $? 1 'with an error'
DAEMON=
like "$(cat "$SCRATCH/daemon.log")" 'grow beyond .* map_size' 'and says why'
start_daemon --set map_size=16MiB || { ok 1 'the daemon starts where the trail is larger than the map'; done_testing; }
is "$(get_code '/v1/events?limit=5') $(get_code /v1/events/1/payload)" '200 200' 'the next one reads all'
stop_daemon_well
start_daemon --set map_size=64MiB || { ok 1 'the daemon starts with a larger map'; done_testing; }
post "$SCRATCH/body" > "$SCRATCH/document"
is "$(code) $(jq .duplicate "$SCRATCH/document")" '200 false' 'a larger map: taken'
is "$(missing)" 0 'a larger map: every acknowledged event is there'
stop_daemon_well
passes 'a larger map: verify' "$HOOKTRAIL" verify --data "$DATA"
done_testing
