#!/bin/bash
# Made-up conversations: HTTP, the tool, a scan of the export and an independent reference say the same. SEED=n repeats a run.
# builds: asan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
node tests/system/same.mjs "$HOOK" "$TOKEN" "$HOOKTRAIL" "$DATA" "$SCRATCH" > "$SCRATCH/same" 2>&1
ok $? 'everything could be asked'
while IFS= read -r line; do
    case $line in
    'ok '*) ok 0 "${line#ok }" ;;
    'not '*) ok 1 "${line#not }" ;;
    *) diag "${line#\# }" ;;
    esac
done < "$SCRATCH/same"
stop_daemon_well
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
