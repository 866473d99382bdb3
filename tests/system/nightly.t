#!/bin/bash
# What makes an export one of every night: the units for systemd, the line for cron, the alert, metrics, one line of summary,
# and on a terminal a bar.
. tests/system/lib.sh

skip() { # skip NAME WHY
    TESTS=$((TESTS + 1))
    echo "ok $TESTS - $1 # SKIP $2"
}

# ---- systemd ----

units=$SCRATCH/units
mkdir -p "$units/bin"
cp "$HOOKTRAIL" "$units/bin/hooktrail"
for kind in service timer; do
    sed "s|@PREFIX@|$units|" "packaging/hooktrail-export@.$kind" > "$units/hooktrail-export@nightly.$kind"
done
if command -v systemd-analyze > "$SCRATCH/null"; then
    export SYSTEMD_UNIT_PATH=$units:
    passes 'systemd takes service and timer' systemd-analyze verify --man=no "$units"/hooktrail-export@nightly.{service,timer}
    is "$(cat "$SCRATCH/stderr")" '' 'and has nothing to say'
    passes 'an exposure of 2.0 at most' systemd-analyze security --offline=true --threshold=20 "$units/hooktrail-export@nightly.service"
    mkdir "$SCRATCH/other"
    sed 's/^OnCalendar=.*/OnCalendar=every night/' "$units/hooktrail-export@nightly.timer" > "$SCRATCH/other/hooktrail-export@nightly.timer"
    exits 1 'control: a time that is none' systemd-analyze verify --man=no "$SCRATCH/other/hooktrail-export@nightly.timer"
    sed "s|^ExecStart=[^ ]*|ExecStart=$units/bin/missing|" "$units/hooktrail-export@nightly.service" > "$SCRATCH/other/hooktrail-export@nightly.service"
    exits 1 'control: a program that is not there' systemd-analyze verify --man=no "$SCRATCH/other/hooktrail-export@nightly.service"
    unset SYSTEMD_UNIT_PATH
else
    skip 'the units' 'there is no systemd-analyze'
fi

# ---- cron ----

init_store
"$OUT/benchmarks/fill" --data "$DATA" --count 20000 > "$SCRATCH/null"
mkdir "$SCRATCH/bin"
ln -s "$(realpath "$HOOKTRAIL")" "$SCRATCH/bin/hooktrail"
path=$(sed -n 's|^PATH=/usr/local/bin:|'"$SCRATCH"'/bin:|p' docs/export.md)
line=$(grep -m1 -E '^[0-9]+ [0-9]+ \* \* \* hooktrail hooktrail export ' docs/export.md)
like "$line" '--name nightly' 'the documents have a line for cron'
command=$(cut -d' ' -f7- <<< "$line" | sed "s|/var/lib/hooktrail|$DATA|; s|/srv/warehouse|$SCRATCH/warehouse|")
path=$(sed -n 's/^PATH=//p' docs/export.md) # else cron says /usr/bin:/bin
# shellcheck disable=SC2317 # passes calls it
by_cron() { env -i PATH="${path/\/usr\/local\/bin/$SCRATCH/bin}" HOME="$SCRATCH" SHELL=/bin/sh LANG=C sh -c "$command"; }
passes 'which does it, with what cron leaves of an environment' by_cron
like "$(wc -l < "$SCRATCH/stdout") $(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" '^1 20,000 events \(seq 1 to 20000\), [0-9,]+ rows in [0-9]+ files, [0-9.]+ MiB$' \
    'one line says what was done, and nothing else'
passes 'the night after' by_cron
is "$(cat "$SCRATCH/stdout" "$SCRATCH/stderr")" 'nothing new' 'there was nothing new'
is "$(cli export status | jq -c '[.name, .runs, .events, .behind, .state]')" '["nightly",1,20000,0,"done"]' 'export status tells of it'

# ---- metrics and the alert ----

