#!/bin/bash
# Power cuts: a recorded run of the daemon and the tool is cut at IMAGES moments; of what was not synced by then, the disk
# has nothing, all, or some of it, out of order and torn. The store opens each time, and holds what was acknowledged.
. tests/system/lib.sh

IMAGES=${IMAGES:-400}
SEED=${SEED:-$RANDOM}
tools=$OUT/tests/crash
record=$tools/record.so
# Images are made and opened by the thousand: in memory, if it may be.
images=$(mktemp -d /dev/shm/hooktrail-test-XXXXXX 2> "$SCRATCH/null") || images=$SCRATCH/images
mkdir -p "$images"
# shellcheck disable=SC2317 # a trap calls it
clean_up_all() {
    rm -rf "$images"
    clean_up
}
trap clean_up_all EXIT

# What is recorded has $preload before it.
recorded() { LD_PRELOAD=$preload "$@"; }
recorded_tool() { # recorded_tool COMMAND…
    local name=$1
    recorded "$HOOKTRAIL" "$@" --data "$DATA" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    ok $? "recorded: hooktrail $name"
}
begin() { # begin NAME[/data] PRELOAD: a journal for a new store, or for the folder that it is in; it serves
    export CRASH_DIR=$SCRATCH/${1%/data} CRASH_JOURNAL=$SCRATCH/${1%/data}.journal
    DATA=$SCRATCH/$1
    preload=$2
    acknowledged=0
    recorded init_store
    recorded start_daemon || { ok 1 "$1: the daemon starts"; done_testing; }
}
deliver() { # deliver COUNT
    "$tools/deliver" "$HOOK" "$1" "$CRASH_JOURNAL.acks" > "$SCRATCH/delivered"
    ok $? "recorded: $1 deliveries: $(cat "$SCRATCH/delivered")"
    acknowledged=$((acknowledged + $(sed 's/ .*//' "$SCRATCH/delivered")))
}
replay() { "$tools/replay" "$CRASH_JOURNAL" "$1" "$images" "$SEED" > "$SCRATCH/replayed"; }

# ---- a life: deliveries, another index, an erasure, compaction, other keys, deliveries ----

begin life "$record"
deliver 250
recorded_tool reindex
recorded_tool erase --conversation c-3 --reason test --confirm
stop_daemon_well
recorded_tool compact
recorded_tool keys rotate --master --confirm
recorded_tool keys rotate --signing --confirm
recorded start_daemon || { ok 1 'the daemon starts again'; done_testing; }
rm "$CRASH_JOURNAL.acks" # the erased ones, delivered again, are new events
deliver 100
stop_daemon_well

passes 'the journal is played to its end' "$tools/replay" --last "$CRASH_JOURNAL" "$SCRATCH/last"
is "$(diff -r -x lock.mdb "$DATA" "$SCRATCH/last" 2>&1)" '' 'that gives the directory as it is: nothing was missed'
replay "$IMAGES"
ok $? "cut: all that was acknowledged is there, and every store opens (seed $SEED)"
like "$(cat "$SCRATCH/replayed")" " $acknowledged promises, $IMAGES images" 'each acknowledgement was recorded as a promise'
diag "$(cat "$SCRATCH/replayed")"

# ---- a life of copies: a backup, an increment, an export, a restored store, all beside the data directory ----

begin world/data "$record"
deliver 50
recorded_tool backup "$SCRATCH/world/full"
deliver 80
recorded_tool backup --since "$SCRATCH/world/full" "$SCRATCH/world/new"
recorded_tool export --to "$SCRATCH/world/export" --format ndjson --name nightly
stop_daemon_well
recorded "$HOOKTRAIL" restore "$SCRATCH/world/full" "$SCRATCH/world/new" --data "$SCRATCH/world/restored" > "$SCRATCH/stdout"
ok $? 'recorded: hooktrail restore'
recorded_tool token add --name last # restore has returned
passes 'copies: the journal is played to its end' "$tools/replay" --last "$CRASH_JOURNAL" "$SCRATCH/last-world"
is "$(diff -r -x lock.mdb "$SCRATCH/world" "$SCRATCH/last-world" 2>&1)" '' 'copies: that gives the directories as they are'
"$tools/replay" --world "$CRASH_JOURNAL" "$((IMAGES / 4))" "$images" "$SEED" > "$SCRATCH/replayed"
ok $? "copies, cut: each is whole or not there, and can be made again (seed $SEED)"
diag "$(cat "$SCRATCH/replayed")"
"$tools/replay" --world "$CRASH_JOURNAL" "$((IMAGES / 8))" "$images" "$SEED" '' > "$SCRATCH/replayed"
is $? 1 'control: without the syncs of the folder that they are in, they do not pass'
like "$(tail -1 "$SCRATCH/replayed")" ' [1-9][0-9]* lost' 'control: some of what was made is not there'
diag "$(tail -1 "$SCRATCH/replayed")"

# ---- controls: the same with an LMDB that syncs less must fail ----

for flags in NOSYNC NOMETASYNC; do
    export CRASH_FLAGS=$flags
    begin "$flags" "$tools/careless.so $record"
    deliver 100
    stop_daemon_well
    replay $((IMAGES / 8 < 1000 ? IMAGES / 8 : 1000))
    is $? 1 "control: a store with MDB_$flags does not pass"
    like "$(tail -1 "$SCRATCH/replayed")" ' [1-9][0-9]* lost' "control: it has lost what was acknowledged"
    diag "$(tail -1 "$SCRATCH/replayed")"
done
done_testing
