#!/bin/bash
# PostgreSQL as the target of an export, by generated rows: each row once, whatever is killed, repeated, refused, changed by
# hand or hostile; erasures followed; nothing of a password in an error.
. tests/system/lib.sh
. tests/system/postgres.sh

FEED=$OUT/tests/export/feed
tables='erasures events deliveries conversations messages leads lead_changes agents'
make_postgres

at() { echo "$POSTGRES_URL&options=-csearch_path%3D$1"; } # at SCHEMA
said() { cat "$SCRATCH/stderr"; }
# digest SCHEMA [COLUMN LEFT OUT]: of all rows of all tables.
digest() {
    for table in $tables; do
        sql "SELECT '$table', count(*), md5(string_agg(d, '' ORDER BY d)) FROM (SELECT md5((to_jsonb(t) - '${2:-}')::text) AS d
            FROM $1.$table t) r"
    done
}
same() { is "$(digest "$1" "${4:-}")" "$(digest "$2" "${4:-}")" "$3"; } # same SCHEMA OTHER NAME

# ---- runs ----

exits 3 'before the first run there is no mark' "$FEED" "$POSTGRES_URL" --mark
passes 'the first run makes the tables' "$FEED" "$POSTGRES_URL" --until 1000
is "$(sql 'SELECT count(*), min(seq), max(seq), count(DISTINCT seq), count(payload), count(_changes) FROM hooktrail.events')" \
    '1000|1|1000|1000|1000|0' 'each event is there once'
is "$(sql 'SELECT run, seq, schema_version FROM hooktrail.exports')" '1|1000|1' 'with the mark'
is "$(sql "SELECT payload ->> 'number', received_at, sha256 IS NULL, warnings FROM hooktrail.events WHERE seq = 5")" \
    '5|2025-11-24 00:00:06.172835+00|f|["unknown type"]' 'values are typed, to the microsecond'
passes 'the mark is read' "$FEED" "$POSTGRES_URL" --mark
is "$(cat "$SCRATCH/stdout")" 1 'and is the run'
digest hooktrail > "$SCRATCH/first"
newest=$(sql 'SELECT max(xmin::text::bigint) FROM hooktrail.events')
passes 'the same run once more' "$FEED" "$POSTGRES_URL" --until 1000
is "$(digest hooktrail)" "$(cat "$SCRATCH/first")" 'changes nothing'
is "$(sql 'SELECT max(xmin::text::bigint) FROM hooktrail.events')" "$newest" 'and writes no event again'
passes 'the second run' "$FEED" "$POSTGRES_URL" --run 2 --after 1000 --until 1503
passes 'all at once, somewhere else' "$FEED" "$(at whole)" --until 1503
same hooktrail whole 'comes to the same' updated_seq
is "$(sql 'SELECT events, last_seq, updated_seq FROM hooktrail.conversations WHERE first_seq = 997')" '6|1002|1503' \
    'a conversation that goes on is the newer one'
passes 'an export of another name' "$FEED" "$POSTGRES_URL" --name weekly --until 1503
same hooktrail whole 'to the same tables adds nothing' updated_seq
passes 'and one of another trail' "$FEED" "$POSTGRES_URL" --trail bbbb --until 10
is "$(sql 'SELECT trail, count(*) FROM hooktrail.events GROUP BY 1 ORDER BY 1' | xargs)" \
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa|1503 bbbb|10' 'its own rows'

# ---- killed ----

for point in 1 400 900 3000 before-commit; do
    exits 137 "killed: $point" "$FEED" "$(at killed)" --until 1000 --die "$point"
    is "$(sql 'SELECT count(*) FROM killed.events')" 0 'leaves no row'
