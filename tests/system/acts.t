#!/bin/bash
# The log of acts: whatever is done to a store is in it, with who and when, over HTTP as on the command line; reads of
# personal data where they are recorded; and never a secret, an id or an address.
# builds: asan
. tests/system/lib.sh

me=cli:$(id -un)
needle=needle-$(head -c 6 /dev/urandom | od -An -tx1 | tr -d ' \n')
lead=lead-$needle
conversation=conversation-$needle
visitor=visitor-$needle
address=$needle@example.com

acts() { cli acts "$@"; }
newest() { acts --limit 1 | jq -c "$1"; }
last() { acts --limit 1 | sed 's/^{"seq":\([0-9]*\),.*/\1/'; }

# read_newest: sets ACT (kind and who), OBJECT, DETAIL and AT of the newest act. One jq: its start is what takes time.
read_newest() {
    IFS=$'\t' read -r ACT OBJECT DETAIL AT < <(acts --limit 1 |
        jq -r '[.kind + " " + .who, .object // "none", .detail // "none", (.at | sub("\\.[0-9]+"; ""))] | @tsv')
}

# was_done NAME KIND OBJECT [DETAIL]: the newest act is this one, by us, just now; object and detail are regular expressions.
was_done() {
    read_newest
    is "$ACT" "$2 $me" "$1: recorded, with who did it"
    like "$OBJECT" "^$3$" "$1: and to what"
    [ $# -lt 4 ] || like "$DETAIL" "^$4$" "$1: and how"
    [[ $AT =~ ^[0-9-]{10}T[0-9:]{8}Z$ && ! $AT < $began && ! $AT > $(date -u +%Y-%m-%dT%H:%M:%SZ) ]]
    ok $? "$1: and when"
}
does() { # does NAME ARGUMENTS…
    local name=$1
    shift
    passes "$name" "$HOOKTRAIL" "$@" --data "$DATA"
}
began=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# ---- what the command line does ----

init_store
is "$(acts --order asc | jq -c '[.seq, .kind, .who, .object]' | xargs)" \
    "[1,init,$me,null] [2,endpoint-add,$me,endpoint 1] [3,token-add,$me,token 1]" 'init: three acts'
does 'endpoint add' endpoint add --name site --json
second=$(jq -r .endpoint "$SCRATCH/stdout")
was_done 'endpoint add' endpoint-add 'endpoint 2' site
does 'endpoint rotate' endpoint rotate site --json
third=$(jq -r .endpoint "$SCRATCH/stdout")
was_done 'endpoint rotate' endpoint-rotate 'endpoint 3' 'site, in the place of endpoint 2'
does 'endpoint retire' endpoint retire 2 --confirm
was_done 'endpoint retire' endpoint-retire 'endpoint 2' site
does 'token add' token add --name reader --json
reader=$(jq -r .token "$SCRATCH/stdout")
was_done 'token add' token-add 'token 2' 'reader, scope read'
does 'token add' token add --name gone --json
gone=$(jq -r .token "$SCRATCH/stdout")
does 'token revoke' token revoke gone
was_done 'token revoke' token-revoke 'token 3' 'gone, scope read'
before=$(last)
exits 1 'an endpoint that is there already' "$HOOKTRAIL" endpoint add --name site --data "$DATA"
exits 3 'a token that is not there' "$HOOKTRAIL" token revoke nobody --data "$DATA"
cli events > /dev/null
cli stats > /dev/null
is "$(last)" "$before" 'what fails, and reading, are no acts'

# Events to act upon; and rejected deliveries, of which those that were too large pass later.
payload() { # payload NUMBER [FILLING]
    jq -nc --argjson n "$1" --arg lead "$lead" --arg conversation "$conversation" --arg visitor "$visitor" \
        --arg address "$address" --arg filling "${2:-}" '{event: "new-contact", $n, $filling,
        conversation: {id: $conversation}, visitor: {visitor_id: $visitor}, lead: {id: $lead, email: $address}}'
}
start_daemon --set max_body=1KiB || { ok 1 'the daemon starts'; done_testing; }
for n in 1 2 3; do
    payload "$n" > "$SCRATCH/payload"
    post "$SCRATCH/payload" > /dev/null