# shellcheck disable=SC2119 # no options
start_daemon || { ok 1 'the daemon starts'; done_testing; }
mkdir "$SCRATCH/hopeless"
: > "$SCRATCH/hopeless/events"
exits 1 'a first run that fails on its way' "$HOOKTRAIL" export --data "$DATA" --to "$SCRATCH/hopeless" --name hopeless
printf '{"agent_id":"one-more"}' > "$SCRATCH/body"
post "$SCRATCH/body" > "$SCRATCH/null"
api /metrics > "$SCRATCH/metrics"
metric() { sed -n "s/^hooktrail_export_$1{export=\"nightly\"} //p" "$SCRATCH/metrics"; }
like "$(($(date +%s) - $(metric last_success_timestamp_seconds | cut -d. -f1)))" '^[0-9]{1,2}$' 'a metric tells when it was done, a moment ago'
like "$(metric rows) $(metric lag_events)" '^[0-9]{5,}(\.0+)? 1(\.0+)?$' 'how many rows it wrote, and how many events it has yet to take'
like "$(metric lag_seconds)" '^[0-9.]+$' 'and how old the oldest of them is'
like "$(grep '{export="hopeless"}' "$SCRATCH/metrics" | cut -d'{' -f1 | sort | xargs)" \
    '^hooktrail_export_lag_events hooktrail_export_lag_seconds hooktrail_export_rows$' 'of one that never came to its end there is no time, and so no alert'
stop_daemon_well
if command -v promtool > "$SCRATCH/null"; then
    passes 'Prometheus takes the rules' promtool check rules packaging/hooktrail-alerts.yml
    cat > "$SCRATCH/alerts.yml" << X
rule_files: [$PWD/packaging/hooktrail-alerts.yml]
evaluation_interval: 30m
tests:
- interval: 30m
  input_series:
  - series: 'hooktrail_export_last_success_timestamp_seconds{export="nightly"}'
    values: '0x100'
  - series: 'hooktrail_export_last_success_timestamp_seconds{export="punctual"}'
    values: '0x50 90000x50'
  alert_rule_test:
  - {eval_time: 26h, alertname: HooktrailExportLate, exp_alerts: []}
  - eval_time: 27h
    alertname: HooktrailExportLate
    exp_alerts: [{exp_labels: {export: nightly}, exp_annotations: {summary: no export nightly for 26 hours}}]
X
    passes 'no alert for 26 hours without an export, and one after' promtool test rules "$SCRATCH/alerts.yml"
    sed 's/eval_time: 26h/eval_time: 27h/' "$SCRATCH/alerts.yml" > "$SCRATCH/never.yml"
    exits 1 'control: who expects none fails' promtool test rules "$SCRATCH/never.yml"
else
    skip 'the rules' 'there is no promtool'
fi
is "$(sed -n '/^- alert: HooktrailExportLate/,/^```/p' docs/export.md | grep -v '^```')" "$(sed -n 's/^  \(- alert.*\|  [a-z ].*\)/\1/p' packaging/hooktrail-alerts.yml)" \
    'the documents show the same rule'

# ---- on a terminal ----

script -qec "exec $(printf '%q ' "$HOOKTRAIL" export --data "$DATA" --to "$SCRATCH/seen" --no-color)" /dev/null < /dev/null | tr '\r' '\n' > "$SCRATCH/terminal"
like "$(grep -a exporting "$SCRATCH/terminal" | tail -1)" '^exporting \[#+\.*\] +[0-9]+ %  [0-9]+/s  [0-9]+:[0-9][0-9] left' 'a bar with the rate and the rest'
is "$(grep -ao '[0-9]* %' "$SCRATCH/terminal" | cut -d' ' -f1 | sort -nc 2>&1; echo $?)" 0 'that goes forward only, through all tables'
like "$(grep -a . "$SCRATCH/terminal" | tail -1)" '20,001 events' 'and at the end the summary'
done_testing
