#!/bin/bash
# The HTTP API as a client meets it: tokens and scopes, problems, pages, entity tags, encodings, request ids, awkward ids,
# health, metrics and the live stream.
# builds: asan tsan
. tests/system/lib.sh

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples "$FIXTURES"/*.json > "$SCRATCH/sent" 2>&1
is $? 0 'all fixtures are sent'
post "$FIXTURES/invalid/truncated.json" > "$SCRATCH/null"
events=$(api /v1/stats | jq .totals.events)
conversation=c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4
lead=1d9c7f3a-20c6-4d43-b0ce-5e7be2a41c77

header() { tr -d '\r' < "$SCRATCH/headers" | sed -n "s/^$1: //Ip" | tail -1; }
answered() { # answered STATUS NAME PATH [CURL OPTIONS…]
    local status=$1 name=$2
    shift 2
    api "$@" > "$SCRATCH/document"
    is "$(code)" "$status" "$name"
}
as() { # as TOKEN PATH [CURL OPTIONS…]: prints the status
    local TOKEN=$1
    shift
    api "$@" > "$SCRATCH/document"
    code
}

# ---- tokens and scopes ----

read_routes="/v1/events /v1/events/1 /v1/events/1/payload /v1/conversations /v1/conversations/$conversation /v1/leads
    /v1/leads/$lead /v1/agents /v1/stats /v1/rejected /v1/rejected/1 /metrics"
reader=$(cli token add --name reader --json | jq -r .token)
admin=$(cli token add --name admin --scope read,admin --json | jq -r .token)
revoked=$(cli token add --name revoked --scope read,admin --json | jq -r .token)
is "$(as "$revoked" /v1/events)" 200 'a new token works at once'
passes 'it is revoked' "$HOOKTRAIL" token revoke revoked --data "$DATA"
wrong=ht_$(head -c 32 /dev/urandom | base64 -w0 | tr '+/' '-_' | tr -d =)
for path in $read_routes; do
    got=$(curl -sS -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' "$URL$path")
    like "$(header WWW-Authenticate)" ^Bearer "no token: WWW-Authenticate: ${path//$conversation/ID}"
    got="$got $(jq -r .status "$SCRATCH/answer") $(as "$wrong" "$path") $(as "$revoked" "$path") $(as "${reader%?}" "$path")"
    got="$got $(as "$reader" "$path") $(as "$admin" "$path")"
    is "$got" '401 401 401 401 401 200 200' "none, wrong, revoked, cut, reader, admin: $path"
done
is "$(curl -sS -m 5 -o "$SCRATCH/null" -w '%{http_code}' "$URL/v1/stream")" 401 'the stream wants a token too'
for path in /healthz /readyz /openapi.json; do
    is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' "$URL$path")" 200 "$path wants no token"
done
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' -H "Authorization: Basic $reader" "$URL/v1/events")" 401 'another scheme'
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' -H "Authorization: bearer $reader" "$URL/v1/events")" 200 \
    'the scheme is of any case'
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' "$URL/v1/events?token=$reader&access_token=$reader")" 401 \
    'a token in the address is none'
for action in 'POST /v1/rejected/1/retry' 'DELETE /v1/rejected/1'; do
    is "$(as "$reader" "${action#* }" -X "${action% *}" -H 'Content-Length: 0')" 403 "a reader may not $action"
    is "$(as "$wrong" "${action#* }" -X "${action% *}" -H 'Content-Length: 0')" 401 "nobody may $action"
done
is "$(as "$admin" /v1/rejected/1/retry -X POST -H 'Content-Length: 0') $(jq .status "$SCRATCH/document")" '400 400' \
    'retry: what is still invalid stays rejected'
is "$(as "$admin" /v1/rejected/1)" 200 'retry: it is still there'
is "$(as "$admin" /v1/rejected/1 -X DELETE) $(as "$admin" /v1/rejected/1) $(as "$admin" /v1/rejected/1 -X DELETE)" \
    '204 404 404' 'drop: it is gone'
is "$(grep -c -e "$reader" -e "$admin" -e "$wrong" -e "$TOKEN" "$SCRATCH/daemon.log")" 0 'no token is logged'

# ---- problems ----

problem() { # problem STATUS POINTER PATH
    api "$3" > "$SCRATCH/document"
    is "$(code) $(jq -c '[.status, .pointer, .type, (.title | length > 0), (.detail | length > 0)]' "$SCRATCH/document")" \
        "$1 [$1,$2,\"about:blank\",true,true]" "$1: $3"
    is "$(header Content-Type) $(header Cache-Control)" 'application/problem+json no-store' "$1: its type: $3"
}
problem 400 '"limit"' '/v1/events?limit=0'
problem 400 '"limit"' '/v1/events?limit=1001'
problem 400 '"limit"' '/v1/events?limit=-1'
problem 400 '"limit"' '/v1/events?limit='
problem 400 '"since"' '/v1/events?since=yesterday'
problem 400 '"until"' '/v1/conversations?until=2026-13-01'
problem 400 '"order"' '/v1/events?order=up'
problem 400 '"after"' '/v1/events?after=18446744073709551616'
problem 400 '"before"' '/v1/events?before=x'
problem 400 '"type"' '/v1/events?type=no%20name'
problem 400 '"cursor"' '/v1/events?cursor=AAAA'
problem 400 '"agent"' '/v1/events?agent='
problem 400 '"agent"' "/v1/events?agent=$(head -c 300 /dev/zero | tr '\0' a)"
problem 400 '"agent"' '/v1/events?agent=a&agent=b'
problem 400 '"nonsense"' '/v1/events?nonsense=1'
problem 400 '"<b>"' '/v1/events?%3Cb%3E=1'
problem 400 '"limit"' '/v1/stats?limit=3'
problem 400 '"order"' '/v1/conversations?order=asc'
problem 400 '"seq"' /v1/events/x
problem 400 '"seq"' /v1/events/-1
problem 404 '"seq"' /v1/events/0
problem 404 '"seq"' /v1/events/999999
problem 404 '"seq"' /v1/events/18446744073709551615
problem 404 '"seq"' /v1/events/999999/payload
problem 404 '"id"' /v1/conversations/nobody
problem 404 '"id"' /v1/leads/nobody
problem 404 '"number"' /v1/rejected/999
problem 404 null /v1/nothing
problem 404 null /v1/events/
problem 404 null /v1/events/1/payload/
problem 404 null /V1/events
for filter in conversation lead visitor agent; do
    is "$(api "/v1/events?$filter=nobody")" '{"events":[],"next":null}' "of an unknown $filter there is nothing"
done
is "$(api '/v1/events?agent=agent-1&agent=agent-1' | jq '.events | length > 0')" true 'the same filter twice is once'
is "$(api '/v1/events?type=new-session&type=new_question,new-lead&limit=1000' | jq -c '[.events[].type] | unique')" \
    "$(api '/v1/events?limit=1000' | jq -c '[.events[].type | select(. == "new-session" or . == "new-question" or
        . == "new-contact")] | unique')" 'several types are an OR, folded'

# ---- methods, HEAD ----

for path in $read_routes /v1/stream /healthz /readyz /openapi.json; do
    api "$path" -X PATCH -H 'Content-Length: 0' > "$SCRATCH/document"
    is "$(code)" 405 "PATCH is refused: $path"
    like "$(header Allow)" '^GET, HEAD' "Allow is told: $path"
done
for path in $read_routes; do
    length=$(api "$path" | wc -c)
    api "$path" -I > "$SCRATCH/document"
    [[ $path == /metrics || $path == /v1/rejected/1 ]] || is "$(code) $(header Content-Length)" "200 $length" "HEAD is GET without the body: $path"
done

# ---- pages ----

walk() { # walk PATH: follows Link: rel="next" and prints the pages
    local path=$1
    while [ -n "$path" ]; do
        api "$path"
        grep -q '"next":null}$' "$SCRATCH/answer" && [ -n "$(header Link)" ] && echo '"a link, but no next"'
        path=$(header Link | sed -n 's/^<\(.*\)>; rel="next"$/\1/p')
    done
}
is "$(walk '/v1/events?limit=7&order=asc' | jq -c '.events[].seq' | xargs)" "$(seq "$events" | xargs)" 'Link leads through all events'
is "$(walk '/v1/events?limit=7' | jq -c '.events[].seq' | xargs)" "$(seq "$events" | tac | xargs)" 'and backwards'
is "$(walk '/v1/events?limit=1&agent=agent-1&type=new-session%2Csession-active' | jq -s '[.[].events[].seq] | length')" \
    "$(api '/v1/events?limit=1000&agent=agent-1&type=new-session,session-active' | jq '.events | length')" 'Link keeps the filters'
for path in conversations leads agents "conversations/$conversation" "leads/$lead"; do
    name=$(jq -r 'keys_unsorted[0]' <<< "$(api "/v1/$path")")
    case $path in */*) name=$([ "${path%%/*}" = leads ] && echo changes || echo items) ;; esac
    is "$(walk "/v1/$path?limit=2" | jq -c ".${name}[]" | sha256sum)" "$(api "/v1/$path?limit=1000" | jq -c ".${name}[]" | sha256sum)" \
        "pages of 2 make up the whole: $path ($name)"
