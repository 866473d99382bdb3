#!/bin/bash
# Evidence and access: made by the program, checked by hand as the README in the zip says, tampered with in every way that
# comes to mind; what a person gets who asks.
# builds: asan
. tests/system/lib.sh

CONVERSATION=c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4
LEAD=$(jq -r .lead.id tests/fixtures/sales-day/04-new-contact.json)
EMAIL=$(jq -r .lead.email tests/fixtures/sales-day/04-new-contact.json)

init_store
# shellcheck disable=SC2119 # no options
start_daemon || { echo "Bail out! the daemon does not start"; exit 1; }
HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > /dev/null
post tests/fixtures/sales-day/06-session-escalated.json > /dev/null # once more: a repeated delivery
post tests/fixtures/unicode-plain.json > /dev/null
post tests/fixtures/hostile-text.json > /dev/null
printf '{"lead": {"email": "%s"' "$EMAIL" > "$SCRATCH/broken.json"
post "$SCRATCH/broken.json" > /dev/null
is "$(code)" 400 'a delivery that names the person is rejected'
KEY=$(head -n 1 "$DATA/keys/log.pub")
BUNDLE=$SCRATCH/evidence.zip

# unpack ZIP FOLDER
unpack() { mkdir -p "$2" && unzip -q -o "$1" -d "$2"; }

# pack FOLDER ZIP: with right sums, whatever was changed.
pack() {
    rm -f "$1/SHA256SUMS"
    (cd "$1" && find . -type f -printf '%P\n' | sort | xargs sha256sum) > "$SCRATCH/sums"
    mv "$SCRATCH/sums" "$1/SHA256SUMS"
    pack_as_it_is "$1" "$2"
}
pack_as_it_is() {
    local words=()
    while read -r file; do words+=("$file" "$1/$file"); done < <(cd "$1" && find . -type f -printf '%P\n' | sort)
    node tests/system/zip.mjs "$2" "${words[@]}"
}

# shellcheck disable=SC2317 # called by name
verify() { "$HOOKTRAIL" verify-bundle "$@"; }

# ---- made and verified ----

passes 'evidence of a conversation' cli evidence --conversation "$CONVERSATION" -o "$BUNDLE"
like "$(cat "$SCRATCH/stdout")" '^[0-9]+ events under a checkpoint of [0-9]+, .* in .*evidence.zip$' 'which says what was made'
is "$(stat -c %a "$BUNDLE")" 600 'nobody else may read it'
is "$(find "$SCRATCH" -maxdepth 1 -name '.*' -type f | wc -l)" 0 'no temporary file is left'
passes 'unzip finds nothing wrong' unzip -t "$BUNDLE"
passes 'it is verified by the key' verify "$BUNDLE" --key "$KEY"
like "$(cat "$SCRATCH/stdout")" 'verified: [0-9]+ events, received from 20.*Z to 20.*Z' 'in words: events and times'
like "$(cat "$SCRATCH/stdout")" 'not proven: ' 'and what is not proven'
printf '%s\n' 'x+00000000+AAAA' > "$SCRATCH/keys"
exits 2 'a key that is none' verify "$BUNDLE" --key "@$SCRATCH/keys"
printf '%s\n\n' "$KEY" > "$SCRATCH/keys"
passes 'the key from a file' verify "$BUNDLE" --key "@$SCRATCH/keys" --json
JSON=$(cat "$SCRATCH/stdout")
unpack "$BUNDLE" "$SCRATCH/unpacked"
is "$(jq -r '.verified, .events' <<< "$JSON" | paste -sd' ')" \
    "true $(jq '.events | length' "$SCRATCH/unpacked/manifest.json")" 'as JSON'
is "$(jq -r .sums_sha256 <<< "$JSON")" "$(sha256sum < "$SCRATCH/unpacked/SHA256SUMS" | cut -c1-64)" \
    'with the SHA-256 of the list of sums, for whoever unpacks it'
is "$(jq -r .key <<< "$JSON")" "$KEY" 'and the key'
exits 2 'no key, no verification' verify "$BUNDLE"
like "$(cat "$SCRATCH/stderr")" 'from somewhere else than the bundle' 'and why the key must come another way'

is "$(jq -c '[.events[].seq]' "$SCRATCH/unpacked/manifest.json")" \
    "$(cli events --conversation "$CONVERSATION" --order asc | jq -sc '[.[].seq]')" 'it holds the events of the conversation'