done
exits 137 'killed: after the commit' "$FEED" "$(at killed)" --until 1000 --die after-commit
passes 'the mark says so' "$FEED" "$(at killed)" --mark
is "$(cat "$SCRATCH/stdout")" 1 'that it is complete'
exits 137 'the next run is killed' "$FEED" "$(at killed)" --run 2 --after 1000 --until 1503 --die 500
killed=0
for _ in $(seq 20); do
    "$FEED" "$(at killed)" --run 2 --after 1000 --until 1503 > /dev/null 2>&1 &
    pid=$!
    sleep "0.$((RANDOM % 3))$((RANDOM % 10))"
    kill -9 "$pid" 2> /dev/null
    wait "$pid" 2> /dev/null
    [ $? = 137 ] && killed=$((killed + 1))
done
diag "$killed of 20 runs were killed on their way"
passes 'killed anywhere and repeated' "$FEED" "$(at killed)" --run 2 --after 1000 --until 1503
same killed whole 'it is as if nothing had been' updated_seq

"$FEED" "$(at restarted)" --until 1000 --wait "$SCRATCH/go" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/stdout" && break; sleep 0.05; done
stop_postgres -KILL
touch "$SCRATCH/go"
wait "$pid"
is $? 1 'the server is killed in the middle: the run fails'
like "$(said)" 'server closed the connection|connection has ended|terminating connection' 'and says why'
start_postgres
passes 'the next run' "$FEED" "$(at restarted)" --until 1000
is "$(digest restarted)" "$(cat "$SCRATCH/first")" 'goes on'

# ---- two at once ----

rm -f "$SCRATCH/go"
"$FEED" "$(at twice)" --until 1000 --wait "$SCRATCH/go" > "$SCRATCH/waits" 2>&1 &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/waits" && break; sleep 0.05; done
exits 5 'a second run of the same export is refused while the first is under way' "$FEED" "$(at twice)" --until 1000
like "$(said)" 'another run of this export is under way' 'by name'
passes 'one of another name is not' "$FEED" "$(at twice)" --name other --until 10
touch "$SCRATCH/go"
wait "$pid"
is $? 0 'the first one ends well'
is "$(digest twice)" "$(cat "$SCRATCH/first")" 'with all its rows'

rm -f "$SCRATCH/go"
(exec "$FEED" "$(at pair)" --until 1000 --wait "$SCRATCH/go" --wait-at events > "$SCRATCH/waits" 2>&1) &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/waits" && break; sleep 0.05; done
is "$(sql 'SELECT count(*) FROM pair.events')" 0 'who reads during a first run is not kept waiting'
"$FEED" "$(at pair)" --name other --until 1000 > "$SCRATCH/stdout" 2>&1 &
other=$!
sleep 0.5
touch "$SCRATCH/go"
wait "$pid"
is $? 0 'two exports that both bring the first rows: one goes first'
wait "$other"
is $? 0 'and the other follows'
is "$(digest pair)" "$(cat "$SCRATCH/first")" 'with each row once'

# ---- marks that do not fit ----

exits 1 'a trail that is behind the mark' "$FEED" "$POSTGRES_URL" --run 1 --until 400
like "$(said)" 'the database has run 2 of this export, up to event 1503, and the trail is at run 1, event 400' 'is refused, with both'
exits 3 'a run that does not follow' "$FEED" "$POSTGRES_URL" --run 4 --after 1600 --until 1700
like "$(said)" 'runs of this export up to 2, and run 4 does not follow' 'is refused'
passes 'but one that brings everything is taken' "$FEED" "$POSTGRES_URL" --run 4 --until 1700
passes 'and those behind it' "$FEED" "$POSTGRES_URL" --run 5 --after 1700 --until 1710
is "$(sql "SELECT count(*) FROM hooktrail.events WHERE trail LIKE 'aaaa%'")" 1710 'with all rows'

# ---- changed by hand ----

sql 'ALTER TABLE killed.events DROP COLUMN visitor_id' 'ALTER TABLE killed.leads DROP COLUMN _changes' \
    'ALTER TABLE killed.events ADD COLUMN mine text' 'DROP TABLE killed.agents'
