# What report.sh prints, from all lines of a run as one array.

def median: sort | if length == 0 then null elif length % 2 == 1 then .[length / 2 | floor]
    else (.[length / 2 - 1] + .[length / 2]) / 2 end;

# With so many digits behind the point; "-" for nothing.
def fixed($digits):
    if . == null then "-"
    elif $digits == 0 then round | tostring
    else (. * pow(10; $digits) | round | tostring) as $text
        | (if $text | startswith("-") then ["-", $text[1:]] else ["", $text] end) as [$sign, $number]
        | ("0" * ([$digits + 1 - ($number | length), 0] | max) // "") + $number
        | $sign + .[:-$digits] + "." + .[-$digits:] end;

# Lines of a name, of one server or any (null).
def lines($name; $server): map(select(.name == $name and ($server == null or .server == $server)));
def numbers($name; $server; field): [lines($name; $server)[] | field | values];

# A list of measurements: the median, the least, the greatest. Nothing of nothing.
def spread: if length == 0 then empty else {value: median, least: min, most: max} end;

# Two lists measured in turns: the ratio of the medians, the least and the greatest ratio of a round.
def ratio($a; $b):
    [range([($a | length), ($b | length)] | min) | select($b[.] > 0) | $a[.] / $b[.]] as $rounds
    | if ($rounds | length) == 0 or ($b | median) == 0 then empty
      else {value: (($a | median) / ($b | median)), least: ($rounds | min), most: ($rounds | max)} end;

def beside($name; $server; $other; field): ratio(numbers($name; $server; field); numbers($name; $other; field));

# The disk's own p50 beside a measurement; of files in which that isn't said, of the whole run.
def disk($name): numbers("disk"; null; select(.beside == $name) | .p50_us) as $near
    | if ($near | length) > 0 then $near else numbers("disk"; null; .p50_us) end;
# As many of them as there were rounds: the middle one stands for all if there was but one.
def against_disk($name; field): numbers($name; "hooktraild"; field) as $ours | disk($name) as $disk
    | ratio($ours; if ($disk | length) < ($ours | length) then [$ours[] | $disk | median] else $disk end);

# The sizes of the stores that something was measured on, and a field by size.
def sizes($name): [lines($name; null)[] | .stored | values] | [min, max] | select(.[0] != null);
# Growing stores count as one: what is not of the smallest is of the largest.
def at_size($name; $largest; field): sizes($name) as [$small, $large]
    | [lines($name; null)[] | select((.stored == $small) != $largest) | field | values];
def growth($name; field): ratio(at_size($name; true; field); at_size($name; false; field));

def per_payload_byte: (.trail_bytes + .index_bytes) / .payload_bytes;
def ranges: [.[].name | select(startswith("page of 100, "))] | unique;

def row($measure; $sign; $limit; $digits; $unit; found):
    ([found] | first) as $found
    | [$measure,
       (if $sign == "" then "report" else "\($sign) \($limit)\($unit)" end),
       (if $found == null then "not measured" else ($found.value | fixed($digits)) + $unit end),
       (if $found == null then "" else "\($found.least | fixed($digits)) to \($found.most | fixed($digits))" end),
       (if $found == null or $sign == "" then ""
        elif ($sign == "at least" and $found.value >= $limit) or ($sign == "at most" and $found.value <= $limit) then "met"
        else "NOT met" end)];

def targets: . as $all |
    (["measure", "target", "measured", "rounds from", ""],
    row("64 connections: durable requests/s against bare evhttp"; "at least"; 0.55; 2; "";
        beside("ingest 64 connections, 2048 B"; "hooktraild"; "bare"; .per_second)),
    row("256 connections: the same"; "at least"; 0.65; 2; "";
        beside("ingest 256 connections, 2048 B"; "hooktraild"; "bare"; .per_second)),
    row("64 connections: against Fastify + PostgreSQL"; "at least"; 8; 1; " times";
        beside("peers 64 connections"; "hooktraild"; "postgres"; .per_second)),
    row("64 connections: against Fastify + Redis"; "at least"; 2; 1; " times";
        beside("peers 64 connections"; "hooktraild"; "redis"; .per_second)),
    row("1 connection: p50 against the disk's fdatasync p50"; "at most"; 3; 2; " times";
        against_disk("ingest 1 connections, 2048 B"; .p50_us)),
    row("1 connection: requests/s against Fastify + PostgreSQL"; "at least"; 1; 2; " times";
        beside("peers 1 connections"; "hooktraild"; "postgres"; .per_second)),
    row("1 connection: against Fastify + Redis"; "at least"; 1; 2; " times";
        beside("peers 1 connections"; "hooktraild"; "redis"; .per_second)),
    row("open loop at 70 %: p99 against the disk's fdatasync p50"; "at most"; 10; 1; " times";
        against_disk("open loop at 70 %"; .p99_us)),
    row("growth: requests/s in the large store against the small"; "at least"; 0.9; 2; ""; growth("growth"; .per_second)),
    row("bytes on disk per payload byte, taken over HTTP"; "at most"; 0.6; 2; "";
        numbers("on disk"; null; per_payload_byte) | spread),
    row("the same, large store filled in batches of 4,096"; "at most"; 0.6; 2; "";
        [lines("fill"; null)[] | select(.trail_bytes != null)] | max_by(.events) // empty | [per_payload_byte] | spread),
    row("device bytes written per payload byte, 64 connections"; "at most"; 2.5; 2; "";
        numbers("ingest 64 connections, 2048 B"; "hooktraild"; .device_bytes / .payload_bytes) | spread),
    row("timeline of 6 events, 64 connections, against bare evhttp"; "at least"; 0.5; 2; "";
        beside("timeline"; "hooktraild"; "bare"; .per_second)),
    row("timeline in process, large store, cold: mean"; ""; 0; 0; " µs";
        numbers("timeline in process, cold"; null; .mean_us) | spread),
    row("the first one after that"; ""; 0; 0; " µs"; numbers("timeline in process, cold"; null; .first_us) | spread),
    row("the same, warm: mean"; ""; 0; 1; " µs"; at_size("timeline in process, warm"; true; .mean_us) | spread),
    row("warm: large store against the small"; "at most"; 1.3; 2; " times"; growth("timeline in process, warm"; .mean_us)),
    row("page of 100 in the large store: p99 of the worst range"; "at most"; 5; 2; " ms";
        [ranges[] as $name | $all | at_size($name; true; .p99_us / 1000) | spread] | max_by(.value) // empty),
    row("the worst range's p50: large store against the small"; "at most"; 1.3; 2; " times";
        [ranges[] as $name | $all | growth($name; .p50_us)] | max_by(.value) // empty),
    row("export NDJSON, a second of one core: payload"; "at least"; 300; 0; " MB";
        numbers("export"; null; .megabytes_per_cpu_second) | spread),
    row("export Parquet, zstd, a second of one core: events"; "at least"; 100000; 0; "";
        numbers("export Parquet, zstd"; null; .events_per_cpu_second) | spread),
    row("its files against those of NDJSON, zstd"; "at most"; 1; 2; " times";
        ratio(numbers("export Parquet, zstd, files"; null; .file_bytes);
              numbers("export NDJSON, zstd, files"; null; .file_bytes))),
    row("export to PostgreSQL against COPY of the same rows: rows/s"; "at least"; 0.7; 2; "";
        ratio(numbers("export to PostgreSQL"; null; .events_per_second);
              numbers("COPY into PostgreSQL"; null; .events_per_second))),
    row("export, memory"; "at most"; 256; 1; " MiB"; at_size("memory, export"; true; .kilobytes / 1024) | spread),
    row("the same against the small store"; ""; 0; 2; " times"; growth("memory, export"; .kilobytes)),
    row("ingest beside an export against without: p99"; "at most"; 2; 2; " times";
        ratio(numbers("ingest beside an export"; null; .p99_us); numbers("ingest without an export"; null; .p99_us))),
    row("export NDJSON against PostgreSQL COPY out of a table"; "at least"; 5; 1; " times";
        ratio(numbers("export"; null; .megabytes_per_second); numbers("export by COPY"; null; .megabytes_per_second))),
    row("reindex: events/s"; "at least"; 200000; 0; ""; numbers("reindex"; null; .events_per_second) | spread),
    row("verify: events/s"; "at least"; 200000; 0; ""; numbers("verify"; null; .events_per_second) | spread),
    row("memory, 256 readers, large store"; "at most"; 64; 1; " MiB";
        numbers("memory, 256 readers"; null; .kilobytes / 1024) | spread),
    row("memory, 256 writers, large store"; "at most"; 64; 1; " MiB";
        numbers("memory, 256 writers"; null; .kilobytes / 1024) | spread),
    row("ready after kill -9, large store"; "at most"; 200; 0; " ms";
        numbers("start after kill -9"; null; .ready_ms) | spread),
    row("the same, its files not in the page cache"; ""; 0; 0; " ms";
        numbers("start after kill -9, cold"; null; .ready_ms) | spread),
    row("idle: CPU"; "at most"; 1; 2; " ms/s"; numbers("idle"; null; .cpu_ms_per_second) | spread),
    row("idle: wake-ups per second and thread"; "at most"; 1; 2; "";
        numbers("idle"; null; .wakes_per_second / (.threads // 1)) | spread))
    | @tsv;

def machine:
    (lines("machine"; null) | first) as $m | (lines("versions of the peers"; null) | first) as $peers |
    "machine  \($m.cpu), \($m.cores) cores, \($m.memory // "?"), \($m.kernel), \($m.filesystem), \($m.compiler)",
    "commit   \($m.commit), \($m.date), load average before \($m.load_before)"
        + (if $m.quick then ", QUICK: numbers mean little" else "" end)
        + (if $m.shared then ", machine shared with others" else "" end),
    (if $peers == null then empty else
        "peers    \($peers.postgres); \($peers.redis); node \($peers.node), " +
        ([$peers.packages | to_entries[] | "\(.key) \(.value)"] | join(", ")) end);

def columns($all; $name; $server):
    ($all | lines($name; $server)) as $lines | $lines |
    [$name, $server, (map(.per_second) | median | fixed(0)), (map(.per_second) | "\(min | fixed(0)) to \(max | fixed(0))"),
     (map(.p50_us) | median / 1000 | fixed(2)), (map(.p99_us) | median / 1000 | fixed(2)),
     (map(.cpu_us) | median | fixed(1)),
     (if any(.device_bytes > 0) then map(.device_bytes / .payload_bytes) | median | fixed(2) else "" end)];

def compared($names; $servers): . as $all |
    if any(.[]; .name as $n | $names | index($n)) then . else empty end |
    ["", "server", "requests/s", "rounds from", "p50 ms", "p99 ms", "CPU µs", "device B/B"],
    ($names[] as $name | $servers[] as $server | select($all | lines($name; $server) | length > 0)
        | columns($all; $name; $server)) | @tsv;

def named($start): [.[].name | select(startswith($start))] | unique | sort_by([scan("[0-9]+") | tonumber]);
def beside_bare: compared([named("ingest ")[] | select(test("^ingest [0-9]"))] + ["timeline"]; ["bare", "hooktraild"]);
def beside_peers: compared(named("peers "); ["hooktraild", "postgres", "redis"]);

def page_table: . as $all
    | if (ranges | length) > 0 then . else empty end
    | ["", "events stored", "p50 ms", "p99 ms", "max ms", "bytes"],
    (ranges[] as $name | ([lines($name; null)[].stored] | unique)[] as $stored
        | [$all[] | select(.name == $name and .stored == $stored)]
        | [$name, $stored, (map(.p50_us / 1000) | median | fixed(2)), (map(.p99_us / 1000) | median | fixed(2)),
           (map(.max_us / 1000) | max | fixed(2)), (map(.body_bytes) | median | fixed(0))]) | @tsv;

def cost: numbers("cost of proof and sealing"; "unproven"; .per_second) as $without
    | numbers("cost of proof and sealing"; "hooktraild"; .per_second) as $with
    | if ($with | length) == 0 or ($without | length) == 0 then empty else
        "tree and sealing: \($with | median | fixed(0))/s with, \($without | median | fixed(0))/s without: "
        + "\((1 - ($with | median) / ($without | median)) * 100 | fixed(0)) % of durable throughput, 64 connections" end;

def open_loop: .[] | select(.name | startswith("open loop"))
    | "\(.name), \(.rate)/s: p50 \(.p50_us / 1000 | fixed(2)) ms, p99 \(.p99_us / 1000 | fixed(2)) ms, "
        + "p99.9 \(.p999_us / 1000 | fixed(2)) ms";

def in_process: .[] | select(.name | startswith("timeline in process"))
    | "\(.name), \(.stored // "?") events stored: mean \(.mean_us) µs, p99 \(.p99_us) µs for \(.body_bytes) bytes";

def runs: . as $all | ("export", "export Parquet, zstd", "export NDJSON, zstd", "export by COPY", "export to PostgreSQL",
        "COPY into PostgreSQL", "verify", "verify the trail", "reindex") as $name
    | [$all[] | select(.name == $name)] | select(length > 0)
    | "\($name): \(map(.events_per_second) | median | fixed(0)) events/s"
        + ([.[].megabytes_per_second | values]
            | if length > 0 then ", \(median | fixed(0)) MB/s of payload" else "" end)
        + ([.[].megabytes_per_cpu_second | values]
            | if length > 0 then ", \(median | fixed(0)) MB per second of CPU" else "" end)
        + ([.[].events_per_cpu_second | values]
            | if length > 0 then ", \(median | fixed(0)) events" else "" end);

def wrk: numbers("wrk or load"; "bare"; .per_second) as $ours | numbers("wrk or load"; "wrk"; .per_second) as $theirs
    | [ratio($ours; $theirs)] | first // empty
    | "load against wrk, on bare evhttp: \($ours | median | fixed(0))/s and \($theirs | median | fixed(0))/s, "
        + "ratio \(.value | fixed(2)) (\(.least | fixed(2)) to \(.most | fixed(2)))";

def proofs:
    (.[] | select((.name | startswith("verify ")) and .leaves == null and .bytes != null)
        | "verify of \(.events) events of \(.bytes / .events | fixed(0)) bytes, trail and tree: "
            + "\(.events_per_second) events/s"),
    (lines("proof of inclusion"; null)[]
        | "proof of inclusion from \(.leaves) leaves: p50 \(.proof_p50_us) µs, p99 \(.proof_p99_us) µs");

def fills: .[] | select((.name == "fill" or .name == "on disk") and .trail_bytes != null and .payload_bytes > 0)
    | "\(.name), \(.events) events: trail \(.trail_bytes / .payload_bytes | fixed(2)) and index "
        + "\(.index_bytes / .payload_bytes | fixed(2)) bytes per payload byte"
        + (if .seconds then ", \(.events / .seconds | fixed(0)) events/s" else "" end);

def packing: .[] | select(.name | startswith("pack "))
    | "\(.name): \(.payload_bytes) bytes to a record of \(.record_bytes), ratio \(.ratio), \(.us) µs";

def wrong: .[] |
    (select(.status != null and (.status | keys != ["200"])) | "NOT ALL 200: \(.server) \(.name): \(.status)"),
    (select((.broken // 0) + (.unanswered // 0) > 0)
        | "BROKEN: \(.server) \(.name): \(.broken) broken, \(.unanswered) unanswered");

def disks: numbers("disk"; null; .p50_us) | spread
    | "disk, 4 KiB and fdatasync: p50 \(.value | fixed(0)) µs (\(.least | fixed(0)) to \(.most | fixed(0)))";

def others: disks, cost, open_loop, in_process, runs, fills, proofs, wrk, packing, wrong;

# ---- for plot.sh ----

def triple: if length == 0 then ["-", "-", "-"] else [median, min, max] end;

# Connections, then median, least and greatest of: bare, hooktraild, PostgreSQL, Redis.
def throughput: . as $all | (1, 64, 256) as $connections
    | ($all | numbers("ingest \($connections) connections, 2048 B"; "bare"; .per_second)) as $bare
    | ($all | numbers("ingest \($connections) connections, 2048 B"; "hooktraild"; .per_second)) as $ours
    | ($all | numbers("peers \($connections) connections"; "hooktraild"; .per_second)) as $beside
    | ($all | numbers("peers \($connections) connections"; "postgres"; .per_second)) as $postgres
    | ($all | numbers("peers \($connections) connections"; "redis"; .per_second)) as $redis
    | select($bare + $ours + $beside | length > 0)
    | ["\($connections) connection\(if $connections > 1 then "s" else "" end)"]
        + ($bare | triple) + ((if ($ours | length) > 0 then $ours else $beside end) | triple)
        + ($postgres | triple) + ($redis | triple) | map(tostring) | join("\t");

def growing:
    ([growth("growth"; .per_second)] | first // empty | "\"requests/s\" \(.value)"),
    ([growth("timeline in process, warm"; .mean_us)] | first // empty | "\"µs of a timeline, warm\" \(.value)"),
    (ranges[] as $name | [growth($name; .p50_us)] | first // empty | "\"ms of a \($name)\" \(.value)");
