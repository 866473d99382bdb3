#!/bin/bash
# A disk that fails: the n-th change or sync that the daemon makes in its data directory fails, once or from then on: with
# EIO, with ENOSPC, by a short write, or after it was done. The daemon says 503 or ends with an error; what it has
# acknowledged is there, right then and after a restart, under its number, and then it takes the rest.
# FAILURES=n tries n of them, spread over a run; FAILURES=all every n in every way.
. tests/system/lib.sh

FAILURES=${FAILURES:-28}
tools=$OUT/tests/crash
ways=('eio' 'eio always' 'enospc' 'enospc always' 'short' 'short always' 'late')
init_store
cp -r "$DATA" "$SCRATCH/new"
acks=$SCRATCH/acks
export CRASH_DIR=$DATA CRASH_FAILED=$SCRATCH/failed
tried=0 wrong=0 ended=0 refused=0 unnoticed=0 not_started=0

fault() { # fault WHAT: this one is not as it should be
    wrong=$((wrong + 1))
    [ "$wrong" -gt 10 ] || { diag "$where: $1"; diag "$(tail -3 "$SCRATCH/daemon.log")"; }
}
deliver() { "$tools/deliver" "$HOOK" 80 "$acks" > "$SCRATCH/delivered"; }
# Ends the daemon, by force if it doesn't end by itself.
end_daemon() {
    kill -TERM "$DAEMON" 2> "$SCRATCH/null"
    timeout 20 tail --pid="$DAEMON" -s 0.02 -f /dev/null || kill -9 "$DAEMON"
    stop_daemon
}
# The daemon takes deliveries while its disk fails; it may not even start.
# shellcheck disable=SC2119 # it has no further options
serve_failing() { # serve_failing N HOW [always]
    local gone=0
    if ! CRASH_FAIL_AT=$1 CRASH_FAIL_HOW=$2 CRASH_FAIL_ALWAYS=${3:-} LD_PRELOAD=$tools/inject.so start_daemon \
        > "$SCRATCH/null"; then
        wait $!
        [ $? -lt 128 ] || fault 'the daemon ended by a signal when it started'
        not_started=$((not_started + 1))
        return
    fi
    deliver || gone=$?
    [ "$gone" = 0 ] || [ "$gone" = 3 ] || fault "$(cat "$SCRATCH/delivered")"
    end_daemon
    [ "$DAEMON_STATUS" -lt 128 ] || fault "the daemon ended by signal $((DAEMON_STATUS - 128))"
    [ "$gone" != 3 ] || [ "$DAEMON_STATUS" != 0 ] || fault 'the daemon ended by itself, and says that all is well'
    if [ "$DAEMON_STATUS" != 0 ]; then
        ended=$((ended + 1))
    elif ! grep -q ' 0 refused' "$SCRATCH/delivered"; then
        refused=$((refused + 1))
    else
        unnoticed=$((unnoticed + 1))
    fi
}
# Whether all is well when the disk is.
# shellcheck disable=SC2119
serve_well() {
    start_daemon > "$SCRATCH/null" || { fault 'the daemon does not start again'; return; }
    deliver || fault "afterwards: $(cat "$SCRATCH/delivered")"
    grep -q ' 0 refused' "$SCRATCH/delivered" || fault "afterwards: $(cat "$SCRATCH/delivered")"
    end_daemon
    [ "$DAEMON_STATUS" = 0 ] || fault "afterwards: the daemon ended with $DAEMON_STATUS"
    "$tools/inspect" "$DATA" "$acks" > "$SCRATCH/inspected" || fault "afterwards: $(cat "$SCRATCH/inspected")"
}
# try N HOW [always]: false if the run makes no N calls.
try() {
    rm -rf "$DATA" "$acks" "$CRASH_FAILED"
    cp -r "$SCRATCH/new" "$DATA"
    where="call $1, $2 ${3:-once}"
    serve_failing "$@"
    if [ ! -e "$CRASH_FAILED" ] || grep -q '^none' "$CRASH_FAILED"; then
        unnoticed=$((unnoticed - 1)) # it was counted, though nothing failed
        return 1
    fi
    where="$where ($(cat "$CRASH_FAILED"))"
    tried=$((tried + 1))
    cp -r "$DATA" "$SCRATCH/then"
    "$tools/inspect" "$SCRATCH/then" "$acks" > "$SCRATCH/inspected" || fault "$(cat "$SCRATCH/inspected")"
    rm -r "$SCRATCH/then"
    serve_well
}

try 1000000 eio
is "$(cat "$SCRATCH/delivered") $DAEMON_STATUS" '77 acknowledged, 0 refused 0' 'where nothing fails, all is taken'
like "$(cat "$CRASH_FAILED")" 'none of [0-9]+$' 'and the calls are counted'
calls=$(sed 's/.* //' "$CRASH_FAILED")
tried=0 unnoticed=0
# The last write of a commit: whether it was done, only a restart tells, and LMDB is of no use until then.
for n in 2 3 4; do # early ones: the last may come when the daemon is stopping already
    CRASH_FAIL_ONLY=durable try $n enospc
    CRASH_FAIL_ONLY=durable try $((n + 1)) late
done
is "$tried $refused $unnoticed" '6 0 0' 'a commit in doubt ends the daemon'
if [ "$FAILURES" = all ]; then
    beyond=0
    for ((n = 1; beyond < 5; n++)); do # a run makes some calls more or fewer than another
        for way in "${ways[@]}"; do
            # shellcheck disable=SC2086 # words on purpose
            if try "$n" $way; then beyond=0; fi
        done
        beyond=$((beyond + 1))
    done
else
    for ((i = 0; i < FAILURES; i++)); do
        # shellcheck disable=SC2086 # words on purpose
        try $((1 + i * calls / FAILURES)) ${ways[i % ${#ways[@]}]}
    done
fi
is "$wrong" 0 'whatever fails: nothing acknowledged is lost'
[ "$tried" -gt $((${FAILURES/all/200} / 2)) ]
ok $? 'failures were tried'
diag "$tried failures in runs of about $calls calls: in $not_started the daemon did not start, $ended it ended, $refused it refused, $unnoticed nobody noticed"
done_testing
