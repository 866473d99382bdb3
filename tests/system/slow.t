#!/bin/bash
# Hundreds of slow clients: slowhttptest in its four modes, and some of our own that send or read a byte a second. Meanwhile
# another sender's p99 at most doubles, and who is slow is dropped at the deadline of his request, and counted.
# SLOW_TURNS turns of SLOW_SECONDS, quiet and attacked (SLOW_ATTACKS: by these alone): the median ratio; by default the best of up to five tries, for other
# programs of the machine may be in the way. `make slow` is the long form.
. tests/system/lib.sh

turns=${SLOW_TURNS:-} seconds=${SLOW_SECONDS:-2}
deadline=4 # seconds
many=400   # connections of slowhttptest
each=125   # of our own, of each of four kinds
load=$OUT/benchmarks/load
first=0 # the next payload
attacker='' burner=''

# shellcheck disable=SC2317 # a trap calls it
clean_up_all() {
    local group
    for group in $attacker $burner; do kill -9 -- "-$group" 2> "$SCRATCH/null"; done
    clean_up
}
trap clean_up_all EXIT
gauge() { api /metrics | sed -n "s/^$1 //p"; }
hits() { gauge "hooktrail_limit_hits_total{limit=\"$1_timeout\"}"; }
answered() { api /metrics | sed -n "s/^hooktrail_http_requests_total{route=\"$1\",status=\"$2\"} //p"; }

# deliver SECONDS RATE [OPTIONS…]: of the load generator; what it says is in $SCRATCH/load. Every delivery must be taken.
deliver() {
    "$load" --server "${URL#http://}" --path "$ENDPOINT" --seconds "$1" --rate "$2" --connections 16 --first "$first" --json "${@:3}" \
        > "$SCRATCH/load" || refusals+=$(cat "$SCRATCH/load")
    first=$((first + $(jq .sent "$SCRATCH/load")))
}
# shellcheck disable=SC2016 # its own words
idle='echo 19 > /proc/self/autogroup; renice -n 19 $$ > /dev/null; for _ in $(seq "$1"); do while :; do :; done & done; wait'
# tail_to NAME: sets NAME to the p99 of deliveries at a steady rate, in microseconds, and NAME_cpu to the processor time that the
# daemon took meanwhile, in ms.
# Meanwhile every processor is kept busy, at the lowest priority, without attack as with it: commits take longer on a busy machine
# whoever keeps it busy, and attackers on the net would not.
cpu() { awk '{ print ($14 + $15) * 10 }' "/proc/$DAEMON/stat"; }
tail_to() {
    local before
    setsid bash -c "$idle" burn "$(nproc)" &
    burner=$!
    before=$(cpu)
    deliver "$seconds" 300 --warm-up 0.3 --bodies $((seconds * 300 + 1000))
    printf -v "$1" %s "$(jq .p99_us "$SCRATCH/load")"
    printf -v "$1_cpu" %s $(($(cpu) - before))
    kill -9 -- "-$burner"
    wait "$burner" 2> "$SCRATCH/null"
    burner=
}

# attack NAME: in the background, until it is ended, as a session of its own; slowhttptest stops when all its connections have been
# closed. Attackers would have processors of their own, and slowhttptest -X keeps one busy: here they have what the others leave.
# shellcheck disable=SC2016 # its own words
again='echo 19 > /proc/self/autogroup; while :; do "$@"; done'
attack() {
    local slowly=(nice -n 19 slowhttptest -c "$many" -l 20) command
    case $1 in
    headers) command=("${slowly[@]}" -H -r "$many" -i 1 -u "$URL/healthz") ;;
    body) command=("${slowly[@]}" -B -r "$many" -i 1 -u "$HOOK") ;;
    range) command=("${slowly[@]}" -R -r $((many / 2)) -u "$URL/openapi.json") ;;
    reading) command=("${slowly[@]}" -X -r "$many" -k 10 -n 1 -z 1 -w 10 -y 20 -u "$URL/openapi.json") ;;
    ours) command=(nice -n 19 "$OUT/tests/slow/dawdle" "${URL##*:}" "$ENDPOINT" "$TOKEN" "$each") ;;
    esac
    setsid bash -c "$again" attack "${command[@]}" > "$SCRATCH/$1.$turn" 2> "$SCRATCH/null" < /dev/null &
    attacker=$!
}
# under NAME COMMAND…: while it is attacked; begins when the attack is in full force, which is how many were connected at best.
under() {
    local name=$1 now
    attack "$name"
    force=0
    for _ in $(seq 60); do
        now=$(gauge hooktrail_connections)
        force=$((now > force ? now : force))
        [ "$force" -lt "$many" ] || break
        [ "$name" != range ] || [ "$force" -lt 10 ] || break
        sleep 0.1
    done
    sleep 1
    "${@:2}"
    sleep "$hold"
    kill -TERM -- "-$attacker"
    wait "$attacker" 2> "$SCRATCH/null"
    attacker=
    for _ in $(seq 100); do [ "$(gauge hooktrail_connections)" -gt 10 ] || break; sleep 0.1; done
}