while read -r seq; do
    cli show "$seq" --payload | cmp -s - "$SCRATCH/unpacked/payloads/$seq.json" || { ok 1 "payload of event $seq"; break; }
done < <(jq '.events[].seq' "$SCRATCH/unpacked/manifest.json")
is "$(cat "$SCRATCH/unpacked/timeline.json")" "$(cli timeline "$CONVERSATION" --json --limit 1000)" \
    'the timeline is the document that the tool prints'
like "$(cat "$SCRATCH/unpacked/timeline.txt")" 'All times are in UTC' 'and is there to be read'
is "$(jq -s 'map(.received | length) | max' "$SCRATCH"/unpacked/deliveries/*.json)" 2 'repeated deliveries are listed'

# ---- by hand, as README.txt says ----

# What is indented under "seq=" and steps 1 to 6, with a mark before each step.
readme_commands() {
    awk '/^HOW TO CHECK IT/ { on = 1 } !on { next }
         match($0, /^[1-6]\. /) { print "echo \"== " substr($0, 1, 1) "\"" } /^    / { print substr($0, 5) }' "$1/README.txt" |
        sed "s|^vkey=.*|vkey='$KEY'|; s|/tmp/|$SCRATCH/by-hand-|g"
}
# by_hand FOLDER SEQ: runs them there; the output of step N is then step N.
by_hand() {
    readme_commands "$1" | sed "s/^seq=.*/seq=$2/" > "$SCRATCH/by-hand.sh"
    (cd "$1" && bash -eu "$SCRATCH/by-hand.sh") > "$SCRATCH/by-hand" 2> "$SCRATCH/by-hand-errors"
}
step() { sed -n "/^== $1\$/,/^== /p" "$SCRATCH/by-hand" | grep -v '^== '; }
same_lines() { [ "$(tail -n 2 | sort -u | grep -cE '^[0-9a-f]{64}$')" = 1 ]; }

is "$(readme_commands "$SCRATCH/unpacked" | grep -c '^echo "== ')" 6 'the README has six steps'
by_hand_failed=0
for seq in $(jq '.events[].seq' "$SCRATCH/unpacked/manifest.json"); do
    by_hand "$SCRATCH/unpacked" "$seq" || by_hand_failed="$seq: status"
    step 1 | grep -qv ': OK$' && by_hand_failed="$seq: step 1"
    step 2 | same_lines || by_hand_failed="$seq: step 2"
    [ "$(step 3 | head -n 2 | uniq | wc -l)" = 1 ] || by_hand_failed="$seq: step 3"
    [ "$(step 4 | head -n 1)" = "$(stat -c %s "$SCRATCH/unpacked/payloads/$seq.json") bytes" ] || by_hand_failed="$seq: size"
    [ "$(step 4 | tail -n 1 | cut -c1-19)" = "$(jq -r .received_at "$SCRATCH/unpacked/deliveries/$seq.json" | cut -c1-19)" ] ||
        by_hand_failed="$seq: time"
    [ "$(step 5 | head -n 1)" = "place $((seq - 1))" ] || by_hand_failed="$seq: place"
    step 5 | same_lines || by_hand_failed="$seq: step 5"
    step 6 | grep -q '^Signature Verified Successfully$' || by_hand_failed="$seq: step 6"
done
is "$by_hand_failed" 0 'every step of the README succeeds for every event'
[ "$by_hand_failed" = 0 ] || diag "$(cat "$SCRATCH/by-hand-errors")"
SEQ=$(jq '.events[1].seq' "$SCRATCH/unpacked/manifest.json")
by_hand "$SCRATCH/unpacked" "$SEQ"
is "$(step 3 | head -n 2 | uniq | wc -l)" 1 'by hand, before anything was changed'

