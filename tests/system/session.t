#!/bin/bash
# The page and its sessions: what is served and how, signing in and out, cookies, CSRF, other origins and names, what ends a session,
# and that no secret of it is in the log.
# builds: asan tsan
. tests/system/lib.sh

JAR=$SCRATCH/jar
JSON='Content-Type: application/json'
# ask METHOD PATH [CURL OPTIONS…]: the status; body in $SCRATCH/answer, head in $SCRATCH/headers.
ask() {
    local method=$1 path=$2
    shift 2
    : > "$SCRATCH/answer"
    curl -sS -m 20 -o "$SCRATCH/answer" -D "$SCRATCH/headers" -w '%{http_code}' -X "$method" "$@" "$URL$path"
}
header() { tr -d '\r' < "$SCRATCH/headers" | sed -n "s/^$1: //Ip" | tail -1; }
member() { jq -r ".$1" "$SCRATCH/answer"; }
# sign_in TOKEN [CURL OPTIONS…]: its cookie goes into $JAR; the status.
sign_in() {
    local token=$1
    shift
    rm -f "$JAR"
    ask POST /v1/session -H "$JSON" -d "{\"token\":\"$token\"}" -c "$JAR" "$@"
}
by_cookie() { ask "$@" -b "$JAR"; }
secret_of_jar() { awk '/hooktrail_session/ { print $NF }' "$JAR"; }
gauge() { api /metrics | sed -n "s/^$1 //p"; }

init_store
READER=$(cli token add --json --name reader --scope read | jq -r .token)
ADMIN=$(cli token add --json --name administrator --scope admin | jq -r .token)
start_daemon || { ok 1 'the daemon starts'; done_testing; }

# ---- the page ----

POLICY="default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
is "$(ask GET /)" 200 'the page is there'
is "$(header Content-Type)|$(header Cache-Control)|$(header Vary)|$(header X-Content-Type-Options)" \
    'text/html; charset=utf-8|no-cache|Accept-Encoding|nosniff' 'with its type, to be asked for again each time'
is "$(header Content-Security-Policy)" "$POLICY" 'and a policy that lets nothing in but its own files'
is "$(grep -oiE '<script[^>]*>' "$SCRATCH/answer" | grep -vc ' src=') $(grep -ciE '<style| style=| on[a-z]+=' "$SCRATCH/answer")" '0 0' \
    'nothing in it is inline'
tag=$(header ETag)
like "$tag" '^W/"[0-9a-f]{32}"$' 'with an entity tag'
cp "$SCRATCH/answer" "$SCRATCH/page"
same=0
for path in /sign-in /trail /events/7 /conversations /conversations/c%2F1 /leads /leads/l /rejected /rejected/7 /settings '/trail?type=x'; do
    [ "$(ask GET "$path")" = 200 ] || { same=1; diag "$path"; }
    cmp -s "$SCRATCH/answer" "$SCRATCH/page" || { same=1; diag "$path differs"; }
done
ok $same 'every address of it gives the same document'
is "$(ask GET / -H "If-None-Match: $tag") $(wc -c < "$SCRATCH/answer") $(header Content-Security-Policy)" "304 0 $POLICY" \
    'whoever has it is told so, with the policy'
is "$(curl -sS -I -o "$SCRATCH/headers" -w '%{http_code} %{size_download}' "$URL/trail") $(header Content-Length)" \
    "200 0 $(wc -c < "$SCRATCH/page")" 'HEAD tells its length'
for path in /assets /assets/ /assets/none.js /assets/..%2findex.html /assets/index.html /trail/ /events /index.html /events/; do
    is "$(ask GET "$path") $(header Content-Type)" '404 application/problem+json' "there is no $path"
done
is "$(ask POST / -d x) $(header Allow)" '405 GET, HEAD' 'it is only read'