done
is "$(walk '/v1/events?limit=%37' | jq -s '[.[].events[]] | length')" "$events" 'Link keeps what was percent-encoded'

# ---- entity tags ----

for path in /v1/events/1 /v1/events/1/payload "/v1/conversations/$conversation" /openapi.json; do
    api "$path" > "$SCRATCH/document"
    tag=$(header ETag)
    like "$tag" '^(W/)?"[0-9a-f]+"$' "an entity tag: $path"
    api "$path" -H "If-None-Match: \"other\", $tag" > "$SCRATCH/document"
    is "$(code) $(wc -c < "$SCRATCH/document") $(header ETag)" "304 0 $tag" "304: $path"
    answered 200 "another tag: 200: $path" "$path" -H 'If-None-Match: "other"'
done
api /v1/events/1 > "$SCRATCH/document"
tag=$(header ETag)
post "$FIXTURES/sales-day/01-new-session.json" > "$SCRATCH/null"
answered 200 'a repeated delivery changes the tag' /v1/events/1 -H "If-None-Match: $tag"
is "$(jq .deliveries "$SCRATCH/document")" 2 'and the document'

# ---- encodings ----

for path in '/v1/events?limit=50' "/v1/conversations/$conversation" /openapi.json; do
    api "$path" > "$SCRATCH/plain"
    api "$path" -H 'Accept-Encoding: gzip' > "$SCRATCH/packed"
    is "$(header Content-Encoding) $(gunzip < "$SCRATCH/packed" | sha256sum)" "gzip $(sha256sum < "$SCRATCH/plain")" "gzip: $path"
    api "$path" -H 'Accept-Encoding: br, gzip;q=0.5, zstd' > "$SCRATCH/packed"
    is "$(header Content-Encoding) $(zstd -dcq < "$SCRATCH/packed" | sha256sum)" "zstd $(sha256sum < "$SCRATCH/plain")" "zstd: $path"
    like "$(header Vary)" Accept-Encoding "Vary: $path"
    api "$path" -H 'Accept-Encoding: gzip;q=0, zstd; q=0.0, br' > "$SCRATCH/packed"
    is "$(header Content-Encoding)$(cmp "$SCRATCH/plain" "$SCRATCH/packed")" '' "neither wanted: $path"