passes 'columns that rows may lack and tables are given back, columns of others are left alone' \
    "$FEED" "$(at killed)" --run 3 --after 1503 --until 1600
is "$(sql 'SELECT count(visitor_id) FROM killed.events')" 97 'a new column holds what came since'
is "$(sql 'SELECT count(*) FROM killed.agents')" 3 'a new table too'
sql 'ALTER TABLE killed.events ALTER COLUMN size TYPE integer'
exits 1 'a column of another type' "$FEED" "$(at killed)" --run 4 --after 1600 --until 1700
like "$(said)" 'the column size of the table killed.events is of type integer, and must be bigint' 'is named'
sql 'ALTER TABLE killed.events DROP COLUMN size'
exits 1 'a column that no row may lack' "$FEED" "$(at killed)" --run 4 --after 1600 --until 1700
like "$(said)" 'killed.events has lost its column size' 'is named'
is "$(sql 'SELECT run FROM killed.exports')" 3 'and nothing has come of either'

# ---- hostile ----

passes 'rows with everything that text and jsonb refuse' "$FEED" "$(at hostile)" --until 600 --hostile
is "$(sql 'SELECT count(*), count(DISTINCT seq), count(_changes) FROM hostile.events')" '600|600|600' 'all come, and say that they were mended'
is "$(sql "SELECT payload -> 'n' ->> 0, payload -> 'n' ->> 1, payload -> 'n' ->> 3, payload ->> U&'a\FFFDb' = U&'\FFFD \D83D\DE00 \FFFD \005Cu0000',
    payload ->> 't' = E'\t\n\"' FROM hostile.events WHERE seq = 1")" '1e400|-1E-9999|9007199254740993|t|t' 'the rest is as it was'
is "$(sql "SELECT _changes FROM hostile.events WHERE seq = 3" | jq -c '[.[] | select(.column == "payload") | .reason]')" \
    '["U+0000 became U+FFFD","half a surrogate pair became U+FFFD","a number beyond the bounds became a string"]' 'with the reasons'
is "$(sql 'SELECT agent_name FROM hostile.events WHERE seq = 3' | od -An -tx1 | xargs)" '61 ef bf bd 62 0a' 'text keeps what is around a NUL'
is "$(sql "SELECT min(received_at AT TIME ZONE 'UTC'), max(received_at AT TIME ZONE 'UTC') FROM hostile.events")" \
    '0001-01-01 00:00:00|9999-12-31 23:59:59.999999' 'times beyond the calendar become the nearest'
is "$(sql "SELECT count(*), count(DISTINCT (lead_id, seq, field)), max(octet_length(field)) <= 600, left(min(field), 15) FROM hostile.lead_changes")" \
    '300|300|t|attributes.kkkk' 'a name too long for an index is cut, with a digest'
passes 'once more' "$FEED" "$(at hostile)" --until 600 --hostile
is "$(sql 'SELECT count(*) FROM hostile.events' 'SELECT count(*) FROM hostile.lead_changes' | xargs)" '600 300' 'and they are there once'

# ---- erasures ----

gone=(--erase 1:3-3 --erase 1:13-18 --erase 2:16-31 --erase 2:600-600)
passes 'a run before an erasure' "$FEED" "$(at erased)" --until 600
exits 137 'one that follows it is killed' "$FEED" "$(at erased)" --run 2 --after 600 --until 700 "${gone[@]}" --die before-commit
passes 'and repeated' "$FEED" "$(at erased)" --run 2 --after 600 --until 700 "${gone[@]}"
passes 'everything as it is since, somewhere else' "$FEED" "$(at forgot)" --until 700 "${gone[@]}"
same erased forgot 'comes to the same' updated_seq
is "$(sql "SELECT count(*), count(payload), count(agent_name), count(sha256), count(DISTINCT type) FROM erased.events WHERE seq BETWEEN 13 AND 31 OR seq IN (3, 600)")" \
    '21|0|0|0|1' 'of erased events nothing is left but that they were there'
