#!/bin/bash
# Little address space (ulimit -v), from too little to start to enough, while deliveries and questions come: the daemon
# serves, refuses (503), or ends with an error; nothing acknowledged is lost. LIMITS=n: how many limits are tried.
# shellcheck disable=SC2016,SC2119 # the variable is for the script that is written; a daemon without options
. tests/system/lib.sh

LIMITS=${LIMITS:-12}
tools=$OUT/tests/crash
export HOOKTRAIL_MAP_SIZE=67108864
acks=$SCRATCH/acks
limit=unlimited wrong=0 not_started=0 ended=0 served=0
fault() { wrong=$((wrong + 1)); diag "$limit KiB: $1; $(tail -2 "$SCRATCH/daemon.log")"; }
ask() { # four at once, of every kind
    local path asked=() words=(-sS -m 20 -o "$SCRATCH/answer" -H "Authorization: Bearer $TOKEN" -w '%{http_code}\n')
    for path in '/v1/events?limit=1000' /v1/conversations /v1/stats /v1/agents; do
        curl "${words[@]}" "$URL$path" >> "$SCRATCH/codes" 2>> "$SCRATCH/null" &
        asked+=($!)
    done
    wait "${asked[@]}"
}
load() {
    local gone=0
    "$tools/deliver" "$HOOK" 400 "$acks" > "$SCRATCH/delivered" &
    local sender=$!
    : > "$SCRATCH/codes"
    for _ in 1 2 3; do ask; done
    wait "$sender" || gone=$?
    [ "$gone" = 0 ] || [ "$gone" = 3 ] || fault "$(cat "$SCRATCH/delivered")"
    [ "$(grep -cvxE '200|503|000' "$SCRATCH/codes")" = 0 ] || fault "answers $(sort "$SCRATCH/codes" | uniq -c | xargs)"
}

init_store
start_daemon || { ok 1 'the daemon starts'; done_testing; }
load
enough=$(awk '/^VmPeak/ {print $2}' "/proc/$DAEMON/status")
is "$(tail -1 "$SCRATCH/delivered" | grep -c ' 0 refused')" 1 'with enough all is taken'
stop_daemon_well
printf '#!/bin/sh\nulimit -v "$LIMIT"\nexec "%s" "$@"\n' "$(realpath "$HOOKTRAILD")" > "$SCRATCH/tight"
chmod +x "$SCRATCH/tight"
plain=$HOOKTRAILD
for ((i = 0; i < LIMITS; i++)); do
    limit=$((enough * 38 / 100 + enough * 20 * i / 100 / LIMITS))
    DATA=$SCRATCH/data-$i
    rm -f "$acks"
    init_store
    if LIMIT=$limit HOOKTRAILD=$SCRATCH/tight start_daemon > "$SCRATCH/null"; then
        load
        stop_daemon
        [ "$DAEMON_STATUS" -lt 128 ] || fault "it ends by signal $((DAEMON_STATUS - 128))"
        if [ "$DAEMON_STATUS" = 0 ]; then served=$((served + 1)); else ended=$((ended + 1)); fi
    else
        gone=0
        wait $! || gone=$?
        [ "$gone" != 0 ] || fault 'it does not start, and says that all is well'
        [ "$gone" -lt 128 ] || fault "it does not start, and ends by signal $((gone - 128))"
        [ -s "$SCRATCH/daemon.log" ] || fault 'it does not start, without a word'
        not_started=$((not_started + 1))
        touch "$acks"
    fi
    "$tools/inspect" "$DATA" "$acks" > "$SCRATCH/inspected" || fault "$(cat "$SCRATCH/inspected")"
    HOOKTRAILD=$plain
    rm -r "$DATA"
done
is "$wrong" 0 'whatever address space there is: served, refused or ended with an error, and nothing acknowledged is lost'
ok $((not_started > 0 && served > 0 ? 0 : 1)) 'from too little to enough'
diag "$LIMITS limits up to $enough KiB: in $not_started it did not start, $ended it ended, $served it served"
done_testing
