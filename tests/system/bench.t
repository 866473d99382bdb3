#!/bin/bash
# The benchmarks' report: what it makes of results, whole or not; and what the load generator counts of a server that falters.
# The benchmarks themselves are run by QUICK=1 make bench.
. tests/system/lib.sh

run=$SCRATCH/run
mkdir "$run"
line() { printf '%s\n' "$1" >> "$run/run.ndjson"; }
row() { sed 's/  */ /g' "$SCRATCH/stdout" | grep "^$1"; }

line '{"name":"machine","cpu":"A","cores":2,"kernel":"L","filesystem":"f","commit":"c","date":"d","load_before":"0",
    "compiler":"g"}'
passes 'a run that measured nothing has a report' benchmarks/report.sh "$run"
is "$(grep -c 'not measured' "$SCRATCH/stdout")" "$(grep -cE '  (at (least|most) [0-9]|report )' "$SCRATCH/stdout")" \
    'which says so of every target'
is "$(grep -cE '  (NOT )?met$' "$SCRATCH/stdout")" 0 'and judges none'

# ingest SERVER REQUESTS-PER-SECOND STATUS
ingest() {
    line "{\"name\":\"ingest 64 connections, 2048 B\",\"server\":\"$1\",\"per_second\":$2,\"p50_us\":1500,\"p99_us\":2500,
        \"cpu_us\":10,\"device_bytes\":300,\"payload_bytes\":100,\"status\":{\"$3\":5},\"broken\":0,\"unanswered\":0}"
}
ingest bare 1000 200
ingest hooktraild 500 200
ingest bare 1100 200
ingest hooktraild 660 200
ingest bare 1200 200
ingest hooktraild 600 503
passes 'a run of some steps has a report' benchmarks/report.sh "$run"
is "$(row '64 connections: durable requests/s against bare')" \
    '64 connections: durable requests/s against bare evhttp at least 0.55 0.55 0.50 to 0.60 NOT met' \
    'a ratio is that of the medians, with the least and the greatest of a round; judged before it is rounded'
is "$(row 'device bytes')" 'device bytes written per payload byte, 64 connections at most 2.5 3.00 3.00 to 3.00 NOT met' \
    'a limit from above is missed'
is "$(row 'ingest 64 connections, 2048 B hooktraild')" \
    'ingest 64 connections, 2048 B hooktraild 600 500 to 660 1.50 2.50 10.0 3.00' 'a server has a row'
is "$(row 'NOT ALL 200')" 'NOT ALL 200: hooktraild ingest 64 connections, 2048 B: {"503":5}' 'other answers are told'

for stored in 100 10000 100 10050; do
    line "{\"name\":\"growth\",\"stored\":$stored,\"per_second\":$((2000 - stored / 100))}"
done
passes 'growth has a report' benchmarks/report.sh "$run"
is "$(row 'growth: requests/s')" \
    'growth: requests/s in the large store against the small at least 0.9 0.95 0.95 to 0.95 met' \
    'stores that grow meanwhile count as the large one'

# strangers RESULTS: distributions that are of no measurement of that server with so many connections and bodies of so many bytes
# (SERVER-CONNECTIONS[-BYTES]): the greatest latency says which one it was.
strangers() {
    local file name server connections bytes
    for file in "$1"/*-[0-9]*.hgrm; do
        name=$(basename "$file" .hgrm)
        IFS=- read -r server connections bytes <<< "${name%B}"
        sed -n 's/^#\[Max *= *\([0-9.]*\),.*/\1/p' "$file" |
            jq -e --slurpfile lines "$1/run.ndjson" --arg server "$server" --argjson connections "$connections" \
                --argjson bytes "${bytes:-2048}" '. as $max | any($lines[]; .server == $server and .connections == $connections
                    and (.body_bytes // 0) > $bytes * 0.8 and .body_bytes < $bytes * 1.2 and (.max_us / 1000 - $max | fabs) < 0.001)' \
                > "$SCRATCH/null" || echo "$name"
    done | xargs
}
for committed in benchmarks/results/*; do
    passes "$(basename "$committed") can be read" benchmarks/report.sh "$committed"
    is "$(strangers "$committed")" '' 'each of its distributions is of a measurement that has its name'
done

# load WAY… -- OPTIONS…: loads a server that falters so; the result is in $SCRATCH/loaded, its exit status in LOADED.
load() {
    local way=() address='' server
    while [ "$1" != -- ]; do way+=("$1") && shift; done
    shift
    : > "$SCRATCH/faltering"
    node tests/system/faltering.mjs "${way[@]}" 2> "$SCRATCH/faltering" &
    server=$!
    for _ in $(seq 400); do
        address=$(sed -n 's|^listening on http://||p' "$SCRATCH/faltering")
        [ -n "$address" ] && break
        sleep 0.05
    done
    LOADED=0
    "$OUT/benchmarks/load" --server "$address" --size 300 --bodies 50000 --json "$@" > "$SCRATCH/loaded" || LOADED=$?
    kill "$server"
    wait "$server" 2> "$SCRATCH/null"
}
load stalls 300 1600 -- --connections 4 --rate 500 --warm-up 0.2 --seconds 0.8
# On a machine that is too busy some have no answer within ten seconds: these count as well.
is "$(jq '.status["200"] + .broken + .unanswered' "$SCRATCH/loaded")" 400 \
    'open loop: each request that was due within the run counts, whenever it could be sent'
is "$(jq '.p50_us >= 500000 or .unanswered >= 200' "$SCRATCH/loaded")" true \
    'a server that stalls as the run ends is charged for all who would have waited'
load refuses 3 -- --connections 1 --warm-up 0.3 --seconds 0.3
is "$LOADED $(jq '.status["503"]' "$SCRATCH/loaded")" '1 3' 'refusals count though they come within the warm-up'
load refuses 0 -- --rate 500 --warm-up 0 --seconds 0.2 --bodies 100
wanted=$(jq -c '[.sent, .body_bytes]' "$SCRATCH/loaded")
load refuses 0 -- --rate 500 --warm-up 0 --seconds 0.2
is "$(jq -c '[.sent, .body_bytes]' "$SCRATCH/loaded")" "$wanted" 'the mean of the bodies is that of those that were sent'
like "$wanted" '^\[100,[1-9]' 'which are all that were due'

exits 2 'a step that is none is told' env STEPS='disk nothing' benchmarks/run.sh "$OUT" "$OUT"
done_testing