done

# ---- request ids ----

api /healthz > "$SCRATCH/document"
first=$(header X-Request-Id)
api /healthz > "$SCRATCH/document"
like "$first" '^[0-9a-f]{16,}$' 'each answer has a request id'
[ "$first" != "$(header X-Request-Id)" ]
ok $? 'each another'
api /healthz -H 'X-Request-Id: of-the-proxy_1.2' > "$SCRATCH/document"
is "$(header X-Request-Id)" of-the-proxy_1.2 'that of the proxy is taken'
api /healthz -H 'X-Request-Id: a b<c>' > "$SCRATCH/document"
like "$(header X-Request-Id)" '^[0-9a-f]{16,}$' 'unless it is no id'

# ---- awkward ids ----

n=0
for id in 'a/b' 'a b' 'a+b' '%41' '?x=1' 'a&agent=b' '..' '.' '#' 'ü🚀' "'\"" '</script>' "$(head -c 256 /dev/zero | tr '\0' z)"; do
    n=$((n + 1))
    jq -nc --arg id "$id" --arg n "$n" '{agent_id: $id, conversation: {id: $id}, lead: {id: $id}, visitor: {id: $id}, event: "new-contact",
        messages: [{id: $n, role: "user", content: $n}]}' > "$SCRATCH/body"
    post "$SCRATCH/body" > "$SCRATCH/null"
    encoded=$(jq -nr --arg id "$id" '$id | @uri | if . == "." then "%2E" elif . == ".." then "%2E%2E" else . end')
    is "$(api "/v1/conversations/$encoded" --path-as-is | jq -r .conversation.id)" "$id" "a conversation: ${id:0:20}"
    is "$(api "/v1/leads/$encoded" --path-as-is | jq -r .lead.id)" "$id" "a lead: ${id:0:20}"
    is "$(api "/v1/events?agent=$encoded&conversation=$encoded&lead=$encoded&visitor=$encoded" |
        jq -r '[.events[].agent_id] | join("|")')" "$id" "filters: ${id:0:20}"