done
for n in 4 5 6 7; do
    payload "$n" "$(printf 'x%.0s' $(seq 2000))" > "$SCRATCH/payload"
    post "$SCRATCH/payload" > /dev/null
done
stop_daemon
is "$(cli events | wc -l) $(cli rejected | wc -l)" '3 4' 'some events, some rejected deliveries'
does 'rejected retry' rejected retry 1
was_done 'rejected retry' rejected-retry 'rejected delivery 1'
is "$(cli events --limit 1 | jq .seq)" 4 'rejected retry: an event'
does 'rejected drop' rejected drop 2
was_done 'rejected drop' rejected-drop 'rejected delivery 2'
before=$(last)
exits 3 'rejected drop: not there' "$HOOKTRAIL" rejected drop 2 --data "$DATA"
exits 3 'rejected retry: not there' "$HOOKTRAIL" rejected retry 2 --data "$DATA"
is "$(last)" "$before" 'neither is an act'

does 'export' export --to "$SCRATCH/export"
was_done 'export' export export 'events 1 to 4'
does 'export with a name' export --to "$SCRATCH/nightly" --name nightly
was_done 'export with a name' export 'export nightly' 'events 1 to 4'
before=$(last)
does 'export of nothing new' export --to "$SCRATCH/nightly" --name nightly
is "$(last)" "$before" 'an export of nothing is no act'
does 'evidence' evidence --conversation "$conversation" -o "$SCRATCH/evidence.zip"
was_done 'evidence' evidence none '.*4 events.*'
does 'subject' subject --email "$address" -o "$SCRATCH/subject.zip"
was_done 'subject' subject-export none '.*4 events.*'
does 'reindex' reindex
was_done 'reindex' reindex none '4 events'
does 'compact' compact
was_done 'compact' compact none
does 'hold add' hold add --conversation "$conversation" --note 'case 12'
was_done 'hold add' hold-add 'hold 1' 'of a conversation'
does 'hold remove' hold remove 1
was_done 'hold remove' hold-remove 'hold 1'
does 'keys rotate --master' keys rotate --master --confirm
was_done 'keys rotate --master' key-rotate '.*master.*'
does 'keys rotate --signing' keys rotate --signing --confirm
was_done 'keys rotate --signing' key-rotate '.*signing.*'
does 'backup' backup "$SCRATCH/backup"
was_done 'backup' backup none "4 events, to $SCRATCH/backup"
does 'erase one' erase --seq 1 --reason 'asked for' --confirm
was_done 'erase one' erase 'erasure 1' '.*1 event.*'
before=$(last)
does 'retain, with nothing so old' retain 400d --confirm
is "$(last)" "$before" 'which is no act'
sleep 1.1
does 'retain' retain 1s --confirm
was_done 'retain' retain 'erasure 2' '.*3 events.*'
passes 'restore' "$HOOKTRAIL" restore "$SCRATCH/backup" --data "$SCRATCH/restored"
is "$("$HOOKTRAIL" acts --data "$SCRATCH/restored" --limit 1 | jq -r '[.kind, .who] | join(" ")')" "restore $me" \
    'restore: recorded in the restored store'
kinds=$(acts | jq -r .kind | sort -u | xargs)
is "$kinds" "backup compact endpoint-add endpoint-retire endpoint-rotate erase evidence export hold-add hold-remove init \
key-rotate reindex rejected-drop rejected-retry retain subject-export token-add token-revoke" 'all that was done'
is "$(acts --order asc | jq .seq | xargs)" "$(seq "$(last)" | xargs)" 'acts are numbered without gaps'
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"

# ---- over HTTP ----

# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
as() { # as TOKEN PATH [CURL OPTIONS…]: the body on stdout
    local token=$1 path=$2
    shift 2
    curl -sS -m 20 -w '%{stderr}%{http_code}' -H "Authorization: Bearer $token" "$@" "$URL$path" 2> "$SCRATCH/code"
}
same() { # same NAME QUERY ARGUMENTS…: HTTP and the command line give the same bytes
    local name=$1 query=$2
    shift 2
    api "/v1/acts$query" > "$SCRATCH/http"
    acts --json "$@" | cmp - "$SCRATCH/http" > "$SCRATCH/null" 2>&1
    ok $? "$name: HTTP and the command line say the same"
    is "$(code)" 200 "$name: 200"
}
same 'acts' ''
same 'a page' '?limit=3' --limit 3
cursor=$(jq -r .next "$SCRATCH/http")
same 'the next page' "?limit=3&cursor=$cursor" --limit 3 --cursor "$cursor"
same 'oldest first' '?order=asc&limit=1000' --order asc --limit 1000
same 'by numbers' '?after=3&before=9' --after 3 --before 9
same 'by times' "?since=$began&until=2100-01-01" --since "$began" --until 2100-01-01
as "$reader" /v1/acts > /dev/null
is "$(code)" 403 'the scope read is not enough'
as "$gone" /v1/acts > /dev/null
is "$(code)" 401 'a revoked token is refused'
api '/v1/acts?lead=x' > /dev/null
is "$(code)" 400 'a filter that does not apply is refused'

stop_daemon_well
operator=$(cli token add --name operator --scope admin --json | jq -r .token)
start_daemon --set max_body=1KiB || { ok 1 'the daemon starts'; done_testing; }
for n in 11 12 13; do
    payload "$n" > "$SCRATCH/payload"
    post "$SCRATCH/payload" > /dev/null
done
for n in 14 15; do
    payload "$n" "$(printf 'x%.0s' $(seq 2000))" > "$SCRATCH/payload"
    post "$SCRATCH/payload" > /dev/null
done
number=$(cli rejected --limit 1 | jq .number) before=$(last)
as "$operator" "/v1/rejected/$number" -X DELETE > /dev/null
is "$(code)" 204 'DELETE of a rejected delivery'
is "$(newest '[.kind, .who, .object]')" "[\"rejected-drop\",\"token:operator\",\"rejected delivery $number\"]" \
    'is by whose token it was'
as "$operator" "/v1/rejected/$number" -X DELETE > /dev/null
as "$operator" "/v1/rejected/$number/retry" -X POST -H 'Content-Length: 0' > /dev/null
is "$(code) $(last)" "404 $((before + 1))" 'one that is not there is no act'
stop_daemon_well
before=$(last)

# ---- reads of personal data ----

start_daemon --set audit_reads=on || { ok 1 'the daemon starts'; done_testing; }
is "$(newest '[.seq, .kind, .who, .object, .detail]')" "[$((before + 1)),\"setting\",\"hooktraild\",\"audit_reads\",\"on\"]" \
    'that reads are recorded from now on is an act'
seq=$(api '/v1/events?limit=1' | jq '.events[0].seq')
number=$(api '/v1/rejected?limit=1' | jq '.rejected[0].number')
as "$operator" "/v1/rejected/$number/retry" -X POST -H 'Content-Length: 0' > /dev/null
is "$(code) $(newest '[.kind, .who, .object]')" "200 [\"rejected-retry\",\"token:operator\",\"rejected delivery $number\"]" \
    'POST of a retry is by whose token it was'
payload 16 | head -c 30 > "$SCRATCH/payload"
post "$SCRATCH/payload" > /dev/null
number=$(api '/v1/rejected?limit=1' | jq '.rejected[0].number')
ref='[0-9a-f]{32}'

