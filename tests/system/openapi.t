#!/bin/bash
# The API's description: a linter finds nothing, every route is in it, and whatever the daemon answers fits it.
. tests/system/lib.sh

# report COMMAND…: its lines "0|1, tab, name" become tests, the others diagnostics.
report() {
    local passed name status=0
    "$@" > "$SCRATCH/report" 2> "$SCRATCH/stderr" || status=$?
    while IFS=$'\t' read -r passed name; do
        if [ -n "$name" ]; then ok "$passed" "$name"; else echo "$passed"; fi
    done < "$SCRATCH/report"
    [ "$status" = 0 ] && return
    ok 1 "$2 $3 ends well"
    diag "$(tail -12 "$SCRATCH/stderr")"
}
judge() { report node tests/system/openapi.mjs "$1" "$doc" "${@:2}"; }

doc=$SCRATCH/openapi.json
covered=$SCRATCH/covered
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
curl -sS -o "$doc" "$URL/openapi.json"
stop_daemon
like "$(jq -r .openapi "$doc")" '^3\.1\.' 'OpenAPI 3.1'
cmp -s "$doc" server/openapi.json
ok $? 'served byte for byte'
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
tests/node_modules/.bin/redocly lint --config tests/redocly.yaml "$doc" > "$SCRATCH/lint" 2>&1
is $? 0 'redocly finds no error'
grep -qi 'warning' "$SCRATCH/lint"
is $? 1 'nor anything to warn of'
[ "$FAILED" = 0 ] || diag "$(cat "$SCRATCH/lint")"
judge routes server/routes.c
judge webhooks

# ---- the daemon's answers ----

printf 'whsec_%s\n' "$(head -c 32 /dev/urandom | base64 -w0)" > "$SCRATCH/secret"
add_endpoint() { cli endpoint add --json --name "$@" | jq -r .endpoint; }
signed=$(add_endpoint signed --signing-secret-file "$SCRATCH/secret")
retired=$(add_endpoint retired)
cli endpoint retire retired --confirm > /dev/null
add_token() { cli token add --json --name "$1" --scope "$1" | jq -r .token; }
read=$(add_token read)
admin=$(add_token admin)

judge_daemon() { # judge_daemon PHASE [NAME=VALUE…]: of the daemon with these settings
    local phase=$1 setting
    shift
    for setting in "$@"; do export "${setting?}"; done
    # shellcheck disable=SC2119 # no options
    start_daemon || { ok 1 "the daemon starts ($phase)"; return; }
    jq -n --arg url "$URL" --arg open "$ENDPOINT" --arg signed "$signed" --arg retired "$retired" --arg read "$read" \
        --arg admin "$admin" --arg conversation "${conversation:-}" --arg lead "${lead:-}" \
        '$ARGS.named + {unknown: "/hooks/unknown", erased: {$conversation, $lead}}' > "$SCRATCH/context"
    judge "$phase" "$SCRATCH/context" "$covered"
    stop_daemon_well
    for setting in "$@"; do unset "${setting%%=*}"; done
}
judge_daemon small HOOKTRAIL_MAX_BODY=1KiB HOOKTRAIL_MAX_STREAMS=0
judge_daemon all
conversation=$(cli show 1 --json | jq -r .conversation_id)
lead=$(cli leads --json | jq -r '.leads[0].id')
passes 'a conversation and a lead are erased' "$HOOKTRAIL" erase --data "$DATA" --conversation "$conversation" \
    --lead "$lead" --reason 'asked for' --confirm
cli export --to "$SCRATCH/exported" --name nightly > /dev/null
judge_daemon erased
# The reserve can't be set beyond a TiB: on a disk with more free than that, nothing counts as full.
if [ "$(df --output=avail -k "$SCRATCH" | tail -1)" -lt $((1 << 30)) ]; then
    judge_daemon full HOOKTRAIL_RESERVE=1TiB
else
    diag 'more than a TiB is free here: what a full disk answers is left out'
    printf '%s 503\n' 'get /readyz' 'post /hooks/{secret}' 'post /hooks/{secret}/{type}' \
        'post /v1/rejected/{number}/retry' >> "$covered"
fi
judge covered "$covered"
done_testing
