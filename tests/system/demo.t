#!/bin/bash
# make demo and make run, as the README promises them (their scripts: what they build is built already).
. tests/system/lib.sh

begin=$(date +%s%N)
scripts/demo.sh "$OUT" > "$SCRATCH/demo" 2>&1
ended=$?
is "$ended" 0 'the demo ends well'
[ "$ended" = 0 ] || diag "$(tail -5 "$SCRATCH/demo")"
took=$((($(date +%s%N) - begin) / 1000000))
[ "$took" -lt 10000 ]
ok $? "the demo takes less than 10 s ($took ms)"
for said in 'visitor identified' 'escalated to a human' 'contact captured' 'question flagged' 'buyer intent detected' \
    'conversation active again' '"duplicate":true' 'CHANGES' 'offset' 'nothing new' 'all is well' 'stopped'; do
    grep -q "$said" "$SCRATCH/demo"
    ok $? "the demo says: $said"
done

export HOOKTRAIL_DATA=$SCRATCH/run/data HOOKTRAIL_SECRETS=$SCRATCH/run/secrets.json
HOOKTRAIL_LISTEN=127.0.0.1:$(free_port)
export HOOKTRAIL_LISTEN
run() {
    : > "$SCRATCH/daemon.log" # what the one before has said is no sign of this one
    scripts/run.sh "$OUT" > "$SCRATCH/said" 2> "$SCRATCH/daemon.log" &
    DAEMON=$!
    for _ in $(seq 200); do
        grep -q 'listening on' "$SCRATCH/daemon.log" && break
        sleep 0.05
    done
}
run
hook=$(sed -n 's/.*webhook URL *//p' "$SCRATCH/said")
token=$(sed -n 's/.*API token *//p' "$SCRATCH/said")
like "$hook" "^http://$HOOKTRAIL_LISTEN/hooks/[A-Za-z0-9_-]{43}\$" 'make run prints the webhook URL'
like "$token" '^ht_[A-Za-z0-9_-]{43}$' 'and the token'
page=$(sed -n 's/^  page *\(http[^ ]*\).*/\1/p' "$SCRATCH/said")
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code} %{content_type}' "$page")" '200 text/html; charset=utf-8' "and the page's address"
# The three commands are there to be pasted: paste them.
grep -E '^    [^ ]' "$SCRATCH/said" | sed 's/^ *//' > "$SCRATCH/commands"
is "$(wc -l < "$SCRATCH/commands")" 3 'and three commands'
n=0
while read -r command; do
    n=$((n + 1))
    bash -c "$command" > "$SCRATCH/answer.$n" 2>&1
    is $? 0 "pasted: $(cut -c1-60 <<< "$command")…"
done < "$SCRATCH/commands"
is "$(grep -c '"http":200' "$SCRATCH/answer.1")" 8 'the first sends the samples'
grep -q 'bottling lines' "$SCRATCH/answer.2"
ok $? 'the second shows a conversation'
grep -q 'Maria' "$SCRATCH/answer.3"
ok $? 'the third shows a lead'
stop_daemon
is "$DAEMON_STATUS" 0 'it stops'

run
is "$(sed -n 's/.*webhook URL *//p' "$SCRATCH/said")" "$hook" 'a second run has the same URL'
is "$("$HOOKTRAIL" events --json | jq '.events | length')" 8 'and goes on with the same data'
stop_daemon

unset HOOKTRAIL_SECRETS
export HOOKTRAIL_DATA="$SCRATCH/run/an other"
run
other=$(sed -n 's/.*webhook URL *//p' "$SCRATCH/said")
like "$other" "^http://$HOOKTRAIL_LISTEN/hooks/[A-Za-z0-9_-]{43}\$" 'another data directory has another URL'
command=$(grep timeline "$SCRATCH/said" | sed 's/^ *//; s/timeline/stats/; s/ [^ ]*$//')
passes "pasted: $command" bash -c "$command"
stop_daemon
run
is "$(sed -n 's/.*webhook URL *//p' "$SCRATCH/said")" "$other" 'also in a second run'
stop_daemon
is "$(jq -r .token "$SCRATCH/run/secrets.json")" "$token" 'and the first keeps its own'
done_testing