done
is "$(api '/v1/events?agent=a+b' | jq '.events | length')" 1 'a plus is a space in a query'

# ---- health, metrics, documents ----

is "$(curl -sS "$URL/healthz")$(curl -sS "$URL/readyz")" '{"status":"alive"}{"status":"ready"}' 'alive and ready'
api /metrics > "$SCRATCH/metrics"
like "$(header Content-Type)" '^text/plain; version=0\.0\.4' 'metrics: the content type of the text format'
promtool check metrics < "$SCRATCH/metrics" > "$SCRATCH/stdout" 2>&1
is "$? $(cat "$SCRATCH/stdout")" '0 ' 'metrics: promtool has nothing to say'
for metric in 'hooktrail_deliveries_total\{result="stored"\} [1-9]' 'hooktrail_deliveries_total\{result="duplicate"\} 1' \
    'commit[a-z_]*_bucket\{le="' 'queue[a-z_]* 0' '(lag|behind)[a-z_]* 0' 'trail[a-z_]*bytes [1-9]' 'reader' \
    'type="new-contact"\} [0-9.]+'; do
    like "$(cat "$SCRATCH/metrics")" "$metric" "metrics: $metric"
done
for path in /v1/events "/v1/conversations/$conversation" /healthz /v1/nothing; do
    api "$path" > "$SCRATCH/document"
    is "$(header X-Content-Type-Options)" nosniff "nosniff: $path"
done
hostile=$(api '/v1/events?conversation=conversation-hostile' | jq '.events[0].seq')
api "/v1/events/$hostile/payload" > "$SCRATCH/document"
like "$(header Content-Type) $(header Content-Security-Policy)" "^application/json.* default-src 'none'" \
    'a payload is never a page'

# ---- the live stream ----

