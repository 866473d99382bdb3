#!/bin/bash
# Real deliveries at a steady rate (SOAK_RATE) for SOAK_SECONDS, while readers come and are killed: memory, descriptors, threads
# and files of the daemon stay within the model (tests/soak/model.mjs). `make soak` is the long form.
. tests/system/lib.sh

seconds=${SOAK_SECONDS:-50} rate=${SOAK_RATE:-300} control=20 every=1 wave=8 pause=8
# A short run is too short for a plateau of the free pages, and for the usual share of full pages.
limits='{"growth": 1.3, "freeRise": 134217728}'
[ "$seconds" -lt 600 ] || { control=60 every=5 wave=20 pause=40 limits='{}'; }
export HOOKTRAIL_MAP_SIZE=$((1 << 40))

node tests/soak/controls.mjs > "$SCRATCH/controls"
ok $? 'the model is put to the test'
told "$SCRATCH/controls"

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
printf 'Authorization: Bearer %s\n' "$TOKEN" > "$SCRATCH/headers"
jq -n --arg url "$URL" --arg hook "$HOOK" --arg token "$TOKEN" --arg data "$DATA" --arg scratch "$SCRATCH" --arg hooktrail "$HOOKTRAIL" \
    --arg pages "$OUT/tests/soak/pages" --arg samples "${SOAK_SAMPLES:-$SCRATCH/samples}" --argjson pid "$DAEMON" --argjson seconds "$seconds" \
    --argjson control "$control" --argjson rate "$rate" --argjson every "$every" --argjson wave "$wave" --argjson pause "$pause" \
    --argjson limits "$limits" '$ARGS.named + {headers: ($scratch + "/headers")}' > "$SCRATCH/config"
node tests/soak/soak.mjs "$SCRATCH/config" > "$SCRATCH/soak" 2> "$SCRATCH/errors"
ok $? 'the soak comes to its end'
told "$SCRATCH/soak"
[ ! -s "$SCRATCH/errors" ] || diag "$(tail -5 "$SCRATCH/errors")"
stop_daemon_well
exits 0 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
diag "$(cat "$SCRATCH/stdout")"
done_testing