wire=$(wc -c < "$SCRATCH/page")
assets=$(grep -oE '/assets/[A-Za-z0-9._-]+' "$SCRATCH/page" | sort -u)
like "$assets" 'js' 'it loads a script'
for path in $assets; do
    is "$(ask GET "$path" -H 'Accept-Encoding: gzip') $(header Cache-Control)" '200 public, max-age=31536000, immutable' "$path is for good"
    coding=$(header Content-Encoding)
    wire=$((wire + $(wc -c < "$SCRATCH/answer")))
    if [ "$coding" = gzip ]; then gzip -dc "$SCRATCH/answer"; else cat "$SCRATCH/answer"; fi > "$SCRATCH/asset"
    is "$(ask GET "$path") $(header Content-Encoding)" '200 ' "$path as it is"
    cmp -s "$SCRATCH/answer" "$SCRATCH/asset"
    ok $? "$path is the same packed by gzip"
    is "$(ask GET "$path" -H "If-None-Match: $(header ETag)")" 304 "$path has a tag"
    like "$(header Content-Security-Policy)" "^default-src 'none'" "$path may load nothing"
done
ok $((wire > 153600)) 'the whole page is at most 150 KB over the wire'
diag "$wire bytes over the wire, by gzip"

# ---- signing in ----

is "$(ask GET /v1/session)" 401 'without a session there is none to be shown'
is "$(sign_in "$READER")" 200 'a token begins a session'
is "$(jq -c 'keys' "$SCRATCH/answer")" '["csrf","expires_at","idle_seconds","name","scope","token"]' 'that is described'
is "$(member scope) $(member name) $(member idle_seconds)" 'read reader 1800' 'with the name and scope of its token'
like "$(member csrf)" '^[A-Za-z0-9_-]{43}$' 'and what a change must repeat'
like "$(member expires_at)" '^20[0-9-]+T[0-9:.]+Z$' 'and its end'
is "$(header Cache-Control)" no-store 'that no cache keeps'
like "$(header Set-Cookie)" '^hooktrail_session=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=/$' 'the cookie is for no script, no other site, and this sitting'
first=$(member csrf)
by_cookie GET /v1/session > "$SCRATCH/null"
is "$(member csrf) $(member name)" "$first reader" 'the session is shown to who has it'
is "$(header Cache-Control) $(header Set-Cookie)" 'no-store ' 'and no cookie is set for that'
is "$(by_cookie GET /v1/events)" 200 'it reads what its token reads'
is "$(header Vary)" 'Accept-Encoding, Authorization, Cookie' 'and a cache is told what the answer hangs on'
is "$(by_cookie GET /v1/acts)" 403 'and no more'
is "$(by_cookie GET /metrics)" 200 'on every route'
is "$(by_cookie GET /v1/events -H 'Authorization: Bearer nothing')" 401 'a bearer token counts before it, if it is wrong too'
is "$(by_cookie GET /v1/acts -H "Authorization: Bearer $ADMIN")" 200 'or if it may do more'
is "$(ask GET /v1/session -H "Authorization: Bearer $READER")" 401 'a bearer token is no session'
is "$(sign_in "$ADMIN")$(member scope)" 200admin 'a token of the scope admin begins one too'
is "$(sign_in "$TOKEN") $(member scope)" '200 read admin' 'and one of both'
is "$(ask GET /v1/events -H "Cookie: a=b; hooktrail_session=$(secret_of_jar); c=d")" 200 'it is found among other cookies'
is "$(ask GET /v1/events -H "Cookie: hooktrail_session=$(secret_of_jar); hooktrail_session=x")" 401 'but not where somebody has put a second one'
is "$(ask GET /v1/events -H "Cookie: __Host-hooktrail_session=$(secret_of_jar)")" 401 'nor under the name that is for TLS'
is "$(ask GET "/v1/events?hooktrail_session=$(secret_of_jar)")" 401 'nor in an address'
curl -sS -N -m 2 -b "$JAR" "$URL/v1/stream" > "$SCRATCH/stream" 2> "$SCRATCH/null"
like "$(cat "$SCRATCH/stream")" '^retry: ' 'the stream opens by it'

