#!/bin/bash
# The clock is set an hour forward, two hours back, and right again, while deliveries come (libfaketime fakes what
# CLOCK_REALTIME says to the daemon, and nothing else): events keep the order in which they came, each with the time that the
# clock showed; what waits by a timer goes on as before; doctor says what has happened.
. tests/system/lib.sh

faketime=$(find /usr/lib -name libfaketimeMT.so.1 2> "$SCRATCH/null" | head -1)
[ -n "$faketime" ] || { echo '1..0 # SKIP there is no libfaketime'; exit 0; }
# The last: else it takes its own offset for one of the steady clock, and lets each wait of a thread end at once.
export FAKETIME_TIMESTAMP_FILE=$SCRATCH/offset FAKETIME_NO_CACHE=1 FAKETIME_DONT_FAKE_MONOTONIC=1 FAKETIME_FORCE_MONOTONIC_FIX=0
set_clock() { printf '%s' "$1" > "$SCRATCH/offset.new" && mv "$SCRATCH/offset.new" "$SCRATCH/offset"; }
now_ms() { echo $(($(date +%s%N) / 1000000)); }
# deliver NAME: a delivery of its own; its answer and how long it took, in ms, in SEQ and TOOK.
deliver() {
    local begin
    begin=$(now_ms)
    printf '{"event":"new-session","agent_id":"clock","conversation_id":"%s"}' "$1" > "$SCRATCH/body"
    SEQ=$(post "$SCRATCH/body" | jq .seq)
    TOOK=$(($(now_ms) - begin))
}
# age SEQ: by how many minutes its time of receipt differs from now, rounded.
age() {
    local at
    at=$(api "/v1/events/$1" | jq -r .received_at)
    echo $((($(date -d "$at" +%s) - $(date +%s) + 30 * (1 - 2 * ($(date -d "$at" +%s) < $(date +%s)))) / 60))
}
signed_size() { sed -n 2p "$DATA/heads/events" 2> "$SCRATCH/null"; }
cpu_ticks() { awk '{print $14 + $15}' "/proc/$DAEMON/stat"; }

init_store
set_clock +0
LD_PRELOAD=$faketime start_daemon --set idle_timeout=6s --set endpoint_rate=100000 || { ok 1 'the daemon starts'; done_testing; }
node tests/system/storm.mjs "$HOOK" "$SCRATCH/stop" "$SCRATCH/acks" > "$SCRATCH/storm" 2>&1 &
storm=$!
last=0
for step in '+0 0' '+3600 60' '-3600 -60' '+0 0' '-86400 -1440' '+0 0'; do
    read -r offset minutes <<< "$step"
    exec 3<> "/dev/tcp/127.0.0.1/${URL##*:}" # idle since before the step
    set_clock "$offset"
    deliver "step$offset-$last"
    is "$(code)" 200 "clock $offset: a delivery is taken"
    [ "$TOOK" -lt 3000 ]
    ok $? "clock $offset: at once ($TOOK ms)"
    [ "$SEQ" -gt "$last" ]
    ok $? "clock $offset: with a number behind those before"
    last=$SEQ
    is "$(age "$SEQ")" "$minutes" "clock $offset: and with the clock's time; a read finds it at once"
    for _ in $(seq 60); do
        [ "$(signed_size)" -ge "$SEQ" ] && break
        sleep 0.1
    done
    [ "$(signed_size)" -ge "$SEQ" ]
    ok $? "clock $offset: the tree is signed as before"
    printf 'GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n' >&3
    like "$(head -1 <&3)" '200 OK' "clock $offset: an idle connection was not closed by that"
    exec 3>&-
    [ "$minutes" != 60 ] || ahead=$SEQ
done

# A filter by time finds what the clock said, wherever in the order it lies.
since=$(date -u -d '+30 minutes' +%Y-%m-%dT%H:%M:%SZ)
is "$(api "/v1/events?since=$since&agent=clock&type=new-session&limit=1000" | jq -c '[.events[].seq]')" "[$ahead]" \
    'by time: what was received an hour ahead, and nothing else'
until=$(date -u -d '-12 hours' +%Y-%m-%dT%H:%M:%SZ)
is "$(api "/v1/events?until=$until&agent=clock&limit=1000" | jq '.events | length')" 1 'by time: what was received a day ago'

touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'the sender had everything acknowledged, and waited for nothing'
diag "sent and acknowledged: $(cat "$SCRATCH/storm")"
cli events --order asc | jq -r '"\(.seq) \(.sha256)"' > "$SCRATCH/stored"
is "$(cut -d' ' -f1,2 "$SCRATCH/acks" | sort -u | comm -23 - <(sort "$SCRATCH/stored") | wc -l)" 0 'every acknowledged event is there'
is "$(cut -d' ' -f1 "$SCRATCH/stored" | sort -c -n 2>&1 | wc -l)" 0 'in the order of their numbers'

# Idle connections are closed by their age, which no clock has.
exec 3<> "/dev/tcp/127.0.0.1/${URL##*:}"
set_clock -7200
api /metrics > "$SCRATCH/metrics"
is "$(grep -c '^hooktrail_last_event_age_seconds.* [0-9]' "$SCRATCH/metrics") $(grep -c '^hooktrail_last_event_age_seconds.* -' "$SCRATCH/metrics")" \
    '10 0' 'the age of what came in the future is not negative'
begin=$(now_ms)
timeout 20 cat <&3 > "$SCRATCH/null"
took=$(($(now_ms) - begin))
exec 3>&-
[ "$took" -gt 4000 ] && [ "$took" -lt 15000 ]
ok $? "an idle connection is closed after six seconds, though the clock was set back ($took ms)"
before=$(cpu_ticks)
sleep 1
[ $(($(cpu_ticks) - before)) -lt 20 ]
ok $? 'nothing spins'

# The clock of the tool is a day behind the newest event's.
set_clock -86400
LD_PRELOAD=$faketime "$HOOKTRAIL" doctor --data "$DATA" --json > "$SCRATCH/doctor" 2> "$SCRATCH/stderr"
like "$(grep '"clock"' "$SCRATCH/doctor")" 'the newest event came in its future' 'doctor says that the clock was set back'
set_clock +0
stop_daemon_well
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
