# For whole-program tests that need ClickHouse: a server of their own (Debian's 18.16), on a port of the loopback. Source it
# behind lib.sh.
# shellcheck shell=bash disable=SC2154,SC2034 # $SCRATCH and what tests use
CLICKHOUSE_SERVER=$(command -v clickhouse-server || echo /usr/sbin/clickhouse-server)
CLICKHOUSE_DIR=$SCRATCH/clickhouse
CLICKHOUSE_PORT=$(free_port)
CLICKHOUSE=

# Starts it: "default" may do anything without a password, "guest" needs one ("open sesame@/").
make_clickhouse() {
    [ -x "$CLICKHOUSE_SERVER" ] || { echo 'Bail out! clickhouse-server is missing: make deps-test'; exit 1; }
    mkdir "$CLICKHOUSE_DIR"
    cat > "$CLICKHOUSE_DIR/config.xml" << X
<yandex>
  <logger><level>warning</level><console>1</console></logger>
  <listen_host>127.0.0.1</listen_host><http_port>$CLICKHOUSE_PORT</http_port>
  <path>$CLICKHOUSE_DIR/data/</path><tmp_path>$CLICKHOUSE_DIR/tmp/</tmp_path>
  <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
  <mark_cache_size>16777216</mark_cache_size>
</yandex>
X
    cat > "$CLICKHOUSE_DIR/users.xml" << 'X'
<yandex>
  <profiles><default/></profiles><quotas><default/></quotas>
  <users>
    <default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default>
    <guest><password>open sesame@/</password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></guest>
  </users>
</yandex>
X
    start_clickhouse
}

start_clickhouse() {
    "$CLICKHOUSE_SERVER" --config-file="$CLICKHOUSE_DIR/config.xml" > "$CLICKHOUSE_DIR/log" 2>&1 &
    CLICKHOUSE=$!
    AT_END+=(kill_clickhouse)
    for _ in $(seq 1200); do
        [ "$(clicksql 'SELECT 1' 2> /dev/null)" = 1 ] && return
        sleep 0.05
    done
    diag "$(tail -5 "$CLICKHOUSE_DIR/log")"
    echo 'Bail out! ClickHouse did not start'
    exit 1
}

kill_clickhouse() {
    [ -n "$CLICKHOUSE" ] || return 0
    kill -9 "$CLICKHOUSE" 2> /dev/null
    wait "$CLICKHOUSE" 2> /dev/null
    CLICKHOUSE=
}

clicksql() { curl -sS "http://127.0.0.1:$CLICKHOUSE_PORT/" --data-binary "$1"; }
