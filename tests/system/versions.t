#!/bin/bash
# Data of another version: of a later one the trail and the keys are refused in one line that says so, by daemon and tool;
# an index of any other is built anew.
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > "$SCRATCH/null" 2>&1
stop_daemon_well
cli stats --json > "$SCRATCH/before"

refused() { # refused REGEX NAME
    exits 1 "$2: the daemon refuses it" timeout 15 "$HOOKTRAILD" --listen 127.0.0.1:0 --data "$DATA"
    is "$(wc -l < "$SCRATCH/stderr")" 1 "$2: in one line"
    like "$(cat "$SCRATCH/stderr")" "^hooktraild: .*$1" "$2: which says why"
    exits 1 "$2: the tool refuses it" "$HOOKTRAIL" stats --data "$DATA"
    like "$(cat "$SCRATCH/stderr")" "^hooktrail stats: .*$1" "$2: in the same words"
}
# set_format FOLDER TO: the version, a byte as perl writes it, in each page of its environment that has one.
set_format() { perl -0777 -i -pe 's/format\0\0\0./format\0\0\0'"$2"'/sg' "$DATA/$1/data.mdb"; }
set_keys() { printf '%b' "\\0\\0\\0\\0$1" | dd of="$DATA/keys/data.keys" bs=1 seek=16 conv=notrunc status=none; }
inode() { stat -c %i "$DATA/index/data.mdb"; }

set_format trail '\x63'
refused 'the trail has format 99; this hooktrail .[0-9.]*. knows up to 2: upgrade' 'a trail of a later version'
set_format trail '\x01'
refused 'the trail has format 1, of a hooktrail from before its first release' 'a trail of an earlier version'
set_format trail '\x02'
set_keys 011
refused 'data.keys has version 9; this hooktrail .[0-9.]*. knows 1: upgrade' 'keys of a later version'
set_keys 000
refused 'data.keys has version 0; this hooktrail .[0-9.]*. knows 1$' 'keys of an earlier version'
set_keys 001
passes 'as it was' "$HOOKTRAIL" verify --data "$DATA"

for version in 03 63; do
    for by in tool daemon; do
        set_format index "\\x$version"
        index=$(inode)
        if [ $by = daemon ]; then
            # shellcheck disable=SC2119
            start_daemon
            ok $? "an index of format $version: the daemon starts"
            is "$(api '/v1/events?limit=100' | jq '.events | length')" 8 "an index of format $version: and has all events"
            stop_daemon
        fi
        is "$(cli stats --json)" "$(cat "$SCRATCH/before")" "an index of format $version, $by: the same is read"
        [ "$(inode)" != "$index" ]
        ok $? "an index of format $version, $by: it was built anew"
    done
done
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