is "$(sign_in ht_wrong)" 401 'a wrong token begins none'
cp "$SCRATCH/answer" "$SCRATCH/wrong"
is "$(header Set-Cookie)" '' 'and sets no cookie'
revoked=$(cli token add --json --name revoked --scope read | jq -r .token)
cli token revoke revoked > "$SCRATCH/null"
for token in "$revoked" '' "ht_$(printf 'A%.0s' $(seq 43))" 'x"y'; do
    sign_in "${token//\"/\\\"}" > "$SCRATCH/null"
    cmp -s "$SCRATCH/answer" "$SCRATCH/wrong" || diag "$(cat "$SCRATCH/answer")"
    cmp -s "$SCRATCH/answer" "$SCRATCH/wrong"
    ok $? "every wrong token gets the same answer (${#token} bytes)"
done
for body in '' '{' '[]' '"x"' '{}' '{"token":1}' '{"token":null}' '{"token":"a","token":"b"}' '{"token":"a","more":"b"}' \
    '{"token":"a\u0000b"}' '{"Token":"a"}' '{"token":"a"} x'; do
    is "$(ask POST /v1/session -H "$JSON" -d "$body")" 400 "no token is in: $body"
done
is "$(ask POST /v1/session -d "{\"token\":\"$READER\"}")" 400 'a form is not read'
is "$(ask POST /v1/session -H 'Content-Type: text/plain' -d "{\"token\":\"$READER\"}")" 400 'nor is a text, which a page of others could send'
head -c 5000 /dev/zero | tr '\0' ' ' > "$SCRATCH/large"
printf '{"token":"%s"}' "$READER" >> "$SCRATCH/large"
is "$(ask POST /v1/session -H "$JSON" --data-binary "@$SCRATCH/large")" 413 'nor what is over 4 KiB'
is "$(ask POST /v1/session -H "$JSON; charset=utf-8" -d "{\"\\u0074oken\":\"$READER\"}")" 400 'a name is what it is, without escapes'
is "$(ask POST /v1/session -H "$JSON; charset=utf-8" -d "{\"token\":\"\\u0068${READER#h}\"}")" 200 'a value may have them'

# ---- other origins, other names ----

