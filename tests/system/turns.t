#!/bin/bash
# Reads take turns with everything else: while many of a long conversation are under way, deliveries and others are answered as
# ever, and SIGTERM ends the daemon in time. EVENTS are in the conversation, READS are under way at once.
. tests/system/lib.sh

EVENTS=${EVENTS:-4000}
READS=${READS:-100}
DEADLINE=5500 # five seconds, and what it takes to end
case $OUT in *asan*) DEADLINE=10000 ;; esac
turns() { node tests/system/turns.mjs "$URL" "$TOKEN" "$@"; }

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
passes 'a long conversation is delivered' turns fill "$HOOK" "$EVENTS"

counts=$(turns beside "$HOOK" "$READS")
diag "$counts"
is "$(jq -c '[.reads, .wrong]' <<< "$counts")" "[$READS,0]" 'each read has its answer, and each of the others'
ok $(($(jq .healthz <<< "$counts") >= 20 ? 0 : 1)) 'meanwhile others are answered, again and again'
ok $(($(jq .deliveries <<< "$counts") >= 10 ? 0 : 1)) 'and deliveries, one after the other'

turns stop 250 > "$SCRATCH/stopped" &
readers=$!
for _ in $(seq 400); do grep -q asked "$SCRATCH/stopped" && break; sleep 0.05; done
begin=$(date +%s%N)
stop_daemon_well
took=$((($(date +%s%N) - begin) / 1000000))
ok $((took < DEADLINE ? 0 : 1)) "SIGTERM ends it within five seconds ($took ms)"
wait "$readers"
diag "$(tail -1 "$SCRATCH/stopped")"
is "$(tail -1 "$SCRATCH/stopped" | jq -c '[.done + .refused, .other]')" '[250,0]' 'each read that was under way has an answer, at least that the daemon stops'
done_testing
