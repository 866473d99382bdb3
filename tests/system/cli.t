#!/bin/bash
# The command-line tool: every command with its help, its exit statuses, its output in a pipe, as a document and on a terminal.
# builds: asan
. tests/system/lib.sh

cli_exits() { # cli_exits STATUS NAME ARGUMENTS…
    local status=$1 name=$2
    shift 2
    exits "$status" "$name" "$HOOKTRAIL" "$@" --data "$DATA"
}
said() { cat "$SCRATCH/stderr"; }
printed() { cat "$SCRATCH/stdout"; }

# ---- help, version, usage ----

exits 2 'without a command: usage' "$HOOKTRAIL"
is "$(printed)" '' 'which goes to stderr'
passes '--help' "$HOOKTRAIL" --help
like "$(printed)" 'timeline.*export.*verify' 'lists the commands'
passes '--version' "$HOOKTRAIL" --version
like "$(printed)" '^hooktrail [0-9]+\.[0-9]+\.[0-9]+$' 'says the version'
commands=(init send events show timeline history conversations leads agents stats 'rejected list' 'rejected show' 'rejected retry'
    'rejected drop' 'endpoint list' 'endpoint add' 'endpoint rotate' 'endpoint retire' 'token list' 'token add' 'token revoke'
    export verify doctor reindex backup compact help)
for command in "${commands[@]}"; do
    read -ra words <<< "$command"
    passes "$command --help" "$HOOKTRAIL" "${words[@]}" --help
    like "$(printed)" "hooktrail $command.*Examples:.*hooktrail ${command% list}" "$command --help explains, with an example"
    is "$("$HOOKTRAIL" help "${words[@]}")" "$(printed)" "help $command is the same"
    exits 2 "$command --nonsense: usage" "$HOOKTRAIL" "${words[@]}" --nonsense
    like "$(said)" '^hooktrail.*--nonsense' "$command --nonsense: is named"
done
exits 2 'an unknown command: usage' "$HOOKTRAIL" evnets
like "$(said)" 'events' 'with what was probably meant'
exits 2 'an unknown action: usage' "$HOOKTRAIL" endpoint delete
exits 2 'too few arguments: usage' "$HOOKTRAIL" show
exits 2 'too many arguments: usage' "$HOOKTRAIL" show 1 2
exits 2 'an option without its value: usage' "$HOOKTRAIL" events --limit
exits 2 'an option before the command: usage' "$HOOKTRAIL" --data "$DATA" events
like "$(said)" "'--data' is no command: that comes first, options behind it" 'with where it goes'

# What the daemon's --help says of itself is in its manual pages, and in the file that is to be copied.
passes 'hooktraild --help' "$HOOKTRAILD" --help
missing=$(printed | grep -oE '^  --[a-z-]+' | while read -r option; do
    grep -q -F -e "*$option*" docs/man/hooktraild.8.scd || echo "$option"
done)
is "$missing" '' 'its options are in hooktraild(8)'
missing=$(printed | sed -n '/^Settings/,$s/^  \([a-z_]*\) .*/\1/p' | while read -r name; do
    grep -q -F -e "*${name//_/\\_}*" docs/man/hooktrail.conf.5.scd || echo "$name is not in the manual"
    default=$(printed | sed -n "s/^  $name  *.*(\([^()]*\))$/ \1/p")
    grep -q -x -F -e "# $name =$default" packaging/hooktrail.conf || echo "$name is not in hooktrail.conf, or has another default"
done)
is "$missing" '' 'its settings are in hooktrail.conf(5) and hooktrail.conf'

# ---- init, and without a store ----

