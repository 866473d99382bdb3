#!/bin/bash
# What the libraries would get wrong and no other test meets: bytes without end, readers that are slow or were killed, another
# pid namespace, a filesystem that keeps no promise. docs/traps.md has the whole table.
# builds: release asan
. tests/system/lib.sh

MOUNT=
# shellcheck disable=SC2317 # a trap calls it
clean_up_all() {
    [ -z "$MOUNT" ] || umount "$MOUNT"
    clean_up
}
trap clean_up_all EXIT
skip() { # skip NAME WHY
    TESTS=$((TESTS + 1))
    echo "ok $TESTS - $1 # skip $2"
}
gauge() { api /metrics | sed -n "s/^$1 //p"; }
memory() { awk '/^RssAnon/ {print $2}' "/proc/$DAEMON/status"; }

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }

# ---- bytes without end ----

api /v1/events > "$SCRATCH/null"
before=$(memory) most=0
node tests/system/gush.mjs "$URL" "$ENDPOINT" "$TOKEN" 48 > "$SCRATCH/gush" &
gush=$!
while kill -0 "$gush" 2> "$SCRATCH/null"; do
    now=$(memory)
    most=$((now > most ? now : most))
    sleep 0.02
done
wait "$gush"
is "$? $(wc -l < "$SCRATCH/gush")" '0 8' 'eight clients send 48 MiB each where nothing should come'
diag "$(cat "$SCRATCH/gush")"
diag "$((most - before)) KiB more memory at most"
# A sanitizer keeps what is freed for a while.
case $OUT in *asan* | *tsan*) ;; *) ok $((most - before < 16384 ? 0 : 1)) 'with memory that stays within 16 MiB' ;; esac
is "$(awk -F': ' '$2 > 24576' "$SCRATCH/gush")" '' 'and soon nothing more is taken from any'
printf '{"agent_id":"a","conversation_id":"c"}' > "$SCRATCH/body"
post "$SCRATCH/body" > "$SCRATCH/null"
is "$(code)" 200 'and deliveries go on'

# ---- readers ----

jq -cn '{agent_id: "a", conversation_id: "large", messages: [range(300) | {role: "user", content: "\(.) \("x" * 2500)"}]}' > "$SCRATCH/large"
post "$SCRATCH/large" > "$SCRATCH/null"
# Somebody who asks for a megabyte twenty times and reads nothing.
exec 7<> "/dev/tcp/127.0.0.1/${URL##*:}"
ask="GET /v1/conversations/large?limit=1000 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer $TOKEN\r\n\r\n"
# shellcheck disable=SC2059 # it is a format
printf "$ask%.0s" $(seq 20) >&7
sleep 0.3
for n in $(seq 20); do
    printf '{"agent_id":"a","conversation_id":"n-%d"}' "$n" > "$SCRATCH/body"
    post "$SCRATCH/body" > "$SCRATCH/null"
done
age=$(gauge hooktrail_reader_age_commits)
ok $((${age:-99} < 10 ? 0 : 1)) "a client that reads nothing pins no page: the oldest snapshot is $age commits old"
exec 7>&-

readers() { gauge hooktrail_readers; }
at_rest=$(readers)
"$HOOKTRAIL" events --follow --data "$DATA" > "$SCRATCH/followed" 2>&1 &
tool=$!
for _ in $(seq 100); do [ "$(readers)" -gt "$at_rest" ] && break; sleep 0.05; done
ok $(($(readers) > at_rest ? 0 : 1)) 'a tool that follows has a slot'
kill -9 "$tool"
wait "$tool" 2> "$SCRATCH/null"
cli events --limit 1 > "$SCRATCH/null"
is "$(readers)" "$at_rest" 'killed, it leaves it, and the next tool frees it'

# ---- another pid namespace ----

# Both are process 1 of their namespaces: LMDB can't tell them apart, and refuses the second.
if unshare -pf true 2> "$SCRATCH/null"; then
    stop_daemon_well
    unshare -pf --kill-child "$HOOKTRAILD" --data "$DATA" --listen 127.0.0.1:0 2> "$SCRATCH/other.log" &
    other=$!
    for _ in $(seq 200); do grep -q 'listening on' "$SCRATCH/other.log" && break; sleep 0.05; done
    exits 5 'two namespaces: the second is refused' unshare -pf "$HOOKTRAIL" events --data "$DATA"
    like "$(cat "$SCRATCH/stderr")" 'another container or pid namespace' 'and is told why'
    kill -KILL "$other"
    wait "$other" 2> "$SCRATCH/null"
    passes 'it opens again when the other has gone' "$HOOKTRAIL" events --data "$DATA"
else
    skip 'another pid namespace' 'may not make one'
fi

# ---- a filesystem that keeps no promise ----

stop_daemon
mkdir "$SCRATCH"/{lower,upper,work,overlay}
unset HOOKTRAIL_ANY_FILESYSTEM
if mount -t overlay none -o "lowerdir=$SCRATCH/lower,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" "$SCRATCH/overlay" 2> "$SCRATCH/null"; then
    MOUNT=$SCRATCH/overlay
    exits 1 'init on an overlay is refused' "$HOOKTRAIL" init --data "$MOUNT/data"
    like "$(cat "$SCRATCH/stderr")" 'overlay filesystem.*use a local disk' 'with a word of advice'
    mkdir -m 700 "$MOUNT/empty"
    exits 1 'also in a directory that is there' "$HOOKTRAIL" init --data "$MOUNT/empty"
    is "$(find "$MOUNT" -mindepth 1)" "$MOUNT/empty" 'and nothing is left'
    cp -r --preserve=mode "$DATA" "$MOUNT/moved"
    exits 1 'so is a store that was moved there, by the daemon' timeout 10 "$HOOKTRAILD" --data "$MOUNT/moved" --listen 127.0.0.1:0
    exits 1 'and by the tool' "$HOOKTRAIL" events --data "$MOUNT/moved"
    exits 1 'a backup to it is refused' "$HOOKTRAIL" backup "$MOUNT/backup" --data "$DATA"
    like "$(cat "$SCRATCH/stderr")" 'overlay filesystem.*use a local disk' 'with the same word'
    is "$(find "$MOUNT" -maxdepth 1 -name 'backup*')" '' 'and nothing is left'
else
    skip 'an overlay filesystem' 'may not mount one'
fi
done_testing