host=${URL#http://}
is "$(sign_in "$READER" -H "Origin: $URL")" 200 'the page itself signs in'
for origin in http://elsewhere.example null "https://$host" "http://127.0.0.1:1" "$URL/" http://localhost:"${host##*:}"; do
    is "$(sign_in "$READER" -H "Origin: $origin") $(header Set-Cookie)" '403 ' "no page of $origin does"
done
for site in cross-site same-site; do
    is "$(sign_in "$READER" -H "Sec-Fetch-Site: $site")" 403 "nor one that is $site"
done
is "$(sign_in "$READER" -H 'Sec-Fetch-Site: same-origin')" 200 'same-origin is the page itself'
is "$(by_cookie GET /v1/events -H 'Sec-Fetch-Site: none')" 200 'none is the person'
for site in cross-site same-site; do
    is "$(by_cookie GET /v1/events -H "Sec-Fetch-Site: $site")" 403 "what is $site does not read by the session"
done
is "$(by_cookie GET /v1/events -H 'Origin: http://elsewhere.example')" 403 'nor does another origin'
is "$(ask GET /v1/events -H "Authorization: Bearer $READER" -H 'Sec-Fetch-Site: cross-site')" 200 'a bearer token is nobody else'"'"'s: it is as it was'
is "$(sign_in "$READER" -H 'Host: elsewhere.example')" 421 'by a name of others nobody signs in'
sign_in "$READER" > "$SCRATCH/null"
is "$(by_cookie GET /v1/session -H 'Host: elsewhere.example') $(by_cookie DELETE /v1/session -H 'Host: elsewhere.example')" '421 421' 'nor is a session shown or ended'
is "$(ask OPTIONS /v1/session -H 'Origin: http://elsewhere.example' -H 'Access-Control-Request-Method: POST') $(header Access-Control-Allow-Origin)" \
    '405 ' 'no browser is told that others may ask'

# ---- CSRF ----

printf '{' > "$SCRATCH/broken"
for _ in 1 2 3; do post "$SCRATCH/broken" > "$SCRATCH/null"; done
number=$(cli rejected --json | jq '.rejected[0].number')
sign_in "$ADMIN" > "$SCRATCH/null"
csrf=$(member csrf)
is "$(by_cookie DELETE "/v1/rejected/$number") $(member pointer)" '403 X-CSRF-Token' 'a change by the session wants its word'
for word in '' x "${csrf}x" "${csrf%?}" "$first"; do
    is "$(by_cookie DELETE "/v1/rejected/$number" -H "X-CSRF-Token: $word")" 403 "a wrong one will not do (${#word} bytes)"
done
is "$(by_cookie POST /v1/endpoints -H "$JSON" -d '{"label":"one"}')" 403 'for POST as for DELETE'
is "$(by_cookie DELETE /v1/session)" 403 'not even to sign out'
is "$(by_cookie DELETE "/v1/rejected/$number" -H "X-CSRF-Token: $csrf" -H 'Origin: http://elsewhere.example')" 403 'the right one, but from another origin'
is "$(by_cookie DELETE "/v1/rejected/$number" -H "X-CSRF-Token: $csrf" -H "Origin: $URL")" 204 'the right one from the page itself'
is "$(cli acts --json | jq -r '.acts[0] | "\(.kind) \(.who)"')" 'rejected-drop token:administrator' 'and the act is its token'"'"'s'
is "$(by_cookie DELETE "/v1/rejected/$((number - 1))" -H "Authorization: Bearer $ADMIN")" 204 'a bearer token needs none'
is "$(by_cookie GET /v1/acts -H 'X-CSRF-Token: x')" 200 'nor does reading'

# ---- what an admin changes ----

change() { by_cookie "$@" -H "X-CSRF-Token: $csrf" -H "Origin: $URL"; }
is "$(change POST /v1/endpoints -H "$JSON" -d '{"label":"shop"}')" 201 'an endpoint is added'
shop=$(member endpoint)
id=$(member id)
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' -d '{"agent_id":"a","conversation_id":"c"}' "$URL$shop")" 200 'whose path takes deliveries at once'
by_cookie GET /v1/endpoints > "$SCRATCH/null"
is "$(cat "$SCRATCH/answer")" "$(cli endpoint list --json)" 'the list is that of the command line'
is "$(grep -c "${shop#/hooks/}" "$SCRATCH/answer")" 0 'without secrets'
is "$(change POST /v1/endpoints -H "$JSON" -d '{"label":"shop"}')" 409 'not twice by one name'
is "$(change POST /v1/endpoints -H "$JSON" -d '{"label":"-"}') $(member pointer)" '400 label' 'nor by a bad one'
is "$(change POST "/v1/endpoints/$id/rotate" -d '')" 200 'it is rotated'
rotated=$(member endpoint)
is "$([ "$rotated" != "$shop" ] && for path in "$shop" "$rotated"; do
    curl -sS -o "$SCRATCH/null" -w '%{http_code} ' -d '{"agent_id":"a","conversation_id":"c"}' "$URL$path"; done)" '200 200 ' 'and both paths work for now'
is "$(change POST "/v1/endpoints/$id/retire" -H "$JSON" -d '{"confirm":"yes"}') $(member pointer)" '400 confirm' 'it is not retired without its name'
like "$(member detail)" '410 Gone' 'and it is said what that would mean'
is "$(change POST "/v1/endpoints/$id/retire" -H "$JSON" -d '{"confirm":"shop"}') $(member state)" '200 retired' 'with its name it is'
is "$(cat "$SCRATCH/answer")" "$(cli endpoint list --json | jq -c ".endpoints[] | select(.id == $id)")" 'and told as the command line tells it'
is "$(curl -sS -o "$SCRATCH/null" -w '%{http_code}' -d '{}' "$URL$shop")" 410 'its path is gone'
is "$(change POST "/v1/endpoints/$id/retire" -H "$JSON" -d "{\"confirm\":\"$id\"}")" 410 'once only'
is "$(change POST /v1/endpoints/99/rotate -d '') $(change POST /v1/endpoints/x/rotate -d '')" '404 400' 'what is not there is not rotated'
is "$(change POST /v1/tokens -H "$JSON" -d '{"label":"helper","scope":"read,admin"}')" 201 'a token is added'
helper=$(member token)
helper_id=$(member id)
is "$(ask GET /v1/acts -H "Authorization: Bearer $helper")" 200 'that works at once'
by_cookie GET /v1/tokens > "$SCRATCH/null"
is "$(cat "$SCRATCH/answer")" "$(cli token list --json)" 'the list is that of the command line'
for body in '{"label":"x"}' '{"label":"x","scope":""}' '{"label":"x","scope":"all"}' '{"label":"x","scope":"read admin"}' '{"scope":"read"}'; do
    is "$(change POST /v1/tokens -H "$JSON" -d "$body")" 400 "no token by $body"
done
is "$(cli acts --limit 6 --order desc --json | jq -r '[.acts[] | "\(.kind) \(.who) \(.object)"] | join(", ")')" \
    "token-add token:administrator token $helper_id, endpoint-retire token:administrator endpoint $id, endpoint-rotate token:administrator endpoint $((id + 1)), endpoint-add token:administrator endpoint $id, rejected-drop token:administrator rejected delivery $((number - 1)), rejected-drop token:administrator rejected delivery $number" \
    'each is an act of the token'
sign_in "$READER" > "$SCRATCH/null"
csrf=$(member csrf)
is "$(change POST /v1/endpoints -H "$JSON" -d '{"label":"x"}') $(by_cookie GET /v1/endpoints) $(by_cookie GET /v1/tokens)" '403 403 403' 'none of it is for readers'
for _ in $(seq 60); do [ "$(by_cookie GET /v1/events/1/proof)" = 200 ] && break; sleep 0.1; done
is "$(cat "$SCRATCH/answer")" "$(cli prove 1)" 'a proof is what the command line prints'
is "$(by_cookie GET /v1/events/99/proof) $(by_cookie GET /v1/events/x/proof)" '404 400' 'where there is one'
cli export --to "$SCRATCH/exported" --name nightly > "$SCRATCH/null"
by_cookie GET /v1/exports > "$SCRATCH/null"
is "$(cat "$SCRATCH/answer")" "$(cli export status --json)" 'exports are what the command line prints'

# ---- what ends a session ----

is "$(change DELETE /v1/session) $(header Set-Cookie)" '204 hooktrail_session=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0' 'signing out clears the cookie'
is "$(by_cookie GET /v1/events) $(by_cookie GET /v1/session) $(change DELETE /v1/session)" '401 401 401' 'and the session is no more'
sign_in "$READER" > "$SCRATCH/null"
cp "$JAR" "$SCRATCH/former"
ask POST /v1/session -H "$JSON" -d "{\"token\":\"$READER\"}" -b "$JAR" -c "$JAR" > "$SCRATCH/null"
is "$(ask GET /v1/events -b "$SCRATCH/former") $(by_cookie GET /v1/events)" '401 200' 'who signs in again leaves no session behind'
sign_in "$helper" > "$SCRATCH/null"
cp "$JAR" "$SCRATCH/by_http"
sign_in "$READER" > "$SCRATCH/null"
before=$(gauge hooktrail_sessions)
curl -sS -N -m 20 -b "$SCRATCH/by_http" "$URL/v1/stream" > "$SCRATCH/stream" 2> "$SCRATCH/null" &
watcher=$!
curl -sS -N -m 20 -H "Authorization: Bearer $helper" "$URL/v1/stream" > "$SCRATCH/stream2" 2> "$SCRATCH/null" &
bearer=$!
for _ in $(seq 100); do [ -s "$SCRATCH/stream" ] && [ -s "$SCRATCH/stream2" ] && break; sleep 0.05; done
is "$(ask DELETE "/v1/tokens/$helper_id" -H "Authorization: Bearer $ADMIN")" 204 'a token is revoked'
is "$(ask GET /v1/events -b "$SCRATCH/by_http") $(by_cookie GET /v1/events)" '401 200' 'its sessions end at once, others do not'
is "$(gauge hooktrail_sessions)" $((before - 1)) 'as the gauge tells'
wait $watcher
is $? 0 'so does a stream that its session opened'
wait $bearer
is $? 0 'and one by the token itself'
is "$(ask DELETE "/v1/tokens/$helper_id" -H "Authorization: Bearer $ADMIN") $(ask DELETE /v1/tokens/99 -H "Authorization: Bearer $ADMIN")" '410 404' 'once only'
other=$(cli token add --json --name other --scope read | jq -r .token)
sign_in "$other" > "$SCRATCH/null"
cli token revoke other > "$SCRATCH/null"
is "$(by_cookie GET /v1/events)" 401 'revoked on the command line it is the same'
like "$(member detail)" 'revoked' 'and the answer says so'
secrets=("$READER" "$ADMIN" "$helper" "$TOKEN" "${shop#/hooks/}" "${rotated#/hooks/}" "$csrf" "$(secret_of_jar)")
sign_in "$READER" > "$SCRATCH/null"
stop_daemon_well
cp "$SCRATCH/daemon.log" "$SCRATCH/all.log"
start_daemon --set session_idle=1s --set session_age=2500ms --set log_level=debug || { ok 1 'the daemon starts again'; done_testing; }
is "$(by_cookie GET /v1/events)" 401 'sessions end with the daemon'

sign_in "$READER" > "$SCRATCH/null"
is "$(member idle_seconds)" 1 'the time that it lasts is told'
curl -sS -N -m 20 -b "$JAR" "$URL/v1/stream" > "$SCRATCH/stream" 2> "$SCRATCH/null" &
watcher=$!
for _ in 1 2 3; do sleep 0.4; by_cookie GET /v1/stats > "$SCRATCH/null"; done
is "$(by_cookie GET /v1/events)" 200 'who asks stays signed in'
sleep 1.3
is "$(by_cookie GET /v1/events)" 401 'who does not is signed out, whatever stream is open'
wait $watcher
is $? 0 'and the stream ends'
sign_in "$READER" > "$SCRATCH/null"
for _ in 1 2 3 4; do curl -s -m 0.4 -b "$JAR" -o "$SCRATCH/null" "$URL/v1/stream"; done
is "$(by_cookie GET /v1/events)" 401 'nor does a stream that comes back by itself keep anybody signed in'
sign_in "$READER" > "$SCRATCH/null"
for _ in $(seq 40); do
    [ "$(by_cookie GET /v1/events)" = 200 ] || break
    sleep 0.1
done
is "$(by_cookie GET /v1/events)" 401 'in all it lasts no longer than it may'
like "$(member detail)" 'sign in again' 'and the answer says what to do'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"

# ---- bounds: how many sessions, how many wrong tokens ----

start_daemon --set max_sessions=3 --set failed_secrets=3 || { ok 1 'the daemon starts with bounds'; done_testing; }
for n in 1 2 3; do
    sign_in "$READER" > "$SCRATCH/null"
    cp "$JAR" "$SCRATCH/jar$n"
done
is "$(ask GET /v1/events -b "$SCRATCH/jar1")" 200 'three are signed in'
sign_in "$READER" > "$SCRATCH/null"
is "$(for n in 1 2 3; do ask GET /v1/events -b "$SCRATCH/jar$n"; printf ' '; done)$(by_cookie GET /v1/events)" '200 401 200 200' \
    'a fourth takes the place of the one that was idle longest'
is "$(gauge hooktrail_sessions)" 3 'and they stay three'
begin=$(date +%s%3N)
for _ in $(seq 8); do sign_in ht_wrong > "$SCRATCH/null"; done
ok $(($(date +%s%3N) - begin < 1000)) 'wrong tokens are answered slower and slower'
begin=$(date +%s%3N)
is "$(sign_in "$READER")" 200 'a right one signs in'
ok $(($(date +%s%3N) - begin > 1000)) 'at once'
api /metrics > "$SCRATCH/metrics"
is "$(sed -n 's/^hooktrail_http_requests_total{route="session_begin",status="401"} //p' "$SCRATCH/metrics")" 8 'and all are counted'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"

# ---- TLS, and a proxy that speaks it ----

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/key.pem" -out "$SCRATCH/certificate.pem" -days 100 \
    -subj /CN=127.0.0.1 -addext subjectAltName=IP:127.0.0.1 2> "$SCRATCH/null"
chmod 600 "$SCRATCH/key.pem"
start_daemon --set "tls_certificate=$SCRATCH/certificate.pem" --set "tls_key=$SCRATCH/key.pem" || { ok 1 'the daemon starts with TLS'; done_testing; }
export CURL_CA_BUNDLE=$SCRATCH/certificate.pem
is "$(sign_in "$READER" -H "Origin: $URL")" 200 'over TLS'
like "$(header Set-Cookie)" '^__Host-hooktrail_session=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Strict; Path=/; Secure$' 'the cookie is for TLS and this host alone'
is "$(by_cookie GET /v1/events)" 200 'and counts'
is "$(ask GET /v1/events -H "Cookie: hooktrail_session=$(secret_of_jar)")" 401 'not under the plain name'
is "$(sign_in "$READER" -H "Origin: http://${URL#https://}")" 403 'the same host without TLS is another origin'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"
unset CURL_CA_BUNDLE

start_daemon --set behind_proxy=on --set api_hosts=hooks.example || { ok 1 'the daemon starts behind a proxy'; done_testing; }
behind=(-H 'Host: hooks.example' -H 'X-Forwarded-For: 192.0.2.1')
is "$(sign_in "$READER" "${behind[@]}" -H 'X-Forwarded-Proto: https' -H 'Origin: https://hooks.example')" 200 'behind a proxy that speaks TLS'
like "$(header Set-Cookie)" '^__Host-.*; Secure$' 'the cookie is the same'
is "$(sign_in "$READER" "${behind[@]}" -H 'Origin: https://hooks.example') $(header Set-Cookie | grep -c Secure)" '200 1' 'it need not say so'
is "$(sign_in "$READER" "${behind[@]}" -H 'X-Forwarded-Proto: http' -H 'Origin: http://hooks.example') $(header Set-Cookie | grep -c Secure)" '200 0' \
    'unless a request came to it without'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"
start_daemon --set behind_proxy=on --set trusted_proxies=10.0.0.0/8 || { ok 1 'the daemon starts behind another proxy'; done_testing; }
is "$(sign_in "$READER" -H 'X-Forwarded-Proto: https') $(header Set-Cookie | grep -c Secure)" '200 0' 'who is no proxy of ours is not believed'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"

# ---- where only deliveries are taken ----

start_daemon --set api_listen=127.0.0.1:0 || { ok 1 'the daemon starts with two addresses'; done_testing; }
HOOKS=$URL
is "$(for path in / /sign-in /trail /settings "$(head -1 <<< "$assets")"; do ask GET "$path"; printf ' '; done)$(sign_in "$READER")" \
    '404 404 404 404 404 404' 'the address of deliveries has no page, and nobody signs in there'
URL=$(sed -n 's/^serving the API on \(http:.*\)/\1/p' "$SCRATCH/daemon.log")
is "$(ask GET /) $(sign_in "$READER") $(by_cookie GET /v1/events)" '200 200 200' 'the other has'
URL=$HOOKS
is "$(by_cookie GET /v1/events)" 404 'and a session changes nothing about that'
stop_daemon_well
cat "$SCRATCH/daemon.log" >> "$SCRATCH/all.log"

found=0
for secret in "${secrets[@]}" "$(secret_of_jar)"; do
    [ ${#secret} -ge 40 ] || { found=1; diag 'a secret is missing'; }
    ! grep -qF -e "$secret" "$SCRATCH/all.log" || { found=1; diag "$secret"; }
done
ok $found 'no secret is in the log'
done_testing
