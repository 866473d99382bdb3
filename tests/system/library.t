#!/bin/bash
# make install, then a program of somebody else's that is built against the installed headers with pkg-config, linked
# statically and dynamically; make uninstall leaves nothing.
. tests/system/lib.sh

root=$SCRATCH/root
build=${OUT##*/}
buildroot=${OUT%/*}
passes 'make install' make -s install BUILD="$build" BUILDROOT="$buildroot" DESTDIR="$root" PREFIX=/usr
for file in bin/hooktrail sbin/hooktraild lib/libhooktrail.a lib/libhooktrail.so lib/pkgconfig/hooktrail.pc \
    include/hooktrail/query.h share/man/man1/hooktrail.1 share/man/man5/hooktrail.conf.5 share/man/man8/hooktraild.8 \
    share/bash-completion/completions/hooktrail lib/systemd/system/hooktraild.service share/doc/hooktrail/packaging/hooktrail.conf; do
    [ -e "$root/usr/$file" ]
    ok $? "installs $file"
done
is "$(find "$root/usr/include" -name "embedded*" | wc -l)" 0 'private headers stay at home'
grep -q '@PREFIX@' "$root/usr/lib/systemd/system/hooktraild.service" "$root/usr/lib/pkgconfig/hooktrail.pc"
is $? 1 'no marks are left in installed files'

broken=$(find "$root/usr/share/doc" -name '*.md' | while read -r page; do
    grep -oP '(\]\(|src="|srcset=")\K(?!https?:)[^)"#]+' "$page" | while read -r link; do
        [ -e "$(dirname "$page")/$link" ] || echo "${page##*/}: $link"
    done
done)
is "$broken" '' 'links between the installed documents hold'

export PKG_CONFIG_PATH=$root/usr/lib/pkgconfig PKG_CONFIG_SYSROOT_DIR=$root
# Every public header stands alone.
for header in "$root"/usr/include/hooktrail/*.h; do
    name=$(basename "$header")
    echo "#include <hooktrail/$name>" > "$SCRATCH/one.c"
    gcc -std=c11 -Wall -Wextra -Werror -I"$root/usr/include" -fsyntax-only "$SCRATCH/one.c" ||
        { ok 1 "hooktrail/$name compiles alone"; continue; }
done
ok 0 'public headers compile alone'

# The sysroot is for our own package only: the libraries below it are the machine's.
flags=$(pkg-config --cflags --libs hooktrail)
unset PKG_CONFIG_SYSROOT_DIR
below=$(pkg-config --libs lmdb libsodium libzstd zlib snappy libcrypto libarchive libcurl expat libpq)
# shellcheck disable=SC2086 # flags are words
passes 'the program builds against the shared library' \
    gcc -std=c11 -Wall -Wextra -Werror tests/system/library.c $flags -Wl,-rpath,"$root/usr/lib" -o "$SCRATCH/shared"
# shellcheck disable=SC2086
passes 'and against the static one' gcc -std=c11 -Wall -Wextra -Werror -I"$root/usr/include" tests/system/library.c \
    "$root/usr/lib/libhooktrail.a" $below -pthread -o "$SCRATCH/static"
like "$(ldd "$SCRATCH/shared")" 'libhooktrail\.so\.0' 'the shared one is found by its soname'

init_store
payload='{"agent_id":"a","conversation":{"id":"c-1"},"messages":[{"role":"user","content":"Hello","created_at":"2026-11-24T09:00:00Z"}]}'
for program in shared static; do
    "$SCRATCH/$program" "$DATA" "${payload/Hello/Hello from $program}" c-1 > "$SCRATCH/$program.json" 2> "$SCRATCH/stderr"
    is $? 0 "$program: runs"
    is "$(jq -r '[.items[] | select(.kind == "message")] | last | .content' "$SCRATCH/$program.json")" \
        "Hello from $program" "$program: finds what it stored"
done
exits 2 'a usage error is one' "$SCRATCH/static"
exits 3 'a missing store is not found' "$SCRATCH/static" "$SCRATCH/none" '{}' c-1

# What the documents say of systemd, on what was installed; who is asked for another user does without one.
mkdir -p "$root/etc" "$root/var/lib" "$SCRATCH/bin"
printf '#!/bin/sh\n' > "$SCRATCH/bin/useradd"
cp "$SCRATCH/bin/useradd" "$SCRATCH/bin/systemctl"
printf '#!/bin/sh\nshift 2; exec "$@"\n' > "$SCRATCH/bin/sudo"
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\nfor word; do shift; case $word in -o | -g | hooktrail) ;; *) set -- "$@" "$word" ;; esac; done; exec /usr/bin/install "$@"\n' > "$SCRATCH/bin/install"
chmod 700 "$SCRATCH"/bin/*
sed -n '/^## Running it under systemd/,/^systemctl enable/p' docs/operations.md | sed -n '/^```sh/,$p' | tail -n +2 |
    sed "s| /usr/local/| $root/usr/|g; s| /etc/| $root/etc/|g; s| /var/lib/| $root/var/lib/|g" > "$SCRATCH/steps"
passes 'the documented steps' env PATH="$SCRATCH/bin:$root/usr/bin:/usr/bin:/bin" sh -eu "$SCRATCH/steps"
unit=$root/usr/lib/systemd/system/hooktraild.service
command=$(sed -n "s| /etc/| $root/etc/|; s|^ExecStart=|$root|p" "$unit")
# shellcheck disable=SC2086 # words
HOOKTRAIL_DATA=$root/var/lib/hooktrail $command --listen 127.0.0.1:0 2> "$SCRATCH/daemon.log" &
DAEMON=$!
for _ in $(seq 100); do grep -q 'listening on' "$SCRATCH/daemon.log" && break; sleep 0.1; done
stop_daemon
is "$DAEMON_STATUS $(cut -d: -f1 "$SCRATCH/daemon.log" | xargs)" '0 listening on http stopping' 'then what the unit starts serves'
rm -r "${root:?}/etc" "${root:?}/var"
if command -v systemd-analyze > "$SCRATCH/null"; then
    mkdir "$SCRATCH/units"
    sed "s|^ExecStart=|&$root|" "$unit" > "$SCRATCH/units/hooktraild.service"
    SYSTEMD_UNIT_PATH=$SCRATCH/units: passes 'systemd takes the unit' systemd-analyze verify --man=no "$SCRATCH/units/hooktraild.service"
    is "$(cat "$SCRATCH/stderr")" '' 'and has nothing to say'
fi

# A folder with a blank in its name, beside one of the name before the blank; and a umask that lets nobody else read.
mkdir "$SCRATCH/my"
echo kept > "$SCRATCH/my/own"
# shellcheck disable=SC2317 # passes calls it
spaced() { (umask 077; make -s "$@" BUILD="$build" BUILDROOT="$buildroot" DESTDIR="$SCRATCH/my root" PREFIX=/usr); }
passes 'make install into a folder with a blank' spaced install
is "$(cd "$SCRATCH/my root" && find . | sort | sha256sum)" "$(cd "$root" && find . | sort | sha256sum)" 'installs the same there'
is "$(find "$SCRATCH/my root/usr" ! -perm -a=r | head -5)" '' 'whatever the umask, all can read what is installed'
passes 'make uninstall from there' spaced uninstall
is "$(find "$SCRATCH/my root" ! -type d | head -5) $(cat "$SCRATCH/my/own")" ' kept' 'leaves nothing, and its neighbour alone'

passes 'make uninstall' make -s uninstall DESTDIR="$root" PREFIX=/usr
is "$(find "$root" ! -type d | sort | head -5)" '' 'leaves nothing'
done_testing
