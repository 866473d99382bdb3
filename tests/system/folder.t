#!/bin/bash
# A folder as the place of an export: synced in the right order, on a full disk, killed at random moments.
# builds: release asan
. tests/system/lib.sh

PLACE=$OUT/tests/export/place
MOUNT=$SCRATCH/mount
# shellcheck disable=SC2317 # the trap calls it
unmount() { ! mountpoint -q "$MOUNT" || umount "$MOUNT"; }
trap 'unmount; clean_up' EXIT
export SCRATCH
TO=$SCRATCH/to
place() { "$PLACE" "$TO" "$@"; }
echo hello > "$SCRATCH/small"
head -c 20000000 /dev/urandom > "$SCRATCH/large"

# ---- in the right order ----

if grep -q asan <<< "$OUT"; then diag 'LeakSanitizer and strace exclude each other'; else
    strace -y -e trace=mkdir,mkdirat,write,fsync,rename,renameat,renameat2 -o "$SCRATCH/calls" \
        "$PLACE" "$TO" put events/date=2026-11-24/a "$SCRATCH/small"
    # Of each call its name, and the names it is given, or that of its file.
    # shellcheck disable=SC2016 # for perl
    calls=$(perl -ne 'next unless s/^(mkdir|write|fsync|rename)\w*\(//;
        my $call = $1;
        my @names = $call =~ /mkdir|rename/ ? /"(.*?)"/g : /<(.*?)>/;
        s{^\Q$ENV{SCRATCH}\E}{} for @names;
        print "$call @names\n" unless "@names" =~ m{^/dev|pipe:|socket:}' "$SCRATCH/calls")
    is "$calls" 'mkdir /to
fsync 
mkdir events
fsync /to
mkdir events/date=2026-11-24
fsync /to/events
write /to/events/date=2026-11-24/.a.hooktrail-part
fsync /to/events/date=2026-11-24/.a.hooktrail-part
rename events/date=2026-11-24/.a.hooktrail-part events/date=2026-11-24/a
fsync /to/events/date=2026-11-24' 'folders, file and name are made and synced in this order'
fi

# ---- a full disk ----

mkdir "$MOUNT"
if mount -t tmpfs -o size=8m,mode=700 none "$MOUNT" 2> "$SCRATCH/null"; then
    TO=$MOUNT/to
    passes 'a small file on a small disk' place put a "$SCRATCH/small"
    exits 5 'a file that does not fit: full' place put a "$SCRATCH/large"
    like "$(cat "$SCRATCH/stderr")" 'cannot write to a in .*No space left on device' 'and says so'
    is "$(place read a list '') $(find "$TO" -type f ! -name .lock | wc -l)" $'hello\n6 a 1' 'what was there is there, and nothing else'
    passes 'another small one fits' place put b "$SCRATCH/small"
    umount "$MOUNT"
else
    diag 'may not mount a small disk: no test of a full one'
fi

# ---- killed ----

TO=$SCRATCH/to
place put often "$SCRATCH/small"
half=0
for _ in $(seq "${KILLS:-30}"); do
    { timeout -s KILL "0.$(printf '%03d' $((RANDOM % 60)))" "$PLACE" "$TO" put often "$SCRATCH/large"; } 2> "$SCRATCH/null"
    cmp -s "$TO/often" "$SCRATCH/small" || cmp -s "$TO/often" "$SCRATCH/large" || half=$((half + 1))
done
is "$half" 0 "killed ${KILLS:-30} times at random moments: never half a file"
passes 'and once more' place put often "$SCRATCH/large"
cmp "$TO/often" "$SCRATCH/large"
is "$? $(find "$TO" -name '.*' -type f)" "0 $TO/.lock" 'the file is right, and nothing is left of the others'

# ---- one at a time ----

mkfifo "$SCRATCH/go"
place say ready wait < "$SCRATCH/go" > "$SCRATCH/ready" &
exec 8> "$SCRATCH/go"
for _ in $(seq 200); do [ -s "$SCRATCH/ready" ] && break; sleep 0.05; done
exits 5 'a second export to the folder: busy' place list ''
like "$(cat "$SCRATCH/stderr")" 'an export to this folder is under way' 'and says so'
exec 8>&-
wait
passes 'the next one is free' place list ''
done_testing
