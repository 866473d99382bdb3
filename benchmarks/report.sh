#!/bin/bash
# report.sh RESULTS: the table of a file of results (a line of JSON per measurement, as run.sh writes).
set -euo pipefail
jq -rs '
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def round1: . * 10 | round / 10;
def round2: . * 100 | round / 100;
def of($name; $server): map(select(.name == $name and .server == $server));
def pair($all; $name):
    ($all | of($name; "bare")) as $bare | ($all | of($name; "hooktraild")) as $ours |
    ($bare | map(.per_second) | median) as $b | ($ours | map(.per_second) | median) as $o |
    [$name, ($b | round), ($o | round), ($o / $b | round2),
     ($ours | map(.p50_us) | median / 1000 | round2), ($ours | map(.p99_us) | median / 1000 | round2),
     ($bare | map(.cpu_us) | median | round1), ($ours | map(.cpu_us) | median | round1),
     (if $name | startswith("ingest") then ($ours | map(.device_bytes / .payload_bytes) | median | round2) else "" end)];
def one($all; $name): $all | map(select(.name == $name)) | first;
. as $all |
(one($all; "machine") | "machine  \(.cpu), \(.cores) cores, \(.kernel), \(.filesystem), \(.compiler)",
    "commit   \(.commit), \(.date), load average before \(.load_before)\(if .quick then ", QUICK: numbers mean little" else "" end)"),
(one($all; "disk") | "disk     4 KiB append and fdatasync: p50 \(.p50_us) µs, p99 \(.p99_us) µs"),
"",
(["", "bare /s", "hooktraild /s", "ratio", "p50 ms", "p99 ms", "bare CPU µs", "CPU µs", "device B/B"] | @tsv),
($all | map(select(.server == "bare").name) | unique | sort_by(startswith("timeline"), (scan("ingest ([0-9]+)")[0] | tonumber? // 0))
    | .[] | pair($all; .) | @tsv)
' "$1" | column -t -s $'\t' | sed 's| *$||'
echo
jq -rs '
def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;
def round2: . * 100 | round / 100;
def one($all; $name): $all | map(select(.name == $name)) | first;
. as $all |
([$all[] | select(.name == "cost of proof and sealing")] |
    (map(select(.server == "unproven").per_second) | median) as $without |
    (map(select(.server == "hooktraild").per_second) | median) as $with |
    "tree and sealing: \($with | round)/s with, \($without | round)/s without: \((1 - $with / $without) * 100 | round)% of durable throughput, 64 connections"),
(one($all; "open loop, 3000/s") | "open loop, 3000/s: p50 \(.p50_us / 1000 | round2) ms, p99 \(.p99_us / 1000 | round2) ms, p99.9 \(.p999_us / 1000 | round2) ms, answers \(.status)"),
(one($all; "timeline in process") | "timeline in process: mean \(.mean_us) µs, p99 \(.p99_us) µs for \(.body_bytes) bytes"),
(one($all; "fill") | "on disk: trail \(.trail_bytes / .payload_bytes | round2) and index \(.index_bytes / .payload_bytes | round2) bytes per payload byte; written while filling: \(.device_bytes / .payload_bytes | round2)"),
(one($all; "export") | "export: \(.megabytes_per_second | round) MB/s of payload, \(.events_per_second | round) events/s"),
(one($all; "verify") | "verify: \(.events_per_second | round) events/s"),
(one($all; "verify the trail") | "verify of trail and tree alone: \(.events_per_second | round) events/s"),
($all[] | select(.name | startswith("verify ") and .leaves == null and .bytes != null) | "verify of \(.events) events of \(.bytes / .events | round) bytes, trail and tree: \(.events_per_second) events/s"),
(one($all; "proof of inclusion") | "proof of inclusion from \(.leaves) leaves: p50 \(.proof_p50_us) µs, p99 \(.proof_p99_us) µs"),
(one($all; "reindex") | "reindex: \(.events_per_second | round) events/s"),
($all[] | select(.name | startswith("pack ")) | "\(.name): \(.payload_bytes) bytes to a record of \(.record_bytes), ratio \(.ratio), \(.us) µs"),
($all[] | select(.status != null and (.status | keys != ["200"])) | "NOT ALL 200: \(.server) \(.name): \(.status)"),
($all[] | select((.broken // 0) + (.unanswered // 0) > 0) | "BROKEN: \(.server) \(.name): \(.broken) broken, \(.unanswered) unanswered")
' "$1"