read_as() { # read_as PATH OBJECT [DETAIL]: answered 200, and recorded as the newest act
    local path=$1 count
    count=$(last)
    as "$reader" "$path" > "$SCRATCH/body"
    read_newest
    is "$(code) $(last) $ACT" "200 $((count + 1)) read token:reader" "GET ${path%%"$needle"*}: recorded, once"
    like "$OBJECT" "^$2$" 'what was read'
    like "$DETAIL" "^${3:-none}$" 'of whom'
}
read_as /v1/events events
read_as "/v1/events?lead=$lead" events "lead $ref"
read_as "/v1/events?conversation=$conversation&visitor=$visitor" events "conversation $ref, visitor $ref"
read_as "/v1/events/$seq" "event $seq"
read_as "/v1/events/$seq/payload" "payload $seq"
read_as /v1/conversations conversations
read_as "/v1/conversations/$conversation" "timeline $ref"
timeline=$(newest .object)
read_as /v1/leads leads
read_as "/v1/leads?email=$address" leads "address $ref"
by_address=$(newest .detail)
read_as "/v1/leads/$lead" "history $ref"
history=$(newest .object)
read_as /v1/rejected 'rejected deliveries'
read_as "/v1/rejected/$number" "rejected delivery $number"
read_as '/v1/export?limit=1' export
api "/v1/events?lead=$lead" > "$SCRATCH/of-lead"
count=$(last)
curl -sS -N -m 2 -H "Authorization: Bearer $reader" "$URL/v1/stream?after=0&lead=$lead" > "$SCRATCH/stream" 2> "$SCRATCH/null"
is "$(grep -c '^id:' "$SCRATCH/stream") $(last)" "$(jq '.events | length' "$SCRATCH/of-lead") $((count + 1))" 'a stream: recorded, once'
like "$(newest '[.who, .object, .detail]')" "^\\[\"token:reader\",\"stream\",\"lead $ref\"\\]$" 'with who reads, and of whom'

# Not a success, or nothing of a person: not recorded.
count=$(last)
for path in /v1/events/999999 /v1/events/x /v1/conversations/nobody "/v1/leads/nobody-$needle" '/v1/events?limit=0' \
    /v1/events/999999/payload /v1/rejected/999999 '/v1/stream?limit=1' /v1/agents /v1/stats /metrics /healthz /log/checkpoint; do
    as "$reader" "$path" > /dev/null
done
as nobody /v1/events > /dev/null
api /v1/acts > /dev/null
is "$(last)" "$count" 'what is refused, and what has nothing of a person, are not recorded'

# Conditional and HEAD requests are reads too.
etag=$(curl -sS -D - -o "$SCRATCH/null" -H "Authorization: Bearer $reader" "$URL/v1/events/$seq" | sed -n 's/^ETag: \(.*\)\r$/\1/p')
as "$reader" "/v1/events/$seq" -H "If-None-Match: $etag" > /dev/null
is "$(code) $(newest .object)" "304 \"event $seq\"" '304'
as "$reader" "/v1/leads/$lead" -I > /dev/null
is "$(code) $(newest .object)" "200 $history" 'HEAD'
is "$(last)" "$((count + 3))" 'each recorded'

# Many at once on one connection after another, and clients that leave.
count=$(last)
for n in $(seq 200); do
    printf 'url = "%s/v1/events/%s"\noutput = "%s/null"\n' "$URL" "$seq" "$SCRATCH"
done > "$SCRATCH/many"
curl -sS -H "Authorization: Bearer $reader" --parallel --parallel-max 20 -K "$SCRATCH/many" -w '%{http_code}\n' > "$SCRATCH/codes"
is "$(sort "$SCRATCH/codes" | uniq -c | xargs)" '200 200' '200 reads at once are answered'
is "$(last)" "$((count + 200))" 'and recorded'
for n in $(seq 30); do
    timeout 0.01 curl -sS -H "Authorization: Bearer $reader" "$URL/v1/events" > /dev/null 2>&1 &
done
jobs -rp | grep -v "^$DAEMON$" > "$SCRATCH/leavers"
while read -r pid; do wait "$pid"; done < "$SCRATCH/leavers"
is "$(as "$reader" /v1/stats > /dev/null; code)" 200 'clients that leave do no harm'