listen() { # listen NAME PATH COUNT [LAST-EVENT-ID]: in the background; waits until it is open
    node tests/system/sse.mjs "$URL$2" "$TOKEN" "$3" ${4:+"$4"} > "$SCRATCH/sse.$1" 2> "$SCRATCH/sse.$1.err" &
    LISTENER=$!
    for _ in $(seq 200); do
        grep -q sse: "$SCRATCH/sse.$1.err" && break
        sleep 0.02
    done
}
last=$(api /v1/stats | jq .totals.events)
listen all /v1/stream 300
all=$LISTENER
listen some '/v1/stream?agent=flood&type=unknown' 300
some=$LISTENER
node tests/system/flood.mjs "$HOOK" 300 | cut -d' ' -f1 | sort | uniq -c | xargs > "$SCRATCH/flood"
is "$(cat "$SCRATCH/flood")" '300 200' 'stream: 300 events arrive'
wait "$all"
is "$? $(jq -r .id "$SCRATCH/sse.all" | xargs)" "0 $(seq $((last + 1)) $((last + 300)) | xargs)" 'stream: all of them, in order, without a gap'
wait "$some"
is "$? $(jq -r .id "$SCRATCH/sse.some" | sha256sum)" "0 $(jq -r .id "$SCRATCH/sse.all" | sha256sum)" 'stream: a filter that fits'
is "$(jq -c 'select(.id != (.data.seq | tostring) or .event != .data.type)' "$SCRATCH/sse.all")" '' 'stream: id is seq, event is type'
is "$(jq -c .data "$SCRATCH/sse.all" | head -1)" "$(api "/v1/events?after=$last&order=asc&limit=1" | jq -c '.events[0]')" \
    'stream: the data are those of the list'
listen resumed /v1/stream 100 $((last + 200))
wait "$LISTENER"
is "$? $(jq -r .id "$SCRATCH/sse.resumed" | xargs)" "0 $(seq $((last + 201)) $((last + 300)) | xargs)" 'stream: Last-Event-ID resumes behind it'
listen start '/v1/stream?after=0&type=new-contact' 3
wait "$LISTENER"
is "$? $(jq -r .id "$SCRATCH/sse.start" | xargs)" \
    "0 $(api '/v1/events?order=asc&type=new-contact&limit=3' | jq '.events[].seq' | xargs)" 'stream: after=0 begins at the beginning'
listen both "/v1/stream?after=0&agent=flood" 2 $((last + 298))
wait "$LISTENER"
is "$? $(jq -r .id "$SCRATCH/sse.both" | xargs)" "0 $((last + 299)) $((last + 300))" 'stream: Last-Event-ID outweighs after'
api /v1/stream -H 'Last-Event-ID: x' > "$SCRATCH/document"
is "$(code) $(jq -r .pointer "$SCRATCH/document")" '400 Last-Event-ID' 'stream: an id that is none'
for filter in limit=1 order=asc before=3 until=1h cursor=AAAA nonsense=1; do
    answered 400 "stream: not with $filter" "/v1/stream?$filter"
done
# HTTP/1.0 has no chunks: whatever it asks for, a stream has no length and ends with the connection.
for asked in 'keep-alive' 'x keep-alive' 'keep-alive keep-alive'; do
    old=()
    for one in $asked; do old+=(-H "Connection: $one"); done
    api '/v1/stream?after=0' -N --http1.0 -m 1 "${old[@]}" 2> "$SCRATCH/null" > "$SCRATCH/document"
    is "$(head -1 "$SCRATCH/document") $(grep -icE '^(Connection|Content-Length|Transfer-Encoding):' "$SCRATCH/headers")" 'retry: 2000 0' \
        "stream: by HTTP/1.0 it promises no length, and no other answer ($asked)"
done
curl -sS -m 20 -o "$SCRATCH/null" -H "Authorization: Bearer $TOKEN" -N --http1.0 -H 'Connection: keep-alive' "$URL/v1/stream" &
by_old=$!
listen ended /v1/stream 1
sleep 0.2
begin=$(date +%s%N)
stop_daemon_well
ok $((($(date +%s%N) - begin) / 1000000 > 5000)) 'it stops within 5 s though a stream is open'
wait "$LISTENER"
is "$(tail -1 "$SCRATCH/sse.ended.err")" 'sse: the stream ended' 'the stream is ended properly'
wait "$by_old"
is $? 0 'so is that by HTTP/1.0'
done_testing
