#!/bin/bash
# A bucket as the place of an export: against a real S3 that checks signatures, killed, restarted, refused, and with faults.
. tests/system/lib.sh
# shellcheck source=tests/export/rgw.sh
. tests/export/rgw.sh

PLACE=$OUT/tests/export/place
HELPERS=()
# shellcheck disable=SC2317 # the trap calls it
end_helpers() { [ ${#HELPERS[@]} = 0 ] || kill -9 "${HELPERS[@]}" 2> "$SCRATCH/null"; }
trap 'end_helpers; clean_up' EXIT
rgw_start || { ok 1 'the S3 server starts'; done_testing; }
unset CREDENTIALS_DIRECTORY AWS_CA_BUNDLE CURL_CA_BUNDLE SSL_CERT_FILE http_proxy https_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY all_proxy
BUCKET=hooktrail-$$
s3 PUT "$BUCKET" > "$SCRATCH/made"
is "$(cat "$SCRATCH/made")" '' 'a bucket is made'

place() { "$PLACE" "s3://$BUCKET/nightly" "$@"; }
uploads() { s3 GET "$BUCKET?uploads=" | grep -o '<Upload>' | wc -l; } # under way in the bucket
# proxy NAME PLAN [CERTIFICATE KEY]: faults before the server; its endpoint is in $PROXY, its log in $SCRATCH/NAME.log.
proxy() {
    local scheme=http
    [ $# -lt 3 ] || scheme=https
    : > "$SCRATCH/$1.log"
    node tests/export/faults.mjs "$RGW_PORT" "$SCRATCH/$1.log" "${@:2}" > "$SCRATCH/$1.port" &
    HELPERS+=($!)
    disown
    for _ in $(seq 200); do [ -s "$SCRATCH/$1.port" ] && break; sleep 0.05; done
    PROXY=$scheme://127.0.0.1:$(cat "$SCRATCH/$1.port")
}

echo hello > "$SCRATCH/small"
echo other > "$SCRATCH/other"
: > "$SCRATCH/empty"
head -c 20000000 /dev/urandom > "$SCRATCH/large"
head -c 8388608 "$SCRATCH/large" > "$SCRATCH/part"
head -c 8388609 "$SCRATCH/large" > "$SCRATCH/more"
DAY=events/date=2026-11-24

# ---- what takes long goes on beside the rest ----

proxy always '[{"match": ".", "times": 1000, "do": 503}]'
began=$(date +%s)
(AWS_ENDPOINT_URL=$PROXY place put never "$SCRATCH/small" 2> "$SCRATCH/always.stderr"
echo "$? $(($(date +%s) - began))" > "$SCRATCH/always") &
always=$!
(AWS_ENDPOINT_URL=http://nowhere.invalid place list '' 2> "$SCRATCH/dns.stderr"; echo $? > "$SCRATCH/dns") &
dns=$!

# ---- files ----

passes 'a small file' place put $DAY/a.ndjson "$SCRATCH/small"
passes 'an empty one' place put _SUCCESS "$SCRATCH/empty"
is "$(place read $DAY/a.ndjson) $(place read _SUCCESS | wc -c)" 'hello 0' 'are read again'
is "$(s3 GET "$BUCKET/nightly/events/date%3D2026-11-24/a.ndjson")" hello 'another client finds it under its name'
like "$(s3 HEAD "$BUCKET/nightly/events/date%3D2026-11-24/a.ndjson" --head)" \
    "x-amz-meta-sha256: $(sha256sum "$SCRATCH/small" | cut -d' ' -f1)" 'with its digest'
for file in part more large; do
    passes "$file: $(stat -c %s "$SCRATCH/$file") bytes" place put "$DAY/$file" "$SCRATCH/$file"
    place read "$DAY/$file" | cmp - "$SCRATCH/$file"
    ok $? "$file comes back byte for byte"
done
is "$(s3 HEAD "$BUCKET/nightly/events/date%3D2026-11-24/large" --head | grep -ci '^ETag: .*-3"')" 1 \
    'the large one went in three parts'
is "$(s3 HEAD "$BUCKET/nightly/events/date%3D2026-11-24/part" --head | grep -ci '^ETag: .*-')" 0 \
    'what fits into a part went at once'
is "$(uploads)" 0 'no upload is left'
passes 'a file in the place of another' place put $DAY/a.ndjson "$SCRATCH/other"
is "$(place read $DAY/a.ndjson)" other 'is the one that is there'
passes 'a small file in the place of a large one' place put $DAY/large "$SCRATCH/small"
is "$(place read $DAY/large)" hello 'is there whole'
passes 'and a large one in the place of a small one' place put $DAY/a.ndjson "$SCRATCH/large"
place read $DAY/a.ndjson | cmp - "$SCRATCH/large"
ok $? 'too'
passes 'a file that is given up' place begin $DAY/given-up write "$SCRATCH/large" abandon put other "$SCRATCH/small"
is "$(uploads) $(place list $DAY/given)" '0 ' 'leaves nothing'
exits 3 'one that is not there' place read $DAY/given-up
passes 'removing' place remove $DAY/a.ndjson
passes 'and again' place remove $DAY/a.ndjson
exits 3 'it is gone' place read $DAY/a.ndjson
exits 2 'a hostile name' place put ../../x "$SCRATCH/small"

# ---- lists ----

put_all() { # put_all NAME…, each with one byte more than the one before
    local arguments=() file=$SCRATCH/growing
    for name in "$@"; do
        arguments+=(put "$name" "$file-${#arguments[@]}")
        head -c "${#arguments[@]}" "$SCRATCH/large" > "$file-$((${#arguments[@]} - 3))"
    done
    place "${arguments[@]}"
}
mapfile -t names < <(printf 'many/%s\n' a/b a-b a.b a/-/c ab _x =y B 1 $(seq -f 'run=%03g' 60) | LC_ALL=C sort)
put_all "${names[@]}"
is "$(place list many/ | cut -d' ' -f2)" "$(printf '%s\n' "${names[@]}")" \
    'a list of three pages has each name once, in the order of bytes'
is "$(place list many/ | cut -d' ' -f1 | xargs)" "$(seq 3 3 $((3 * ${#names[@]})) | xargs)" 'with its size'
is "$(place list many/run=00 | wc -l) $(place list many/a/ | xargs) $(place list nowhere)" "9 21 many/a/-/c 24 many/a/b " \
    'a prefix is one of names, not of folders'
for key in 'with%20space' 'line%0Abreak' 'control%01' '%3Cxml%26%3E' '..%2Fup' '.hidden' 'a%2F%2Fb' 'p%2Bq' '%C3%A4'; do
    s3 PUT "$BUCKET/nightly/foreign/$key" > "$SCRATCH/null"
done
s3 PUT "$BUCKET/nightly-2/other" > "$SCRATCH/null"
passes 'keys that others made' place put foreign/ours "$SCRATCH/small" list foreign/
is "$(cat "$SCRATCH/stdout")" '6 foreign/ours' 'are no files of ours'
is "$("$PLACE" "s3://$BUCKET" list nightly-2/ list nightly/_)" $'0 nightly-2/other\n0 nightly/_SUCCESS' \
    'a bucket without a prefix is a place as well'

# ---- killed ----

place begin $DAY/killed write "$SCRATCH/large" die 2> "$SCRATCH/null"
is "$(uploads) $(place list $DAY/killed)" '1 ' 'killed in the middle: an upload is left, but no file'
s3 POST "$BUCKET/nightly/events/date%3D2026-11-24/killed.not?uploads=" > "$SCRATCH/null"
passes 'the same again' place put $DAY/killed "$SCRATCH/large"
place read $DAY/killed | cmp - "$SCRATCH/large"
ok $? 'the file is right'
like "$(uploads) $(s3 GET "$BUCKET?uploads=")" '^1 .*killed.not<' 'what was left is gone, and an upload of another name is not'

# At a random moment: what is there afterwards is what was there before, or the new file, and always whole.
place put often "$SCRATCH/small"
half=0
for _ in $(seq "${KILLS:-8}"); do
    after=$((RANDOM % 1500))
    { timeout -s KILL "$((after / 1000)).$(printf '%03d' $((after % 1000)))" \
        "$PLACE" "s3://$BUCKET/nightly" put often "$SCRATCH/large"; } 2> "$SCRATCH/null"
    place read often > "$SCRATCH/often"
    cmp -s "$SCRATCH/often" "$SCRATCH/small" || cmp -s "$SCRATCH/often" "$SCRATCH/large" || half=$((half + 1))
done
is "$half" 0 "killed ${KILLS:-8} times at random moments: never half a file"
passes 'and once more' place put often "$SCRATCH/large"
place read often | cmp - "$SCRATCH/large"
is "$? $(uploads)" '0 1' 'the file is right, and no upload is left'

# ---- refused ----

refused() { # refused STATUS REGEX NAME [VARIABLE=VALUE…]
    exits "$1" "$3" env "${@:4}" "$PLACE" "s3://$BUCKET/nightly" put refused "$SCRATCH/small"
    like "$(cat "$SCRATCH/stderr")" "$2" 'and says so'
    cat "$SCRATCH/stderr" >> "$SCRATCH/errors"
}
refused 1 "secret access key is not the right one \(403 SignatureDoesNotMatch" \
    'a wrong secret' AWS_SECRET_ACCESS_KEY=WRONG-secret
refused 1 'access key id is not known there \(403 InvalidAccessKeyId' 'an unknown key' AWS_ACCESS_KEY_ID=NOBODY
refused 1 'credentials do not allow it \(403 AccessDenied' \
    'a bucket of somebody else' AWS_ACCESS_KEY_ID=AKIAOTHER AWS_SECRET_ACCESS_KEY=OTHER-SECRET
exits 2 'no such bucket' "$PLACE" "s3://hooktrail-$$-missing/x" put a "$SCRATCH/small"
like "$(cat "$SCRATCH/stderr")" 'there is no such bucket: make it first \(404 NoSuchBucket' 'and says so'
exits 2 'reading from no such bucket is not the same as no such file' "$PLACE" "s3://hooktrail-$$-missing/x" read a
exits 2 'nor is a list empty' "$PLACE" "s3://hooktrail-$$-missing/x" list ''
if grep -q asan <<< "$OUT"; then diag 'no other clocks under ASan: both want to be loaded first'; else
    refused 1 'clock of this machine is not right \(403 RequestTimeTooSkewed' 'a clock that is an hour behind' faketime -f -1h
fi
refused 2 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY go together' 'half of the credentials' AWS_SECRET_ACCESS_KEY=
refused 2 'no credentials for s3' 'none' AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= HOME="$SCRATCH"
mkdir "$SCRATCH/credentials"
printf '[default]\naws_access_key_id = %s\naws_secret_access_key = %s\nregion = us-east-1\n' "$RGW_KEY" "$RGW_SECRET" \
    > "$SCRATCH/credentials/hooktrail-s3"
passes 'with the credential that systemd hands over' env AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= \
    CREDENTIALS_DIRECTORY="$SCRATCH/credentials" "$PLACE" "s3://$BUCKET/nightly" list _
chmod 644 "$SCRATCH/credentials/hooktrail-s3"
refused 1 'others may read .*: chmod 600 it' 'a file that others may read' AWS_ACCESS_KEY_ID= AWS_SECRET_ACCESS_KEY= \
    AWS_SHARED_CREDENTIALS_FILE="$SCRATCH/credentials/hooktrail-s3"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$SCRATCH/key" \
    -out "$SCRATCH/certificate" -days 2 -subj /CN=store -addext subjectAltName=IP:127.0.0.1 2> "$SCRATCH/null"
proxy tls '[{"match": "partNumber=2", "times": 2, "do": "refuse"}]' "$SCRATCH/certificate" "$SCRATCH/key"
refused 1 'certificate' 'a certificate that nobody vouches for' AWS_ENDPOINT_URL="$PROXY"
passes 'and one that is believed, over connections that break' env AWS_ENDPOINT_URL="$PROXY" \
    AWS_CA_BUNDLE="$SCRATCH/certificate" "$PLACE" "s3://$BUCKET/nightly" put tls "$SCRATCH/large" read _SUCCESS

# ---- faults that pass ----

# faults NAME PLAN FILE: a file is put in spite of them.
faults() {
    proxy "$1" "$2"
    passes "$1" env AWS_ENDPOINT_URL="$PROXY" "$PLACE" "s3://$BUCKET/nightly" put "faults/$1" "$SCRATCH/$3"
    place read "faults/$1" | cmp - "$SCRATCH/$3"
    ok $? 'the file is right'
}
faults busy '[{"match": "^PUT", "times": 1, "do": 503}, {"match": "^PUT", "times": 1, "do": 429}]' small
is "$(cut -d' ' -f1-2 "$SCRATCH/busy.log" | xargs)" '503 PUT 429 PUT pass PUT' 'it was sent until it was taken'
faults parts '[{"match": "partNumber=2", "times": 1, "do": 500}, {"match": "partNumber=3", "times": 1, "do": "refuse"}]' large
is "$(grep -c partNumber "$SCRATCH/parts.log")" 5 'only the parts that failed were sent again'
faults late '[{"match": "^POST.*uploadId", "times": 1, "do": "late"}]' large
faults lost '[{"match": "^POST.*uploadId", "times": 1, "do": "lose"}]' large
like "$(cat "$SCRATCH/lost.log")" 'lose POST .*pass POST .*pass HEAD' 'an answer that got lost: what is there was looked at'
proxy refused '[{"match": "^PUT", "times": 9, "do": 403}]'
exits 1 'what does not pass' env AWS_ENDPOINT_URL="$PROXY" "$PLACE" "s3://$BUCKET/nightly" put faults/refused "$SCRATCH/large"
is "$(grep -c '^403' "$SCRATCH/refused.log") $(grep -c 'DELETE.*uploadId' "$SCRATCH/refused.log") $(uploads)" '1 1 1' \
    'is tried once, and the upload aborted'
proxy token '[]'
passes 'a session token' env AWS_ENDPOINT_URL="$PROXY" AWS_SESSION_TOKEN=TOKEN-that-nobody-may-see \
    "$PLACE" "s3://$BUCKET/nightly" read _SUCCESS
like "$(cat "$SCRATCH/token.log")" 'x-amz-content-sha256;.*x-amz-security-token' 'is signed'
cat "$SCRATCH/stderr" >> "$SCRATCH/errors"

# ---- a server that goes away in the middle ----

port=$(rgw_free_port)
rgw_gateway "$port"
gateway=$!
HELPERS+=("$gateway")
disown
rgw_answers "$port" "$gateway"
mkfifo "$SCRATCH/go"
AWS_ENDPOINT_URL=http://127.0.0.1:$port "$PLACE" "s3://$BUCKET/nightly" begin restarted \
    write "$SCRATCH/more" write "$SCRATCH/large" say half wait write "$SCRATCH/large" commit \
    < "$SCRATCH/go" > "$SCRATCH/half" 2> "$SCRATCH/stderr" &
writer=$!
exec 8> "$SCRATCH/go"
for _ in $(seq 200); do [ -s "$SCRATCH/half" ] && break; sleep 0.05; done
is "$(cat "$SCRATCH/half")" half 'half of a file is written'
peak=$(sed -n 's/^VmHWM:[[:space:]]*\([0-9]*\) kB/\1/p' "/proc/$writer/status")
kill -9 "$gateway"
while kill -0 "$gateway" 2> "$SCRATCH/null"; do sleep 0.05; done
echo >&8
exec 8>&-
sleep 1
rgw_gateway "$port"
HELPERS+=($!)
disown
wait "$writer"
is "$? $(cat "$SCRATCH/stderr")" '0 ' 'the server is killed, and back a second later: the file is written'
place read restarted | cmp - <(cat "$SCRATCH/more" "$SCRATCH/large" "$SCRATCH/large")
ok $? 'and right'
diag "memory of the writer: $peak KiB"
if grep -q asan <<< "$OUT"; then diag 'memory is not measured under ASan'; else
    ok "$((${peak:-99999} > 40000))" 'it holds one part in memory, and little else'
fi

# ---- the end ----

wait "$always" "$dns"
read -r status seconds < "$SCRATCH/always"
is "$status $(wc -l < "$SCRATCH/always.log")" '5 5' 'a store that is always busy: five tries, then exit 5'
ok "$((seconds < 7))" 'with pauses between them'
like "$(cat "$SCRATCH/always.stderr")" 'the store is busy \(503 Fault: made up' 'and says so'
is "$(cat "$SCRATCH/dns")" 1 'a host that has no address'
like "$(cat "$SCRATCH/dns.stderr")" 'Could not resolve host: nowhere.invalid' 'and says so'
is "$(cat "$SCRATCH"/*stderr "$SCRATCH/errors" | grep -cE 'may-see|WRONG|OTHER-SECRET')" 0 'no error tells a secret'
done_testing