cli_exits 3 'no store: not found' events
like "$(said)" 'hooktrail init' 'and what to do'
cli_exits 0 'init' init --json
like "$(printed)" '^\{"endpoint":"/hooks/[A-Za-z0-9_-]{43}","token":"ht_[A-Za-z0-9_-]{43}"\}$' 'init --json prints both secrets'
ENDPOINT=$(printed | jq -r .endpoint) TOKEN=$(printed | jq -r .token)
is "$(stat -c %a "$DATA") $(find "$DATA" -type f -perm /077 | wc -l)" '700 0' 'nobody else may read it'
cli_exits 1 'init again: refused' init
like "$(said)" 'already' 'for there is one already'
is "$(grep -rl -e "${TOKEN#ht_}" -e "${ENDPOINT#/hooks/}" "$DATA" | wc -l)" 0 'the secrets are nowhere in it'
HOOKTRAIL_DATA=$DATA passes 'HOOKTRAIL_DATA says where' env HOOKTRAIL_DATA="$DATA" "$HOOKTRAIL" events
is "$(printed)" '' 'an empty store: nothing'
is "$(cli events --json)" '{"events":[],"next":null}' 'an empty store: an empty document'

# ---- doctor ----

cli_exits 0 'doctor: warnings are no failure' doctor
like "$(printed)" 'warning daemon +no hooktraild' 'it warns that no daemon runs'
like "$(printed)" 'ok +versions +hooktrail .*LMDB .*libsodium .*zstd .*OpenSSL' 'and names the versions'
chmod 755 "$DATA"
cli_exits 1 'doctor: a directory that others can read is a failure' doctor --json
is "$(printed | jq -r '.checks[] | select(.verdict == "failure").check')" directory 'named in the document'
chmod 700 "$DATA"
chmod 644 "$DATA/keys/master.key"
cli_exits 0 'doctor: a master key that others can read is worth a warning' doctor --json
is "$(printed | jq -r '.checks[] | select(.check == "keys").verdict')" warning 'which is in the document'
chmod 600 "$DATA/keys/master.key"

# ---- send ----

# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
export HOOKTRAIL_URL=$HOOK
passes 'send --samples' "$HOOKTRAIL" send --samples
is "$(printed | jq -c '[.seq, .http, .duplicate]' | xargs)" "$(for n in 1 2 3 4 5 6 7 8; do echo "[$n,200,false]"; done | xargs)" \
    'all are stored'
passes 'send files' "$HOOKTRAIL" send "$FIXTURES/hostile-text.json" "$FIXTURES/documented-new-contact.json"
exits 1 'send: one refused is a failure' "$HOOKTRAIL" send "$FIXTURES/unknown-type.json" "$FIXTURES/invalid/truncated.json"
is "$(printed | jq -c .http | xargs)" '200 400' 'the other is stored'
exits 1 'send: a file that is not there' "$HOOKTRAIL" send "$SCRATCH/nothing.json"
passes 'send --type, from standard input' "$HOOKTRAIL" send --type session_active - < "$FIXTURES/null-fields.json"
is "$(printed | jq -r .type)" session-active 'the type is in the path'
exits 2 'send: nothing to send' "$HOOKTRAIL" send
exits 2 'send: no url' env -u HOOKTRAIL_URL "$HOOKTRAIL" send --samples
exits 1 'send: nobody listens' "$HOOKTRAIL" send --url http://127.0.0.1:9/hooks/x "$FIXTURES/contact.json"
is "$(grep -c -e "${ENDPOINT#/hooks/}" "$SCRATCH/stderr")" 0 'and no secret is told'

# Refused twice, then taken: a sender that tries again.
node tests/system/flaky.mjs 503 503 200 > "$SCRATCH/flaky" &
flaky=$!
for _ in $(seq 100); do grep -q http "$SCRATCH/flaky" && break; sleep 0.05; done
passes 'send tries again after a 503' "$HOOKTRAIL" send --url "$(head -1 "$SCRATCH/flaky")" "$FIXTURES/contact.json"
is "$(printed | jq -c '[.http, .tries]')" '[200,3]' 'until it is taken'
kill "$flaky" 2> "$SCRATCH/null"
wait "$flaky" 2> "$SCRATCH/null"

# ---- reading ----

conversation=c2f4b1de-53a0-4d0b-8f61-6a1f9be0a9d4
lead=1d9c7f3a-20c6-4d43-b0ce-5e7be2a41c77
total=$(api /v1/stats | jq .totals.events)
cli_exits 0 'doctor: beside the daemon' doctor --json
is "$(printed | jq -r '.checks[] | select(.check == "daemon").verdict')" ok 'finds it'
is "$(printed | jq -c .health)" "$(api /v1/health | jq -c .)" 'its health is that of /v1/health'
is "$(printed | jq '.health | .types | length > 3')" true 'which knows the types that came'
is "$(cli events | jq -c .seq | xargs)" "$(seq "$total" | tac | xargs)" 'events: NDJSON, newest first'
is "$(cli events --order asc --after 3 --before 7 | jq -c .seq | xargs)" '4 5 6' 'events: filters'
is "$(cli events --type new_lead,session-escalated --limit 2 | jq -r .type | xargs)" \
    "$(cli events | jq -r 'select(.type == "new-contact" or .type == "session-escalated").type' | head -2 | xargs)" 'events: types, limit'
is "$(cli events --conversation nobody)" '' 'events: none'
cli_exits 2 'events: a bad filter' events --since yesterday
like "$(said)" 'since' 'is named'
for command in 'events' 'conversations' 'leads' 'agents' 'stats' 'rejected'; do
    is "$(cli "$command" --json)" "$(api "/v1/$command")" "$command --json is the document of HTTP"
done
for command in conversations leads agents; do
    is "$(cli "$command" | jq -c . | sha256sum)" "$(api "/v1/$command?limit=1000" | jq -c ".${command}[]" | sha256sum)" "$command: NDJSON"
done
is "$(cli show 1 --json)" "$(api /v1/events/1)" 'show --json'
is "$(cli timeline "$conversation" --json)" "$(api "/v1/conversations/$conversation")" 'timeline --json'
is "$(cli history "$lead" --json)" "$(api "/v1/leads/$lead")" 'history --json'
is "$(cli history --email ' Maria.Keller@EXAMPLE.com' --json)" "$(api "/v1/leads/$lead")" 'history --email, of any case'
is "$(cli leads | jq -r .profile.email | grep -c maria)" 1 'leads: the profile'
cli_exits 3 'show: not found' show 9999
cli_exits 3 'show --payload: not found' show 9999 --payload
is "$(printed)" '' 'and nothing on stdout'
cli_exits 2 'show: no number' show one
cli_exits 3 'timeline: not found' timeline nobody
cli_exits 3 'history: not found' history nobody
cli_exits 3 'history --email: not found' history --email nobody@example.com
cli_exits 2 'history: neither id nor address' history
for command in "show 1" "timeline $conversation" "history $lead" stats; do
    read -ra words <<< "$command"
    cli_exits 0 "${words[0]}: for people" "${words[@]}"
    [ -s "$SCRATCH/stdout" ] && ! grep -q $'\033' "$SCRATCH/stdout"
    ok $? "${words[0]}: prints, without colour in a pipe"
done
for command in 'events --limit 1' 'events --limit 1000' 'events --limit 1000 --json' 'acts --json' 'verify --json' \
    'show 1 --payload' 'events --follow'; do
    read -ra words <<< "$command"
    timeout 20 "$HOOKTRAIL" "${words[@]}" --data "$DATA" > /dev/full 2> "$SCRATCH/stderr"
    is $? 5 "$command: no room for the output: full"
    like "$(said)" 'No space left' 'and that is what is said'
done
"$HOOKTRAIL" events --data "$DATA" 2> "$SCRATCH/stderr" | head -c 1 > "$SCRATCH/null"
is "$(said)" '' 'a reader that leaves is no fault'

# ---- events --follow ----

"$HOOKTRAIL" events --follow --after "$total" --data "$DATA" > "$SCRATCH/followed" 2> "$SCRATCH/stderr" &
follow=$!
node tests/system/flood.mjs "$HOOK" 300 > "$SCRATCH/null"
for _ in $(seq 200); do [ "$(wc -l < "$SCRATCH/followed")" -ge 300 ] && break; sleep 0.05; done
sleep 0.3
is "$(jq -c .seq "$SCRATCH/followed" | xargs)" "$(seq $((total + 1)) $((total + 300)) | xargs)" 'events --follow: each once, in order'
kill -INT "$follow"
wait "$follow"
is $? 0 'events --follow: ends with 0 when interrupted'

# ---- rejected ----

cli_exits 0 'rejected' rejected
is "$(printed | jq -c '[.number, .status, .offset != null]')" '[1,400,true]' 'rejected: NDJSON with the reason'
is "$(cli rejected show 1 --json)" "$(api /v1/rejected/1)" 'rejected show --json is the document of HTTP'
cli rejected show 1 --payload | cmp -s - "$FIXTURES/invalid/truncated.json"
ok $? 'rejected show --payload writes the bytes'
cli_exits 1 'rejected retry: still invalid' rejected retry 1
is "$(cli rejected | wc -l)" 1 'rejected retry: it stays'
cli_exits 1 'rejected retry --all: the same' rejected retry --all
cli_exits 3 'rejected retry: not found' rejected retry 77
cli_exits 3 'rejected show: not found' rejected show 77
cli_exits 0 'rejected drop' rejected drop 1
cli_exits 3 'rejected drop: not found' rejected drop 1
is "$(cli rejected --json)" '{"rejected":[],"next":null}' 'rejected drop: it is gone'

# ---- endpoints and tokens ----

cli_exits 0 'endpoint add' endpoint add --name website --json
added=$(printed | jq -r .endpoint)
like "$added" '^/hooks/[A-Za-z0-9_-]{43}$' 'endpoint add: the path'
cli_exits 1 'endpoint add: a name twice' endpoint add --name website
cli_exits 2 'endpoint add: no name' endpoint add --name 'a b'
cli_exits 0 'endpoint rotate' endpoint rotate website --json
rotated=$(printed | jq -r .endpoint)
passes 'the old path works' "$HOOKTRAIL" send --url "$URL$added" "$FIXTURES/contact.json"
passes 'the new path works' "$HOOKTRAIL" send --url "$URL$rotated" "$FIXTURES/contact.json"
is "$(printed | jq .duplicate)" true 'and knows what came by the old one'
cli_exits 2 'endpoint retire: a name that two have' endpoint retire website --confirm
cli_exits 2 'endpoint retire: not without --confirm' endpoint retire 2
like "$(said)" '410.*(unsubscribe|subscription)' 'it says what will happen'
cli_exits 0 'endpoint retire by id' endpoint retire 2 --confirm
exits 1 'the old path is gone' "$HOOKTRAIL" send --url "$URL$added" "$FIXTURES/contact.json"
is "$(printed | jq -c '[.http, .tries]')" '[410,1]' 'with 410, which is not tried again'
passes 'the new one works' "$HOOKTRAIL" send --url "$URL$rotated" "$FIXTURES/contact.json"
cli_exits 3 'endpoint retire: not found' endpoint retire nobody --confirm
is "$(cli endpoint list | jq -c '[.id, .name, .state]' | xargs)" '[1,default,active] [2,website,retired] [3,website,active]' 'endpoint list'
cli_exits 0 'token add' token add --name ops --scope read,admin --json
token=$(printed | jq -r .token)
is "$(TOKEN=$token; api /v1/stats > "$SCRATCH/null"; code)" 200 'token add: it works'
cli_exits 1 'token add: a name twice' token add --name ops
cli_exits 2 'token add: no scope' token add --name other --scope write
cli_exits 0 'token revoke' token revoke ops
is "$(TOKEN=$token; api /v1/stats > "$SCRATCH/null"; code)" 401 'token revoke: it works no more'
cli_exits 3 'token revoke: not found' token revoke nobody
is "$(cli token | jq -c '[.name, .state]' | xargs)" '[default,valid] [ops,revoked]' 'token list'
is "$(cli endpoint --json; cli token --json)" "$(cli endpoint list --json; cli token list --json)" 'the bare family is its list'
is "$(cli endpoint --json | grep -c -e "${added#/hooks/}" -e "${ENDPOINT#/hooks/}")" 0 'lists show no secret'

# ---- on a terminal ----

terminal() { # terminal ARGUMENTS…: what a terminal of 100 columns would get
    script -qec "stty cols 100; exec $(printf '%q ' "$HOOKTRAIL" "$@" --data "$DATA")" /dev/null < /dev/null | tr -d '\r'
}
# Our own colours are the only escapes; no other control character, no C1, no bidi or other format control that is not seen.
# The last rejected delivery is the same text, cut short, with raw control characters.
{ head -c 600 "$FIXTURES/hostile-text.json"; printf '\033]0;title\a\302\233\342\200\256\b\177\302\255\357\273\277\363\240\201\201\r\n'; } > "$SCRATCH/cut.json"
post "$SCRATCH/cut.json" '' -H $'User-Agent: \342\200\256agent' > "$SCRATCH/null"
rejected=$(cli rejected | jq -s '.[0].number')
hostile=0
for command in rejected "rejected show $rejected" "timeline conversation-hostile" "history lead-hostile" "show 9" events conversations leads agents stats; do
    read -ra words <<< "$command"
    terminal "${words[@]}" > "$SCRATCH/terminal"
    [ -s "$SCRATCH/terminal" ] || { hostile=$((hostile + 1)); diag "$command prints nothing"; }
    sed 's/\x1b\[[0-9;]*m//g' "$SCRATCH/terminal" | perl -CSD -ne \
        'if (/[\x00-\x08\x0b-\x1f\x7f-\x9f\x{2028}\x{2029}]|(?![\x{200c}\x{200d}])\p{Cf}/) { print; exit 1 }' \
        > "$SCRATCH/found" || { hostile=$((hostile + 1)); diag "$command: $(od -c "$SCRATCH/found" | head -3)"; }
done
is "$hostile" 0 'hostile text does not reach the terminal'
terminal timeline conversation-hostile > "$SCRATCH/terminal"
like "$(cat "$SCRATCH/terminal")" '<img src=x' 'but is shown'
terminal timeline "$conversation" > "$SCRATCH/terminal"
like "$(cat "$SCRATCH/terminal")" $'\033\\[' 'a terminal gets colours'
is "$(sed 's/\x1b\[[0-9;]*m//g' "$SCRATCH/terminal" | perl -CSD -ne 'chomp; print if length > 100')" '' 'text is wrapped'
NO_COLOR=1 terminal timeline "$conversation" > "$SCRATCH/plain"
is "$(grep -c $'\033' "$SCRATCH/plain")" 0 'NO_COLOR is respected'
is "$(cat "$SCRATCH/plain")" "$(sed 's/\x1b\[[0-9;]*m//g' "$SCRATCH/terminal")" 'and nothing else changes'
terminal timeline "$conversation" --no-color | cmp -s - "$SCRATCH/plain"
ok $? '--no-color is the same'
TZ=Asia/Tokyo terminal timeline "$conversation" --no-color > "$SCRATCH/tokyo"
like "$(cat "$SCRATCH/plain")" '09:02' 'times are local: UTC'
like "$(cat "$SCRATCH/tokyo")" '18:02' 'times are local: Tokyo'
is "$(api "/v1/conversations/$conversation?limit=1000" | jq -r '.items[] | select(.kind == "message").content' | tr -s '[:space:]' '\n' |
    grep -v '^$' | sort -u | head -300 | grep -cvxFf <(tr -s '[:space:]' '\n' < "$SCRATCH/plain" | sort -u))" 0 'every word of the conversation is in the transcript'
like "$(terminal events --no-color --limit 3)" 'SEQ|seq|Seq' 'events is a table'
terminal events --json | jq -e .events > "$SCRATCH/null"
ok $? '--json is JSON on a terminal too'

# ---- completion ----

passes 'completion bash' "$HOOKTRAIL" completion bash
cmp -s "$SCRATCH/stdout" packaging/completion/hooktrail.bash
ok $? 'packaging has the same'
complete_words() { # complete_words WORD…: what is offered for the last one
    bash -c '. packaging/completion/hooktrail.bash
        COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); _hooktrail; printf "%s\n" "${COMPREPLY[@]}"' bash "$@" | sort | xargs
}
is "$(complete_words hooktrail ti)" timeline 'commands are completed'
is "$(complete_words hooktrail endpoint r)" 'retire rotate' 'actions are completed'
is "$(complete_words hooktrail events --f)" --follow 'options are completed'
is "$(complete_words hooktrail events --order '')" 'asc desc' 'values are completed'
is "$(complete_words hooktrail export --format '')" 'csv ndjson parquet' 'formats are completed'
is "$(complete_words hooktrail exp) $(complete_words hooktrail export '')" 'export status' 'a command that is one by itself, too'
is "$(complete_words hooktrail export --sc) $(complete_words hooktrail token --js)" '--schema --json' 'and its options, as those of a bare family'
for option in 'verify --checkpoint' 'export --state' 'init --master-key' 'prove -o' 'salvage' 'salvage --to'; do
    # shellcheck disable=SC2086 # words
    is "$(complete_words hooktrail $option packaging/hooktrail.c)" packaging/hooktrail.conf "files are completed: $option"
done

# ---- busy, and broken ----

cli_exits 5 'compact beside the daemon: busy' compact
stop_daemon_well
cli_exits 0 'compact at rest' compact
cli_exits 0 'verify' verify
passes 'backup' "$HOOKTRAIL" backup "$SCRATCH/copy" --data "$DATA"
exits 1 'backup: never over what is there' "$HOOKTRAIL" backup "$SCRATCH/copy" --data "$DATA"
is "$("$HOOKTRAIL" events --data "$SCRATCH/copy" | sha256sum)" "$(cli events | sha256sum)" 'backup: the same events'
rm -r "$DATA/index"
cli_exits 0 'doctor: no index' doctor
like "$(printed)" 'ok +index +[1-9][0-9]* events are not in it yet' 'it says what is missing'
like "$(printed)" 'ok +silence .*, as far as the index goes' 'and does not pretend to know of silence'
cli_exits 0 'reindex' reindex
cli_exits 0 'export' export --to "$SCRATCH/export" --format ndjson
is "$(cat "$SCRATCH"/export/events/*/*.ndjson | jq -c .seq | xargs)" "$(cli events --order asc | jq -c .seq | xargs)" 'export: every event'
cli_exits 2 'export: a format that is none' export --to "$SCRATCH/export" --format xml
cli_exits 2 'export: where to?' export --format ndjson
# A record on the disk that tells another commitment.
perl -0777 -i -pe 'BEGIN { $digest = pack("H*", shift) } s/\Q$digest\E/"x" x 32/ge or die "no such digest\n"' \
    "$(cli prove 1 | sed -n 's/^extra //p' | base64 -d | tail -c 32 | od -An -v -tx1 | tr -d ' \n')" \
    "$SCRATCH/copy/trail/data.mdb"
ok $? 'a record is damaged'
exits 4 'verify: a damaged record' "$HOOKTRAIL" verify --data "$SCRATCH/copy"
like "$(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" '[0-9]' 'verify: says which'
chmod 755 "$DATA"
cli_exits 1 'a directory that others may read: refused' events
chmod 700 "$DATA"
done_testing