# The command line obeys the daemon's setting.
cli_read() { # cli_read OBJECT DETAIL ARGUMENTS…
    local object=$1 detail=$2 count
    shift 2
    count=$(last)
    cli "$@" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
    status=$? said=$*
    ok "$status" "hooktrail ${said/"$needle"/…}: exit status"
    read_newest
    is "$(last) $ACT" "$((count + 1)) read $me" 'recorded, once'
    like "$OBJECT" "^$object$" 'what was read'
    like "$DETAIL" "^$detail$" 'of whom'
}
cli_read events none events
cli_read events "lead $ref" events --lead "$lead" --json
cli_read "event $seq" none show "$seq"
cli_read "event $seq" none show "$seq" --json
cli_read "payload $seq" none show "$seq" --payload
cli_read "${timeline//\"/}" none timeline "$conversation" --json
cli_read "${history//\"/}" none history "$lead"
cli_read conversations none conversations
cli_read leads none leads
cli_read 'rejected deliveries' none rejected
cli_read "rejected delivery $number" none rejected show "$number"
cli_read "rejected delivery $number" none rejected show "$number" --payload
cli timeline "$conversation" > /dev/null
is "$(acts --limit 2 | jq -r .object | xargs)" "${history//\"/} ${timeline//\"/}" 'timeline: also asks who the lead is'
count=$(last)
cli history --email "$address" > /dev/null
is "$(acts --limit 2 | jq -c '[.object, .detail]' | xargs)" "[${history//\"/},null] [leads,${by_address//\"/}]" \
    'history --email: the search and the history'
timeout 1 "$HOOKTRAIL" events --follow --data "$DATA" > "$SCRATCH/stdout"
is "$(last) $(newest .object)" "$((count + 3)) \"events\"" 'events --follow: once'
count=$(last)
exits 3 'what is not there' "$HOOKTRAIL" show 999999 --data "$DATA"
cli stats > /dev/null
cli agents > /dev/null
is "$(last)" "$count" 'is not recorded, nor what has nothing of a person'
same 'reads' '?limit=1000' --limit 1000
stop_daemon_well

# On a disk without room nothing that can't be recorded is given out.
start_daemon --set audit_reads=on --set reserve=1TiB > /dev/null 2>&1
if [ -n "$DAEMON" ] && [ "$(df --output=avail -k "$SCRATCH" | tail -1)" -lt $((1 << 30)) ]; then
    as "$reader" "/v1/events/$seq" -D "$SCRATCH/headers" > "$SCRATCH/body"
    is "$(code) $(jq .status "$SCRATCH/body") $(grep -c "$needle" "$SCRATCH/body")" '503 503 0' 'what can not be recorded is refused'
    is "$(grep -ci '^etag' "$SCRATCH/headers")" 0 'with nothing of the answer that it would have been'
    timeout 5 curl -sS -o "$SCRATCH/body" -w '%{http_code}' -H "Authorization: Bearer $reader" "$URL/v1/stream?after=0" > "$SCRATCH/code"
    is "$(code)" 503 'a stream too'
    as "$reader" /v1/stats > /dev/null
    is "$(code)" 200 'the rest is answered'
fi
stop_daemon
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
is "$(newest '[.kind, .object, .detail]')" '["setting","audit_reads","off"]' 'that they are not recorded any more is an act'
count=$(last)
as "$reader" /v1/events > /dev/null
cli events > /dev/null
is "$(last)" "$count" 'from then on reads are no acts'
stop_daemon_well

# ---- what must not be in it ----

acts > "$SCRATCH/all"
acts --json --limit 1000 >> "$SCRATCH/all"
is "$(grep -c "$needle" "$SCRATCH/all")" 0 'no id and no address in the acts'
is "$(grep -c -a "$needle" "$DATA/trail/data.mdb")" 0 'nor anywhere in the trail'
for secret in "$ENDPOINT" "$second" "$third" "$TOKEN" "$reader" "$gone" "$operator"; do
    secret=${secret#/hooks/}
    grep -qaF -e "${secret#ht_}" "$SCRATCH/all" "$DATA/trail/data.mdb"
    is $? 1 'no secret'
done
passes 'the store verifies' "$HOOKTRAIL" verify --data "$DATA"
done_testing