is "$(sql 'SELECT count(*) FROM erased.messages WHERE first_seq BETWEEN 13 AND 31')" 0 'no message'
is "$(sql "SELECT count(*) FROM erased.conversations WHERE conversation_id IN ('c-2', 'c-3', 'c-4')")" 0 'no conversation that went whole'
is "$(sql "SELECT count(*) FROM erased.lead_changes WHERE old_value::text || new_value::text ~ 'jane-(3|1[3-8]|2[0-9]|3[01])@'")" 0 \
    'and no value that one of them had set'
is "$(sql "SELECT count(*) FROM erased.deliveries WHERE sender IS NULL")" 21 'nor an address'
is "$(sql 'SELECT erasure, first_seq, last_seq FROM erased.erasures ORDER BY 1, 2' | xargs)" '1|3|3 1|13|18 2|16|31 2|600|600' 'what was erased is told'

passes 'a run before another erasure' "$FEED" "$(at few)" --until 600
# What an erasure takes away besides: a change from a value to one and back, of which the first is erased; an agent.
sql "INSERT INTO few.lead_changes SELECT trail, lead_id, seq, 'phone', changed_at, old_value, new_value FROM few.lead_changes WHERE seq = 2" \
    "INSERT INTO few.agents SELECT trail, 'agent-gone', agent_name, first_at, last_at, first_seq, last_seq, events, updated_seq FROM few.agents LIMIT 1" \
    "INSERT INTO few.agents SELECT trail, 'agent-of-a-newer-run', agent_name, first_at, last_at, first_seq, last_seq, events, 601 FROM few.agents LIMIT 1"
exits 137 'one that follows it is killed' "$FEED" "$(at few)" --run 2 --after 600 --until 600 "${gone[@]}" --die before-commit
is "$(sql "SELECT count(*) FROM few.lead_changes WHERE field = 'phone'")" 1 'and leaves what was there'
passes 'one that brings no new event' "$FEED" "$(at few)" --run 2 --after 600 --until 600 "${gone[@]}"
is "$(sql "SELECT count(*) FROM few.lead_changes WHERE field = 'phone'" "SELECT agent_id FROM few.agents ORDER BY 1" | xargs)" \
    '0 agent-0 agent-1 agent-2 agent-of-a-newer-run' 'takes what is not brought again, but nothing newer'
sql "DELETE FROM few.agents WHERE agent_id = 'agent-of-a-newer-run'"
passes 'everything as it is then, somewhere else' "$FEED" "$(at fewer)" --until 600 "${gone[@]}"
same few fewer 'comes to the same'

rm -f "$SCRATCH/go"
for name in one two; do "$FEED" "$(at abreast)" --name "$name" --until 600 > "$SCRATCH/null"; done
"$FEED" "$(at abreast)" --name one --run 2 --after 600 --until 600 "${gone[@]}" --wait "$SCRATCH/go" --wait-at conversations > "$SCRATCH/waits" 2>&1 &
pid=$!
for _ in $(seq 200); do grep -q waiting "$SCRATCH/waits" && break; sleep 0.05; done
"$FEED" "$(at abreast)" --name two --run 2 --after 600 --until 600 "${gone[@]}" > "$SCRATCH/stdout" 2> "$SCRATCH/stderr" &
other=$!
sleep 0.5
touch "$SCRATCH/go"
wait "$pid"
is $? 0 'two exports that both follow an erasure: one goes first'
wait "$other"
is "$? $(said)" '0 ' 'and the other follows'
same abreast fewer 'with each row once'

sql 'CREATE SCHEMA alone' 'CREATE TABLE alone.keep AS SELECT * FROM erased.events'
passes 'what an old copy of an event brings later' "$FEED" "$(at erased)" --run 3 --until 700
is "$(sql 'SELECT count(*) FROM erased.events e JOIN alone.keep k USING (trail, seq) WHERE to_jsonb(e) = to_jsonb(k)')" 700 'does not undo an erasure'

