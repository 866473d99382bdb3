#!/bin/bash
# Every route with every kind of token: what each lets in is stated in one table (scopes.mjs), and what is refused tells nothing
# of what is there; no answer is for other origins; by the names of others only what is open.
# builds: asan
. tests/system/lib.sh

init_store
retired=$(cli endpoint add --name retired --json | jq -r .endpoint)
cli endpoint retire retired --confirm > "$SCRATCH/null"
add_token() { cli token add --json --name "$1" --scope "$2" | jq -r .token; }
read=$(add_token reader read)
admin=$(add_token administrator admin)
all=$(add_token both read,admin)
revoked=$(add_token revoked read,admin)
cli token revoke revoked > "$SCRATCH/null" 2>&1
revoked_id=$(cli token list --json | jq '.tokens[] | select(.state == "revoked").id')

# walk PHASE NAME: of what $URL serves.
walk() {
    jq -n --arg url "$URL" --arg endpoint "$ENDPOINT" --arg retired "$retired" --arg revoked "$revoked" --arg read "$read" \
        --arg admin "$admin" --arg all "$all" --argjson rejected "$rejected" --argjson revoked_id "$revoked_id" --rawfile description server/openapi.json \
        '{$url, $endpoint, $retired, $rejected, $revoked_id, $description, tokens: {$read, $admin, $all, $revoked}}' > "$SCRATCH/context"
    node tests/system/scopes.mjs "$1" "$SCRATCH/context" > "$SCRATCH/walk" 2> "$SCRATCH/stderr"
    is "$?$(cat "$SCRATCH/stderr")" 0 "$2: the walk ends"
    told "$SCRATCH/walk" "$2: "
}
# reject: sixteen deliveries that are refused and kept, to be dropped; the first one's number.
reject() {
    for _ in $(seq 16); do printf 'url = %s\ndata-binary = "{"\noutput = %s\n' "$HOOK" "$SCRATCH/null"; done | curl -sS -K -
    cli rejected --json | jq '[.rejected[].number] | max - 15'
}

start_daemon || { ok 1 'the daemon starts'; done_testing; }
printf '{"agent_id":"a","conversation_id":"c","lead":{"id":"l"}}' > "$SCRATCH/body"
post "$SCRATCH/body" > "$SCRATCH/null"
rejected=$(reject)
curl -sS "$URL/openapi.json" | cmp -s - server/openapi.json
ok $? 'the routes are those that the daemon describes'
# A second after the commit the trees are signed.
signed() { for path in /log/checkpoint /log/acts/checkpoint; do api $path > "$SCRATCH/null"; code; done; }
for _ in $(seq 100); do [ "$(signed | xargs)" = 200200 ] && break; sleep 0.05; done
walk all 'one address'
is "$(cli events | wc -l)" 2 'only deliveries with a good secret are there'
stop_daemon_well

start_daemon --set metrics_public=on --set log_public=on || { ok 1 'the daemon starts again'; done_testing; }
rejected=$(reject)
walk public 'metrics and log are public'
stop_daemon_well

start_daemon --set api_listen=127.0.0.1:0 || { ok 1 'the daemon starts with two addresses'; done_testing; }
walk hooks 'the address of deliveries'
stop_daemon_well
is "$(grep -c -F -e "$read" -e "$admin" -e "$all" -e "$revoked" -e "${ENDPOINT#/hooks/}" "$SCRATCH/daemon.log")" 0 'no secret is in the log'
done_testing
