# An S3 server of the tests' own, which checks signatures: Ceph's RADOS Gateway over one monitor and one memory store.
# Source it behind tests/system/lib.sh, call rgw_start. Tests that run at once share it; it ends, and what it held is gone,
# when the last of them has ended, however that was. About 110 MiB and 3 s.
#
# Everything is in $RGW_DIR, below /tmp so that the paths of sockets stay short.
# shellcheck shell=bash

RGW_KEY=AKIATEST RGW_SECRET=SECRET-that-nobody-may-see

rgw_free_port() { perl -MIO::Socket::INET -e 'print IO::Socket::INET->new(LocalAddr => "127.0.0.1", Listen => 1)->sockport'; }

rgw_configure() { # rgw_configure MONITOR-PORT
    cat > "$RGW_DIR/ceph.conf" << CONF
[global]
fsid = 11111111-2222-3333-4444-555555555555
mon host = [v1:127.0.0.1:$1]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr2 = false
auth cluster required = none
auth service required = none
auth client required = none
run dir = $RGW_DIR/run
admin socket = $RGW_DIR/run/\$name.asok
log file = $RGW_DIR/\$name.log
mon data = $RGW_DIR/mon
osd data = $RGW_DIR/osd
mon data avail crit = 1
mon allow pool size one = true
mon warn on pool no redundancy = false
mon max pg per osd = 1000
# Monitors wait a second for company before they decide anything: making a gateway's pools would take 10 s.
paxos propose interval = 0.01
paxos min wait = 0.01
osd objectstore = memstore
memstore device bytes = 2147483648
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
osd class load list = *
osd class default list = *
osd crush update on start = false
osd class update on start = false
[client.rgw]
rgw data = $RGW_DIR/rgw
rgw enable usage log = false
rgw thread pool size = 8
# Lists come in pages of as many.
rgw max listing results = 25
CONF
}

# rgw_run PROGRAM ARGUMENTS…: in the background, without the test's locks and output; its pid is in $!.
rgw_run() {
    local program=$1
    shift
    setsid "$program" -c "$RGW_DIR/ceph.conf" "$@" > /dev/null 2>> "$RGW_DIR/stderr" < /dev/null {RGW_USE}>&- {RGW_LOCK}>&- &
}

# A monitor that has just begun refuses one request or the other ("wrong fsid").
rgw_ceph() {
    for _ in 1 2 3 4 5 6; do
        timeout 30 "$1" -c "$RGW_DIR/ceph.conf" "${@:2}" 2>> "$RGW_DIR/stderr" && return 0
        sleep 0.2
    done
    return 1
}

# rgw_gateway PORT: one more gateway of the store; its pid is in $!.
rgw_gateway() { rgw_run radosgw -f -n client.rgw --rgw-frontends="beast endpoint=127.0.0.1:$1"; }

rgw_answers() { # rgw_answers PORT PID: waits up to 20 s
    for _ in $(seq 400); do
        curl -s -o /dev/null "127.0.0.1:$1/" && return 0
        kill -0 "$2" 2> /dev/null || return 1
        sleep 0.05
    done
    return 1
}

# rgw_user ID KEY SECRET
rgw_user() {
    rgw_ceph radosgw-admin -n client.rgw user create --uid="$1" --display-name="$1" --access-key="$2" --secret="$3" > /dev/null
}

rgw_launch() {
    local monitor osd
    RGW_DIR=$(mktemp -d /tmp/hooktrail-rgw-XXXXXX)
    mkdir "$RGW_DIR"/{mon,osd,run,rgw}
    monitor=$(rgw_free_port)
    rgw_configure "$monitor"
    monmaptool --create --clobber --fsid 11111111-2222-3333-4444-555555555555 --addv a "[v1:127.0.0.1:$monitor]" \
        "$RGW_DIR/monmap" > "$RGW_DIR/stdout" || return 1
    rgw_ceph ceph-mon -i a --mkfs --monmap "$RGW_DIR/monmap" || return 1
    rgw_run ceph-mon -f -i a
    RGW_PIDS=$!
    osd=$(cat /proc/sys/kernel/random/uuid)
    # The store has to be made under the very id that the monitor has been told.
    rgw_ceph ceph osd new "$osd" > "$RGW_DIR/stdout" && rgw_ceph ceph-osd -i 0 --mkfs --osd-uuid "$osd" &&
        rgw_ceph ceph osd crush add osd.0 1 root=default host=h || return 1
    rgw_run ceph-osd -f -i 0
    RGW_PIDS="$RGW_PIDS $!"
    rgw_user tests "$RGW_KEY" "$RGW_SECRET" && rgw_user others AKIAOTHER OTHER-SECRET || return 1
    for _ in 1 2 3; do
        RGW_PORT=$(rgw_free_port)
        rgw_gateway "$RGW_PORT"
        rgw_answers "$RGW_PORT" $! && RGW_PIDS="$RGW_PIDS $!" && return 0
    done
    return 1
}

# Ends the server once nobody holds $1, the users' lock.
rgw_reap() {
    # shellcheck disable=SC2016 # for the inner shell
    setsid bash -c 'exec 9< "$1"; flock -x 9; kill -9 $3; rm -rf "$2" "$4"' - "$1" "$RGW_DIR" "$RGW_PIDS" "$2" \
        > /dev/null 2>&1 < /dev/null {RGW_USE}>&- {RGW_LOCK}>&- &
}

# Sets RGW_DIR and RGW_PORT, and AWS's variables to it. Keeps the server until this shell and all that it has started end.
rgw_start() {
    local at
    at=$(realpath "$OUT")/rgw
    touch "$at.users"
    exec {RGW_USE}< "$at.users" {RGW_LOCK}> "$at.lock"
    flock -s "$RGW_USE"
    flock -x "$RGW_LOCK"
    # shellcheck disable=SC1090 # made below
    if ! { [ -f "$at.env" ] && . "$at.env" && curl -s -o /dev/null "127.0.0.1:$RGW_PORT/"; }; then
        if rgw_launch; then
            printf 'RGW_DIR=%s RGW_PORT=%s RGW_PIDS="%s"\n' "$RGW_DIR" "$RGW_PORT" "$RGW_PIDS" > "$at.env"
            rgw_reap "$at.users" "$at.env"
        else
            diag "the S3 server doesn't start"
            tail -5 "$RGW_DIR/stderr" | sed 's/^/# /'
            [ -z "${RGW_PIDS:-}" ] || rgw_reap "$at.users" "$at.env"
            return 1
        fi
    fi
    exec {RGW_LOCK}>&-
    export AWS_ACCESS_KEY_ID=$RGW_KEY AWS_SECRET_ACCESS_KEY=$RGW_SECRET AWS_ENDPOINT_URL=http://127.0.0.1:$RGW_PORT
    unset AWS_REGION AWS_DEFAULT_REGION AWS_SESSION_TOKEN AWS_PROFILE AWS_SHARED_CREDENTIALS_FILE AWS_ENDPOINT_URL_S3
}

# s3 METHOD PATH [CURL OPTIONS…]: a request of curl's own ("BUCKET/KEY?QUERY", escaped), with an empty body.
s3() {
    local empty=()
    [[ $1 != P* ]] || empty=(-d '')
    curl -sS -m 20 -X "$1" "${empty[@]}" --aws-sigv4 aws:amz:us-east-1:s3 --user "$RGW_KEY:$RGW_SECRET" "${@:3}" \
        -H 'x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855' \
        "http://127.0.0.1:$RGW_PORT/$2"
}
