#!/bin/bash
# kill -9 at random moments under load (KILLS times, one in fifty or more within start-up): every acknowledged event is
# there, each payload once, the store verifies, and the index holds what the trail says, entry for entry.
. tests/system/lib.sh

KILLS=${KILLS:-50}
init_store
port=$(free_port)
acks=$SCRATCH/acks
: > "$acks"

serve() {
    : > "$SCRATCH/daemon.log"
    "$HOOKTRAILD" --data "$DATA" --listen "127.0.0.1:$port" 2>> "$SCRATCH/daemon.log" &
    DAEMON=$!
}

wait_ready() {
    for _ in $(seq 400); do
        grep -q 'listening on' "$SCRATCH/daemon.log" && return 0
        kill -0 "$DAEMON" 2>/dev/null || return 1
        sleep 0.02
    done
    return 1
}

# Every acknowledged (seq, sha256) is an event with that seq and digest, and no payload is there twice.
check_store() {
    cli events --order asc | jq -r '"\(.seq) \(.sha256)"' | sort > "$SCRATCH/stored"
    cut -d' ' -f1,2 "$acks" | sort -u > "$SCRATCH/acknowledged"
    is "$(comm -23 "$SCRATCH/acknowledged" "$SCRATCH/stored" | wc -l)" 0 "$1: every acknowledged event is there"
    is "$(cut -d' ' -f2 "$SCRATCH/stored" | sort | uniq -d | wc -l)" 0 "$1: no payload is there twice"
    exits 0 "$1: the store verifies, and its index is the one that the trail gives" "$HOOKTRAIL" verify --data "$DATA"
}

serve
wait_ready || { diag "$(cat "$SCRATCH/daemon.log")"; ok 1 'the daemon starts'; done_testing; }
node tests/system/storm.mjs "http://127.0.0.1:$port$ENDPOINT" "$SCRATCH/stop" "$acks" > "$SCRATCH/storm" 2>&1 &
storm=$!

killed=0   # as often
early=0    # of these, before it had said that it listens
by_itself=0
index=$(stat -c %i "$DATA/index/data.mdb")
while [ "$killed" -lt "$KILLS" ]; do
    # One in five shall die within its start-up, and in any case one in fifty does.
    if [ $((RANDOM % 5)) = 0 ] || [ $((early * 50)) -le "$killed" ]; then
        sleep "0.0$((RANDOM % 2))$((RANDOM % 10))"
    else
        wait_ready
        sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
    fi
    kill -9 "$DAEMON" 2>/dev/null
    wait "$DAEMON" 2>/dev/null
    [ $? = 137 ] || { by_itself=$((by_itself + 1)) && diag "ended by itself: $(tail -3 "$SCRATCH/daemon.log")"; }
    grep -q 'listening on' "$SCRATCH/daemon.log" || early=$((early + 1))
    killed=$((killed + 1))
    [ $((killed % 200)) != 0 ] || check_store "after $killed kills"
    serve
done
wait_ready
ok $? "the daemon starts again after $killed kills"
touch "$SCRATCH/stop"
wait "$storm"
is $? 0 'the sender had everything acknowledged in the end'
is "$by_itself" 0 'nothing but the kills has ended it'
[ $((early * 50)) -ge "$killed" ]
ok $? "of $killed kills, $early came within start-up: one in fifty or more"
diag "sent and acknowledged: $(cat "$SCRATCH/storm"), of these as duplicates: $(grep -c true "$acks")"
check_store 'beside the daemon'
stop_daemon_well
check_store 'at rest'
# Else verify has looked at another index than the kills have hit.
is "$(stat -c %i "$DATA/index/data.mdb")" "$index" 'the index is the one of the beginning: none was built anew'
done_testing