# tampered NAME: a copy of the bundle, to be changed.
tampered() {
    rm -rf "$SCRATCH/tampered"
    cp -r "$SCRATCH/unpacked" "$SCRATCH/tampered"
    NAME=$1
    cd "$SCRATCH/tampered" || exit 1
}
# refused [FINDING]: packed with right sums, it is refused, with exit status 4 and the finding.
refused() {
    cd - > /dev/null || exit 1
    rm -f "$SCRATCH/tampered.zip"
    pack "$SCRATCH/tampered" "$SCRATCH/tampered.zip"
    exits 4 "refused: $NAME" verify "$SCRATCH/tampered.zip" --key "$KEY"
    like "$(cat "$SCRATCH/stderr")" "${1:-.}" "  and told"
}
flip() { # flip FILE OFFSET
    printf '%02x' $((0x$(xxd -s "$2" -l 1 -p "$1") ^ 1)) | xxd -r -p |
        dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

tampered 'nothing'
cd - > /dev/null || exit 1
pack "$SCRATCH/tampered" "$SCRATCH/same.zip"
passes 'packed again by another program, it is verified' verify "$SCRATCH/same.zip" --key "$KEY"

tampered 'a payload' && flip "payloads/$SEQ.json" 20 && refused "event $SEQ: the payload has another SHA-256"
by_hand "$SCRATCH/tampered" "$SEQ"
step 2 | same_lines
is $? 1 '  and found by hand, by step 2'

tampered 'a payload, and its digest wherever it stands'
flip "payloads/$SEQ.json" 20
old=$(jq -r .payload_sha256 "openings/$SEQ.json") new=$(sha256sum < "payloads/$SEQ.json" | cut -c1-64)
sed -i "s/$old/$new/g" "openings/$SEQ.json" manifest.json "deliveries/$SEQ.json"
refused "event $SEQ: payload and delivery are not what its leaf commits to"
by_hand "$SCRATCH/tampered" "$SEQ"
is "$(step 3 | head -n 2 | uniq | wc -l)" 2 '  and found by hand, by step 3'

tampered 'a payload, and everything but the tree'
flip "payloads/$SEQ.json" 20
sed -i "s/$old/$new/g" "openings/$SEQ.json" manifest.json "deliveries/$SEQ.json"
hex() { jq -r ".$1" "openings/$SEQ.json" | xxd -r -p; }
{ head -c 20 "leaves/$SEQ.leaf"; { printf 'hooktrail/payload/1\0'; hex salt; hex payload_sha256; hex delivery; } |
    sha256sum | cut -c1-64 | xxd -r -p; } > leaf && mv leaf "leaves/$SEQ.leaf"
refused "event $SEQ: its leaf is not in the tree"
by_hand "$SCRATCH/tampered" "$SEQ"
step 5 | same_lines
is $? 1 '  and found by hand, by step 5'

tampered 'the checkpoint'
root=$(head -c 32 /dev/zero | base64)
sed -i "3s|.*|$root|" checkpoint
for proof in proofs/*; do sed -i "/^\$/,\$d" "$proof" && { echo; cat checkpoint; } >> "$proof"; done
refused 'not signed by the key given'
by_hand "$SCRATCH/tampered" "$SEQ"
is "$(step 6 | grep -c 'Verified Successfully')" 0 '  and found by hand, by step 6'

tampered 'the sender' && sed -i 's/127.0.0.1/127.0.0.2/' "deliveries/$SEQ.json" && refused 'tells of another sender'
tampered 'the time' && sed -i 's/"at":"20/"at":"19/' "deliveries/$SEQ.json" && refused 'tells of another time'
for forged in '.type = "new-contact"' '.lead_id = "forged"' '.conversation_id = "forged"' '.agent_name = "Forged"' \
    '.occurred_at = "2001-01-01T00:00:00.000Z"' '.visitor_id = {}' '.payload = {x: "forged"}' '.warnings += ["x"]' \
    '.derived = true' '.received[0].endpoint = "forged"'; do
    tampered "a fact, $forged" && jq -c "$forged" "deliveries/$SEQ.json" > d && mv d "deliveries/$SEQ.json" &&
        refused "event $SEQ: the document of its deliveries "
done
tampered 'the leaf' && flip "leaves/$SEQ.leaf" 19 && refused "event $SEQ: its leaf is not in the tree"
tampered 'the salt' && sed -i 's/"salt":"0/"salt":"1/;t;s/"salt":"./"salt":"0/' "openings/$SEQ.json" &&
    refused 'commits to'
tampered 'the proof' && sed -i '3s/^A/B/;t;3s/^./A/' "proofs/$SEQ.tlog-proof" && refused "event $SEQ: its "
tampered 'an event left out' && rm -- */"$SEQ".* && refused "event $SEQ is in manifest.json only"
tampered 'a payload left out' && rm "payloads/$SEQ.json" && refused "payloads/$SEQ.json is missing"
tampered 'a proof left out' && rm "proofs/$SEQ.tlog-proof" && refused "proofs/$SEQ.tlog-proof is missing"
tampered 'an event that is said to be erased' && rm "payloads/$SEQ.json" "openings/$SEQ.json" "deliveries/$SEQ.json" &&
    refused "payloads/$SEQ.json is missing"
tampered 'a file too many' && echo more > more.txt && refused 'no bundle has a file named more.txt'
tampered 'an event too many' && cp "payloads/$SEQ.json" payloads/999.json && refused 'event 999 is not in manifest.json'
tampered 'no manifest' && rm manifest.json && refused 'manifest.json is missing'
tampered 'no checkpoint' && rm checkpoint && refused 'checkpoint is missing'
tampered 'another order' && jq -c '.events |= reverse' manifest.json > m && mv m manifest.json && refused 'not in the order'
tampered 'no JSON' && echo '{' > manifest.json && refused 'manifest.json: '
tampered 'another log' && jq -c '.origin = "other"' manifest.json > m && mv m manifest.json && refused 'another log'

tampered 'a timeline' && echo 'and another word' >> timeline.txt && cd - > /dev/null &&
    pack_as_it_is "$SCRATCH/tampered" "$SCRATCH/sums.zip"
exits 4 'sums that do not fit' verify "$SCRATCH/sums.zip" --key "$KEY"
like "$(cat "$SCRATCH/stderr")" 'timeline.txt has another SHA-256 than SHA256SUMS says' '  and told'
exits 4 'and as JSON' verify "$SCRATCH/sums.zip" --key "$KEY" --json
is "$(jq -c .verified "$SCRATCH/stdout")" false 'with verified false'

# A whole log of somebody else's, under the same name: right in itself.
TRUE_DATA=$DATA TRUE_HOOK=$HOOK TRUE_DAEMON=$DAEMON
DATA=$SCRATCH/forged DAEMON=
passes 'a forger makes a log of the same name' "$HOOKTRAIL" init --data "$DATA" --json \
    --origin "$(head -n 1 "$SCRATCH/unpacked/checkpoint")"
ENDPOINT=$(jq -r .endpoint "$SCRATCH/stdout")
# shellcheck disable=SC2119 # no options
start_daemon && HOOKTRAIL_URL=$HOOK "$HOOKTRAIL" send --samples > /dev/null
passes '  and a bundle of his own' cli evidence --conversation "$CONVERSATION" -o "$SCRATCH/forged.zip"
stop_daemon
DATA=$TRUE_DATA HOOK=$TRUE_HOOK DAEMON=$TRUE_DAEMON
unpack "$SCRATCH/forged.zip" "$SCRATCH/forged-unpacked"
passes 'which the key within it verifies' verify "$SCRATCH/forged.zip" --key "@$SCRATCH/forged-unpacked/log.vkey"
exits 4 'but not the key from elsewhere' verify "$SCRATCH/forged.zip" --key "$KEY"
like "$(cat "$SCRATCH/stderr")" 'not signed by the key given' '  and told'

# ---- hostile zips ----

hostile() { # hostile NAME WORDS-OF-zip.mjs…: refused, within 256 MiB of memory, nothing written
    local name=$1
    shift
    node tests/system/zip.mjs "$SCRATCH/hostile.zip" "$@"
    local got=0
    (cd "$SCRATCH" && timeout 20 "$(realpath "$OLDPWD/$HOOKTRAIL" 2>/dev/null || echo "$HOOKTRAIL")" verify-bundle \
        hostile.zip --key "$KEY") > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" || got=$?
    [ "$got" = 4 ] || [ "$got" = 1 ]
    ok $? "hostile: $name (exit $got)"
}
HOOKTRAIL=$(realpath "$HOOKTRAIL")
README=$SCRATCH/unpacked/README.txt
hostile 'a path that leaves the folder' ../../evil "$README"
hostile 'an absolute path' "$SCRATCH/evil" "$README"
hostile 'a name with control characters' $'payloads/1\e[31m.json' "$README"
hostile 'a symbolic link' --link README.txt /etc/passwd
hostile 'a file listed twice' --twice README.txt "$README"
hostile 'a file of 4 GB by its header' --claim 4000000000 README.txt "$README"
hostile 'a file longer than its header says' --claim 10 README.txt "$README"
words=()
for n in $(seq 1 6); do words+=(--claim 260000000 "payloads/$n.json" "$README"); done
hostile 'more than its size can hold' "${words[@]}"
hostile 'an empty zip'
head -c 100000 /dev/urandom > "$SCRATCH/noise.zip"
exits 4 'no zip at all' verify "$SCRATCH/noise.zip" --key "$KEY"
head -c $(($(stat -c %s "$BUNDLE") / 2)) "$BUNDLE" > "$SCRATCH/half.zip"
exits 4 'half a zip' verify "$SCRATCH/half.zip" --key "$KEY"
exits 1 'no file' verify "$SCRATCH/none.zip" --key "$KEY"
[ ! -e "$SCRATCH/evil" ] && [ ! -e evil ]
ok $? 'nothing was written anywhere'

# ---- usage ----

exits 1 'nothing is overwritten' cli evidence --conversation "$CONVERSATION" -o "$BUNDLE"
passes '  and the bundle is as it was' verify "$BUNDLE" --key "$KEY"
exits 2 'no file named' cli evidence --conversation "$CONVERSATION"
exits 2 'no subject named' cli evidence -o "$SCRATCH/x.zip"
exits 2 'two subjects' cli evidence --conversation "$CONVERSATION" --seq 1 -o "$SCRATCH/x.zip"
exits 3 'no such conversation' cli evidence --conversation nobody -o "$SCRATCH/x.zip"
exits 3 'no such event' cli evidence --seq 4711 -o "$SCRATCH/x.zip"
exits 1 'no such folder' cli evidence --seq 1 -o "$SCRATCH/none/x.zip"
[ ! -e "$SCRATCH/x.zip" ]
ok $? 'and no file is left'

passes 'evidence of one event' cli evidence --seq 1 -o "$SCRATCH/one.zip"
passes '  verified' verify "$SCRATCH/one.zip" --key "$KEY"
passes 'evidence of a lead' cli evidence --lead "$LEAD" -o "$SCRATCH/lead.zip" --json
is "$(jq -r .conversations "$SCRATCH/stdout")" "$(cli history "$LEAD" --json | jq '.conversations | length')" \
    '  with its conversations'
passes '  verified' verify "$SCRATCH/lead.zip" --key "$KEY"
unpack "$SCRATCH/lead.zip" "$SCRATCH/lead"
is "$(cat "$SCRATCH/lead/history.json")" "$(cli history "$LEAD" --json --limit 1000)" '  the history is the tool'"'"'s'
like "$(cat "$SCRATCH/lead/history.txt")" "lead $LEAD" '  and is there to be read'
[ -s "$SCRATCH/lead/timelines/1.txt" ]
ok $? '  with each timeline'

# ---- what a person gets ----

passes 'what is held of an address' cli subject --email "${EMAIL^^}" -o "$SCRATCH/subject.zip"
unpack "$SCRATCH/subject.zip" "$SCRATCH/subject"
like "$(cat "$SCRATCH/subject/README.txt")" 'WHAT IS HELD ABOUT YOU' '  in plain words'
is "$(cat "$SCRATCH/subject/contacts/1.json")" "$(cli history "$LEAD" --json --limit 1000)" '  the history'
like "$(cat "$SCRATCH/subject/conversations/1.txt")" 'All times are in UTC' '  the conversations'
is "$(find "$SCRATCH/subject/payloads" -name '*.json' | wc -l)" "$(cli history "$LEAD" --json --limit 1000 | jq '.events | length')" \
    '  every payload'
for file in "$SCRATCH"/subject/payloads/*.json; do
    cli show "$(basename "$file" .json)" --payload | cmp -s - "$file" || { ok 1 "  $file"; break; }
done
is "$(jq '.deliveries | length' "$SCRATCH/subject/deliveries.json")" "$(find "$SCRATCH/subject/payloads" -type f | wc -l)" \
    '  when each came'
cmp -s "$SCRATCH"/subject/rejected/*.txt "$SCRATCH/broken.json"
ok $? '  what was rejected and names the person'
exits 3 'of somebody unknown' cli subject --email nobody@example.com -o "$SCRATCH/nobody.zip"

like "$(cli acts --json 2>/dev/null)" 'evidence.*subject-export|subject-export.*evidence' 'the acts tell that it was done'
is "$(cli acts --json 2>/dev/null | grep -ciE "$CONVERSATION|$LEAD|$EMAIL")" 0 '  but not of whom'

# ---- whatever comes ----

# As it is; some once more with other bytes, another type in the path and headers that no text is made of; and one whose
# conversation is found by its opening message.
for file in tests/fixtures/*.json; do post "$file" > /dev/null; done
for subject in conversation lead; do
    printf '{"agent_id":"a","%s":{"id":"derived-%s"},"messages":[{"role":"user","content":"hi","created_at":"%s"}]}' \
        "$subject" "$subject" 2025-11-20T10:00:00Z > "$SCRATCH/again.json"
    post "$SCRATCH/again.json" > /dev/null
done
for file in tests/fixtures/sales-day/*.json; do
    { cat "$file" && echo; } > "$SCRATCH/again.json"
    post "$SCRATCH/again.json" /Session_Active -H $'User-Agent: \xff"\\' -H 'X-Request-Id: 1' -H 'X-Request-Id: 2' > /dev/null
done
LAST=$(cli events --limit 1 | jq .seq)
refusals=
for seq in $(seq "$LAST"); do
    rm -f "$SCRATCH/one.zip"
    cli evidence --seq "$seq" -o "$SCRATCH/one.zip" > /dev/null 2> "$SCRATCH/stderr" &&
        verify "$SCRATCH/one.zip" --key "$KEY" > /dev/null 2> "$SCRATCH/stderr" ||
        refusals+="$seq: $(cat "$SCRATCH/stderr")"$'\n'
done
is "$refusals" '' "of $LAST events of all kinds each bundle is verified"
is "$(cli events --limit 1000 | jq -r 'select(.derived) | .conversation_id' | grep -c derived-conversation)" 1 \
    '  among them one whose conversation was derived'

# ---- interrupted ----

# traced STRACE-OPTIONS…: makes a zip of the person's, alone in a folder, under strace.
OUTPUT=$SCRATCH/output/
traced() {
    rm -rf "$OUTPUT"
    mkdir "$OUTPUT"
    strace -qq -o "$SCRATCH/calls" "$@" "$HOOKTRAIL" subject --email "$EMAIL" -o "${OUTPUT}jane.zip" --data "$DATA" \
        > /dev/null 2> "$SCRATCH/stderr"
}
left() { find "$OUTPUT" -mindepth 1 -printf '%f %m\n'; }
if grep -q asan <<< "$OUT"; then diag 'LeakSanitizer and strace exclude each other'; else
    NAMELESS=(-e "trace=openat,fsync" -e inject=fsync:signal=INT:when=1)
    WITHOUT=(-e inject=openat:error=EOPNOTSUPP -P "$OUTPUT")
    traced "${NAMELESS[@]}"
    is "$?, $(left)" '130, ' 'interrupted before the zip is whole: nothing is left of it'
    traced -e trace=openat "${WITHOUT[@]}"
    is "$?, $(left)" '0, jane.zip 600' 'on a filesystem without nameless files: made all the same'
    passes '  and whole' unzip -t "${OUTPUT}jane.zip"
fi

# ---- after an erasure ----

cli erase --conversation "$CONVERSATION" --reason 'a request' --confirm > "$SCRATCH/stdout" 2> "$SCRATCH/stderr"
is $? 0 'the conversation is erased'
passes 'a bundle made before is still verified' verify "$BUNDLE" --key "$KEY"
passes '  and one of the lead' verify "$SCRATCH/lead.zip" --key "$KEY"
exits 3 'evidence of what is gone can not be had' cli evidence --conversation "$CONVERSATION" -o "$SCRATCH/gone.zip"
like "$(cat "$SCRATCH/stderr")" 'erased on .*a request' '  and why'
passes 'of an erased event there is a tombstone' cli evidence --seq "$SEQ" -o "$SCRATCH/tombstone.zip"
passes '  which is verified' verify "$SCRATCH/tombstone.zip" --key "$KEY"
like "$(cat "$SCRATCH/stdout")" 'of these 1 erased' '  and said to be one'
unpack "$SCRATCH/tombstone.zip" "$SCRATCH/tombstone"
[ ! -e "$SCRATCH/tombstone/payloads" ] && [ ! -e "$SCRATCH/tombstone/openings" ]
ok $? '  without payload and opening'
by_hand "$SCRATCH/tombstone" "$SEQ"
cmp -s "$SCRATCH/unpacked/leaves/$SEQ.leaf" "$SCRATCH/tombstone/leaves/$SEQ.leaf"
ok $? '  its leaf is what it was'

stop_daemon_well
done_testing
