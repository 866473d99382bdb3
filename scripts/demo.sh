#!/bin/bash
# demo.sh OUT: the day of a user, on a temporary directory that is removed in the end.
# shellcheck disable=SC2001 # sed says what is cut out
set -euo pipefail
out=$1
hooktrail=$out/hooktrail
umask 077
scratch=$(mktemp -d "${TMPDIR:-/tmp}/hooktrail-demo-XXXXXX")
data=$scratch/data
daemon=
clean_up() {
    [ -z "$daemon" ] || kill "$daemon" 2>/dev/null || true
    wait 2>/dev/null || true
    rm -rf "$scratch"
}
trap clean_up EXIT
export HOOKTRAIL_DATA=$data
unset HOOKTRAIL_MASTER_KEY_FILE

say() { printf '\n\033[1m# %s\033[0m\n' "$*"; }
show() {
    printf '$ hooktrail %s\n' "$*"
    "$hooktrail" "$@"
}

say 'Set a data directory up; endpoint and token are shown once'
secrets=$("$hooktrail" init --json)
endpoint=$(sed 's/.*"endpoint":"\([^"]*\)".*/\1/' <<< "$secrets")
printf '$ hooktrail init\n%s\n' "$(sed 's/\(hooks.......\)[^"]*/\1…/; s/\(ht_....\)[^"]*/\1…/' <<< "$secrets")"

say 'Serve'
"$out/hooktraild" --listen 127.0.0.1:0 2> "$scratch/log" &
daemon=$!
for _ in $(seq 500); do
    url=$(sed -n 's/.*listening on \(http[^ ]*\).*/\1/p' "$scratch/log")
    [ -n "$url" ] && break
    sleep 0.02
done
[ -n "$url" ] || { cat "$scratch/log" >&2; exit 1; }
printf '$ hooktraild --listen 127.0.0.1:0\nlistening on %s\n' "$url"
export HOOKTRAIL_URL=$url$endpoint

say 'A sales conversation arrives: all seven event types'
show send --samples

say 'The sender tries one again (it missed our answer): same seq, a duplicate'
show send tests/fixtures/sales-day/04-new-contact.json

say 'A broken body is refused, and kept'
printf '{"event":"new-session","agent_id":' > "$scratch/broken.json"
show send "$scratch/broken.json" || true

conversation=$("$hooktrail" conversations --json | sed 's/.*"conversations":\[{"id":"\([^"]*\)".*/\1/')
lead=$("$hooktrail" leads --json | sed 's/.*"leads":\[{"id":"\([^"]*\)".*/\1/')
say 'What happened in this conversation?'
show timeline "$conversation"
say 'And with this lead?'
show history "$lead"
say 'What was rejected, and why?'
show rejected
say 'Tonight: an export for the warehouse; run again, there is nothing new'
show export --to "$scratch/warehouse" --format ndjson --name nightly
show export --to "$scratch/warehouse" --format ndjson --name nightly
ls "$scratch"/warehouse/events
say 'Prove to an auditor that event 5 is in the trail'
show prove 5
say 'Evidence of the conversation for a lawyer, checked by what the log signs with'
show evidence --conversation "$conversation" -o "$scratch/evidence.zip"
show verify-bundle "$scratch/evidence.zip" --key "$("$hooktrail" checkpoint --key | head -1)"
say 'The person asks to be forgotten'
show erase --lead "$lead" --reason 'asked by the person' --confirm
show timeline "$conversation" || true
say 'Is everything sound, proofs included?'
show verify
say 'Stop'
kill -TERM "$daemon"
wait "$daemon"
daemon=
echo 'stopped; the temporary directory is removed'
