#!/bin/bash
# Loss of power, the real thing: a small ext4 of its own is cut off under load (EXT4_IOC_SHUTDOWN), CUTS times, mounted
# again, which replays its journal, and looked into. Each time all that was acknowledged is there.
. tests/system/lib.sh

CUTS=${CUTS:-4}
tools=$OUT/tests/crash
mount=$SCRATCH/mount
# shellcheck disable=SC2317 # a trap calls it
clean_up_all() {
    [ -z "$DAEMON" ] || { kill -9 "$DAEMON"; wait "$DAEMON"; } 2> "$SCRATCH/null"
    DAEMON=
    mountpoint -q "$mount" && umount "$mount"
    clean_up
}
trap clean_up_all EXIT
skip_all() {
    echo "1..0 # SKIP $1"
    exit 0
}

mkdir "$mount"
truncate -s 256M "$SCRATCH/disk"
mkfs.ext4 -q -F "$SCRATCH/disk" 2> "$SCRATCH/stderr" || skip_all 'there is no mkfs.ext4 here'
mount_disk() { mount -o loop "$SCRATCH/disk" "$mount" 2>> "$SCRATCH/stderr"; }
mount_disk || skip_all 'may not mount a small ext4: that wants root and loop devices'
"$tools/shutdown" "$mount" 2>> "$SCRATCH/stderr" || skip_all 'the kernel has no EXT4_IOC_SHUTDOWN'
umount "$mount"

first=0 # payload
acknowledged=0

# begin: a new store on the disk.
begin() {
    mount_disk || { ok 1 'the disk is mounted'; done_testing; }
    DATA=$mount/data
    rm -rf "$DATA" "$SCRATCH/acks"
    init_store
    : > "$SCRATCH/acks"
}
# cut: serves on the mounted disk until it is cut off at a random moment, and mounts it again.
cut() {
    local sender
    start_daemon --set reserve=1MiB > "$SCRATCH/null" || { diag 'the daemon does not start'; return 1; }
    "$tools/deliver" "$HOOK" 1000000 "$SCRATCH/acks" "$first" > "$SCRATCH/delivered" 2>&1 &
    sender=$!
    sleep "0.$((RANDOM % 4))$((RANDOM % 10))"
    "$tools/shutdown" "$mount"
    kill -9 "$DAEMON" 2> "$SCRATCH/null"
    wait "$DAEMON" 2> "$SCRATCH/null"
    DAEMON=
    wait "$sender"
    [ $? = 3 ] || diag "$(cat "$SCRATCH/delivered")"
    first=$((first + 100000)) # the next one's are others
    umount "$mount"
    mount_disk
}
# A copy is looked into: what a check adds to the store, the sender must not meet.
inspect() {
    rm -rf "$SCRATCH/copy"
    : > "$SCRATCH/inspected"
    cp -r "$DATA" "$SCRATCH/copy"
    "$tools/inspect" "$SCRATCH/copy" "$SCRATCH/acks" > "$SCRATCH/inspected" 2>&1
}

begin
lost=0
for ((i = 0; i < CUTS; i++)); do
    # Now and then a new store: the first commits of one are cut off too, and it stays small.
    if [ $((i % 10)) = 0 ] && [ "$i" != 0 ]; then
        acknowledged=$((acknowledged + $(wc -l < "$SCRATCH/acks")))
        umount "$mount"
        begin
    fi
    cut || { lost=$((lost + 1)); break; }
    inspect || { lost=$((lost + 1)); diag "cut $i: $(cat "$SCRATCH/inspected")"; }
done
is "$lost" 0 "$CUTS cuts: every store opens, and all that was acknowledged is there"
acknowledged=$((acknowledged + $(wc -l < "$SCRATCH/acks")))
[ "$acknowledged" -gt $((16 * CUTS)) ]
ok $? "they were under load: $acknowledged events had been acknowledged"
umount "$mount"

# ---- control: without syncs it does not pass ----

lost=0
export CRASH_FLAGS=NOSYNC
for ((i = 0; i < 5 && lost == 0; i++)); do
    begin
    LD_PRELOAD=$tools/careless.so cut
    inspect || lost=$(grep -cE '^(lost|broken): ' "$SCRATCH/inspected")
    umount "$mount"
done
is "$lost" 1 'control: a store with MDB_NOSYNC does not pass'
diag "control: cut $i: $(cat "$SCRATCH/inspected")"
done_testing