# ---- refused ----

refused() { # refused NAME WANTED ARGUMENT…: fails so, and nothing of a password shows.
    local name=$1 wanted=$2
    shift 2
    exits "$wanted" "$name" "$@"
    case $(said) in *sesame* | *geheim*) ok 1 'its error has nothing of the password'; diag "$(said)" ;; *) ok 0 'its error has nothing of the password' ;; esac
}
guest="postgresql://guest%s@/postgres?host=$POSTGRES_DIR"
refused 'a wrong password' 1 "$FEED" "${guest/\%s/:geheim}" --until 10
like "$(said)" 'password authentication failed' 'says that it is'
refused 'none' 1 "$FEED" "${guest/\%s/}" --until 10
refused 'one with an @ that is not escaped' 2 "$FEED" "${guest/\%s/:open sesame@/}" --until 10
refused 'one with a slash' 2 "$FEED" "${guest/\%s/:geheim/sesame}" --until 10
refused 'a URL that is none' 2 "$FEED" 'postgresql://guest:geheim%zz@/postgres' --until 10
refused 'another parameter' 2 "$FEED" "${guest/\%s/:geheim}&sesame=1" --until 10
refused 'nobody there' 1 "$FEED" "postgresql://guest:geheim@/postgres?host=$SCRATCH" --until 10
like "$(said)" 'cannot connect to the database: ' 'says so'
refused 'a port where nobody listens' 1 "$FEED" 'postgresql://guest:geheim@127.0.0.1:1/postgres' --until 10
refused 'the right password, and no right to make anything' 1 "$FEED" "${guest/\%s/:open%20sesame%40%2F}" --until 10
like "$(said)" 'cannot make a table: permission denied|permission denied' 'says what is missing'
PGPASSWORD='open sesame@/' refused 'the password by the environment' 1 "$FEED" "${guest/\%s/}" --until 10
like "$(said)" 'permission denied' 'comes as far'
echo '*:*:*:guest:open sesame@/' > "$SCRATCH/pgpass"
PGPASSFILE=$SCRATCH/pgpass refused 'and by a file' 1 "$FEED" "${guest/\%s/}" --until 10
like "$(said)" 'permission denied' 'too'
sql 'GRANT CREATE ON DATABASE postgres TO guest'
passes 'who may make a schema may export' "$FEED" "$(printf '%s' "${guest/\%s/:open%20sesame%40%2F}&options=-csearch_path%3Dguests")" --until 10
exits 2 'a search_path of two schemas' "$FEED" "$(at 'a,b')" --until 10
sql "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"
exits 2 'a database that is not in UTF-8' "$FEED" "${POSTGRES_URL/postgres\?/latin?}" --until 10
like "$(said)" 'encoded as LATIN1: it must be UTF8' 'is refused before anything is lost'
# ---- leads as they come ----

# Names that differ, and of which PostgreSQL's text would make one; a field that is called as a member of another one is.
init_store
# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
for lead in '"id":"n\u0000"' '"id":"n\ufffd"' '"id":"odd","attributes.plan":1,"attributes":{"plan":2},"a\u0000":3,"a\ufffd":4'; do
    printf '{"type":"new-contact","lead":{%s,"email":"x@example.com"}}' "$lead" > "$SCRATCH/body"
    post "$SCRATCH/body" > "$SCRATCH/null"
done
passes 'leads with names that are nearly the same' "$HOOKTRAIL" export --to "$(at odd)" --name odd --data "$DATA"
is "$(sql 'SELECT count(*) FROM odd.leads' 'SELECT field, new_value FROM odd.lead_changes WHERE seq = 3 ORDER BY new_value' | xargs -d '\n')" \
    "3 email|\"x@example.com\" attributes\\.plan|1 attributes.plan|2 a�… sha256:$(printf 'a\0' | sha256sum | cut -c1-64)|3 a�|4" 'are told apart'
stop_daemon_well

done_testing
