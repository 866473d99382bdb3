#!/bin/sh
# deps.sh build|test|bench …: installs the Debian packages that are missing, naming them first; sudo only when not root.
set -eu

build="gcc make pkg-config libc6-dev libevent-dev liblmdb-dev libsodium-dev libzstd-dev libinih-dev libsmartcols-dev
       libssl-dev libarchive-dev libexpat1-dev libcurl4-openssl-dev libpq-dev zlib1g-dev libsnappy-dev scdoc curl"
test="libcmocka-dev libcjson-dev clang clang-format clang-tidy cppcheck shellcheck mandoc libclang-rt-14-dev llvm-14 systemd valgrind
      perl jq zstd unzip golang-go golang-golang-x-mod-dev strace prometheus procps util-linux e2fsprogs gcovr netcat-openbsd bsdextrautils openssl
      faketime slowhttptest chromium ceph-mon ceph-osd ceph-common radosgw postgresql clickhouse-server"

# Debian starts PostgreSQL and Redis as services; the benchmarks start their own, on folders of their own.
bench="jq curl procps util-linux postgresql redis-server gnuplot-nox wrk"

wanted=
for set in "$@"; do
    case $set in
    build) wanted="$wanted $build" ;;
    test) wanted="$wanted $test" ;;
    bench) wanted="$wanted $bench" ;;
    esac
done

missing=
for package in $wanted; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
case " $* " in
*" test "* | *" bench "*)
    command -v node >/dev/null 2>&1 || missing="$missing nodejs"
    command -v npm >/dev/null 2>&1 || missing="$missing npm"
    ;;
esac
[ -n "$missing" ] || exit 0

echo "installing:$missing" >&2
sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null 2>&1 || {
        echo "deps: not root, and there is no sudo: as root, run: apt-get install$missing" >&2
        exit 1
    }
    sudo=sudo
fi
$sudo apt-get update -qq
# shellcheck disable=SC2086 # the list is words on purpose
$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
