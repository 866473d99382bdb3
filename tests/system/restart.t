#!/bin/bash
# SIGTERM and a new start under load, RESTARTS times: whoever was let in and has sent a request has an answer; what comes
# again has the number of the first time; each delivery that was answered with 200, and no other, is counted. The store has
# EVENTS to begin with, and a start takes less than a second.
# builds: release asan
. tests/system/lib.sh

RESTARTS=${RESTARTS:-5}
EVENTS=${EVENTS:-20000}
port=$(free_port)
now_ms() { echo $(($(date +%s%N) / 1000000)); }
serve() {
    local begin
    begin=$(now_ms)
    start_daemon --listen "127.0.0.1:$port" > "$SCRATCH/null" || return 1
    starts+=($(($(now_ms) - begin)))
}

init_store
exits 0 'a store is filled' env ASAN_OPTIONS=detect_leaks=0 "$OUT/benchmarks/fill" --data "$DATA" --count "$EVENTS" --size 600
starts=() slowest_end=0 failed=0
serve || { ok 1 'the daemon starts'; done_testing; }
node tests/system/restart.mjs "$HOOK" "$SCRATCH/stop" 64 "$SCRATCH/tally" > "$SCRATCH/counts" 2> "$SCRATCH/wrong" &
clients=$!
for ((i = 0; i < RESTARTS; i++)); do
    sleep "0.$((3 + RANDOM % 5))$((RANDOM % 10))"
    begin=$(now_ms)
    stop_daemon
    [ "$DAEMON_STATUS" = 0 ] || { failed=$((failed + 1)) && diag "stop $i: $DAEMON_STATUS: $(tail -3 "$SCRATCH/daemon.log")"; }
    took=$(($(now_ms) - begin))
    [ "$took" -le "$slowest_end" ] || slowest_end=$took
    serve || { ok 1 "the daemon starts again, $i"; break; }
done
sleep 0.5
touch "$SCRATCH/stop"
wait "$clients"
is $? 0 'each payload is acknowledged in the end, under one number' || diag "$(head -5 "$SCRATCH/wrong")"
counts=$(cat "$SCRATCH/counts")
diag "$RESTARTS restarts: $counts"
mapfile -t starts < <(printf '%s\n' "${starts[@]}" | sort -n)
median=${starts[${#starts[@]} / 2]}
diag "an end took $slowest_end ms at most, a start $median ms, ${starts[-1]} at most"
is "$failed" 0 'each end was orderly'
[ "$slowest_end" -lt 5500 ]
ok $? 'within five seconds'
[[ $median -lt 1000 || $OUT == *san ]]
ok $? 'a start within one, but for those that other work on the machine has slowed'
is "$(jq -c '[.unanswered, .cut]' <<< "$counts")" '[0,0]' 'whoever had sent a request has an answer, and a whole one'
stop_daemon_well

# What the store has counted is what was answered: no delivery that was not, and none twice.
cli events --after "$EVENTS" --order asc | jq -r '"\(.sha256) \(.seq) \(.deliveries)"' | sort > "$SCRATCH/stored"
sort "$SCRATCH/tally" > "$SCRATCH/answered"
is "$(comm -23 "$SCRATCH/answered" "$SCRATCH/stored" | wc -l)" 0 'each event has as many deliveries as were answered'
is "$(comm -13 "$SCRATCH/answered" "$SCRATCH/stored" | wc -l)" 0 'and nothing is there that was not'
diag "$(comm -3 "$SCRATCH/answered" "$SCRATCH/stored" | head -4)"
is "$(cli stats --json | jq -c '[.totals.events, .totals.deliveries]')" \
    "$(jq -c --argjson before "$EVENTS" '[.acknowledged + $before, .acknowledged + .repeated + $before]' <<< "$counts")" \
    'the totals agree'
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