# compare NAME: the ratio of p99, under attack and without; sets ratio, and adds to ratios; that of the daemon's processor time to work.
compare() {
    local quiet quiet_cpu attacked attacked_cpu
    tail_to quiet
    under "$1" tail_to attacked
    ratio=$(jq -n "$attacked / $quiet * 100 | round / 100")
    ratios+=("$ratio")
    work+=("$(jq -n "$attacked_cpu / $quiet_cpu * 100 | round / 100")")
    diag "$1: p99 $(jq -n "$quiet / 10 | round / 100") ms, under attack $(jq -n "$attacked / 10 | round / 100") ms: $ratio; $force connections; processor $quiet_cpu and $attacked_cpu ms"
}
# summary NUMBERS…: the median, or without SLOW_TURNS the least.
summary() {
    local place=1
    [ -z "$turns" ] || place=$(($# / 2 + 1))
    printf '%s\n' "$@" | sort -n | sed -n "${place}p"
}

init_store
start_daemon --set "request_timeout=${deadline}s" --set "write_timeout=${deadline}s" --set max_streams=200 ||
    { ok 1 'the daemon starts'; done_testing; }
refusals=
deliver 4 0 --warm-up 0 --bodies 3000 # the beginning of each stream: more than a client holds who doesn't read

for name in ${SLOW_ATTACKS:-headers body range reading ours}; do
    ratios=() work=() hold=0 requests=$(hits request) writes=$(hits write) ranges=$(answered openapi 200)
    for turn in $(seq "${turns:-5}"); do
        # Once they stay beyond their deadline.
        [ "$turn" -gt 1 ] || hold=$((deadline + 3))
        compare "$name"
        hold=0
        [ -n "$turns" ] || [ "$(jq -n "$ratio <= 2")" = false ] || break
    done
    typical=$(summary "${ratios[@]}") more=$(summary "${work[@]}")
    ok "$(jq -n "if $typical <= 2 then 0 else 1 end")" "$name: p99 at most doubles ($typical)"
    # Ranges are asked for as fast as they are answered, 200 a second: that is work.
    [ "$name" = range ] || ok "$(jq -n "if $more <= 2 then 0 else 1 end")" "$name: so does what it costs the daemon ($more)"
    requests=$(($(hits request) - requests)) writes=$(($(hits write) - writes)) ranges=$(($(answered openapi 200) - ${ranges:-0}))
    case $name in
    headers | body) ok $((requests >= many ? 0 : 1)) "$name: each is dropped, and counted ($requests)" ;;
    range) ok $((ranges >= many ? 0 : 1)) "range: each is answered as if it had asked for no range ($ranges)" ;;
    reading) ok $((writes >= many ? 0 : 1)) "$name: each is dropped, and counted ($writes)" ;;
    ours)
        ok $((requests >= 2 * each ? 0 : 1)) "ours: who sends is dropped, and counted ($requests)"
        ok $((writes >= 2 * each ? 0 : 1)) "ours: who reads is, too ($writes)"
        while read -r kind dropped soonest latest; do
            [[ $kind == heads || $kind == bodies ]] || continue
            ok "$(jq -n "if $dropped >= $each and $soonest >= $deadline - 0.3 and $latest <= $deadline + 3 then 0 else 1 end")" \
                "ours: $kind are dropped at their deadline ($dropped, after $soonest to $latest s)"
        done < "$SCRATCH/ours.1"
        ;;
    esac
done
is "$refusals" '' 'each delivery is taken'
stop_daemon_well
done_testing
