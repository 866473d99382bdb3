# hooktrail: build, test, run. `make help` lists the targets.

VERSION   := 0.1.0
SOVERSION := 0
BUILD     ?= release
BUILDROOT ?= build
OUT       := $(BUILDROOT)/$(BUILD)
CC        := $(if $(filter default,$(origin CC)),gcc,$(CC))

PREFIX     ?= /usr/local
DESTDIR    ?=
BINDIR     := $(DESTDIR)$(PREFIX)/bin
SBINDIR    := $(DESTDIR)$(PREFIX)/sbin
LIBDIR     := $(DESTDIR)$(PREFIX)/lib
INCLUDEDIR := $(DESTDIR)$(PREFIX)/include/hooktrail
MANDIR     := $(DESTDIR)$(PREFIX)/share/man
DOCDIR     := $(DESTDIR)$(PREFIX)/share/doc/hooktrail
BASHDIR    := $(DESTDIR)$(PREFIX)/share/bash-completion/completions
UNITDIR    := $(DESTDIR)$(PREFIX)/lib/systemd/system

.DEFAULT_GOAL := all

# ---- libraries, by program (all from Debian 12) ----

LIB_PACKAGES    := lmdb libsodium libzstd zlib snappy libcrypto libarchive libcurl expat libpq
CLI_PACKAGES    := smartcols libcurl
SERVER_PACKAGES := libevent_core libevent_extra libevent_openssl libevent_pthreads libssl inih zlib libcurl
PACKAGES        := $(LIB_PACKAGES) $(CLI_PACKAGES) $(SERVER_PACKAGES)

# Goals that need no library at all.
NO_LIBRARIES := help clean deps deps-test deps-bench run demo test format uninstall page page-check
ifneq ($(filter-out $(NO_LIBRARIES),$(or $(MAKECMDGOALS),all)),)
MISSING := $(shell for p in $(PACKAGES); do pkg-config --exists $$p 2>/dev/null || echo $$p; done)
ifneq ($(strip $(MISSING)),)
$(error missing libraries: $(strip $(MISSING)). `make deps` installs what hooktrail needs)
endif
endif

LIB_LIBS    := $(shell pkg-config --libs $(LIB_PACKAGES) 2>/dev/null)
CLI_LIBS    := $(shell pkg-config --libs $(CLI_PACKAGES) 2>/dev/null)
SERVER_LIBS := $(shell pkg-config --libs $(SERVER_PACKAGES) 2>/dev/null)

# ---- flags ----

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wcast-qual -Wvla \
            -Wswitch-enum -Wpointer-arith -Wundef -Wwrite-strings -Wredundant-decls -Wnull-dereference
WERROR   ?= $(if $(CI),-Werror)

CFLAGS_release  := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
# Without Merkle tree and sealing: only to measure what these two cost.
CFLAGS_unproven := $(CFLAGS_release) -DHOOKTRAIL_UNPROVEN
CFLAGS_debug    := -O0 -g3
# Sanitizers name files and lines: all that their stacks want of the debugging information.
CFLAGS_asan     := -O1 -g1 -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan     := -O1 -g1 -fsanitize=thread
CFLAGS_cover    := -O0 --coverage
CFLAGS_fuzz     := -O1 -g1 -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all
CFLAGS_fuzzcover := -O0 -g -fsanitize=fuzzer-no-link -fprofile-instr-generate -fcoverage-mapping
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_unproven := $(LDFLAGS_release)
LDFLAGS_asan    := -fsanitize=address,undefined
LDFLAGS_tsan    := -fsanitize=thread
LDFLAGS_cover   := --coverage
LDFLAGS_fuzz    := -fsanitize=address,undefined
LDFLAGS_fuzzcover := -fprofile-instr-generate
ifneq ($(filter fuzz fuzzcover,$(BUILD)),)
CC := clang
endif

ALL_CFLAGS  := -std=c11 -D_GNU_SOURCE -DHOOKTRAIL_VERSION='"$(VERSION)"' -Iinclude -fPIC -pthread $(WARNINGS) $(WERROR) \
               $(CFLAGS_$(BUILD)) $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null) $(CFLAGS) -MMD -MP
ALL_LDFLAGS := -pthread $(LDFLAGS_$(BUILD)) $(LDFLAGS)

# `make V=1` shows the commands.
Q   := $(if $(V),,@)
say  = $(if $(V),,@echo '  $(1)  $@')

# ---- what is built from what ----

LIB_SRC    := $(wildcard store/*.c query/*.c query/export/*.c query/bundle/*.c)
CLI_SRC    := $(wildcard query/cli/*.c)
SERVER_SRC := $(wildcard server/*.c)
TEST_SRC   := $(wildcard tests/unit/test_*.c)
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
BENCH_SRC  := $(wildcard benchmarks/*.c)
CRASH_SRC  := $(wildcard tests/crash/*.c)
BENCH_LIB  := $(wildcard benchmarks/common/*.c)

LIB_OBJ    := $(LIB_SRC:%.c=$(OUT)/%.o) $(OUT)/embed/dictionary.o $(OUT)/embed/bundle.o
CLI_OBJ    := $(CLI_SRC:%.c=$(OUT)/%.o) $(OUT)/embed/samples.o
SERVER_OBJ := $(SERVER_SRC:%.c=$(OUT)/%.o) $(OUT)/embed/openapi.o $(OUT)/embed/page.o
UNIT_TESTS := $(TEST_SRC:%.c=$(OUT)/%)
FUZZERS    := $(FUZZ_SRC:%.c=$(OUT)/%)
VERDICT    := $(OUT)/tests/json/verdict
PAGES      := $(OUT)/tests/soak/pages
DAWDLE     := $(OUT)/tests/slow/dawdle
BENCHES    := $(BENCH_SRC:%.c=$(OUT)/%)
BENCH_OBJ  := $(BENCH_LIB:%.c=$(OUT)/%.o)
CRASH_OBJ  := $(CRASH_SRC:%.c=$(OUT)/%.o)
CRASH_TOOLS := $(addprefix $(OUT)/tests/crash/,replay inspect deliver shutdown record.so inject.so starve.so careless.so)

LIB_A  := $(OUT)/libhooktrail.a
LIB_SO := $(OUT)/libhooktrail.so.$(SOVERSION)

all: $(OUT)/hooktrail $(OUT)/hooktraild $(LIB_SO)

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(call say,cc)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# Which tells the version.
$(OUT)/store/status.o: Makefile

$(OUT)/embed/%.o: $(OUT)/embed/%.c
	$(call say,cc)
	$(Q)$(CC) $(ALL_CFLAGS) -c $< -o $@

# Files that the programs carry within: arrays of their bytes (scripts/embed.sh).
$(OUT)/embed/dictionary.c: $(sort $(wildcard store/dictionaries/*.zdict)) scripts/embed.sh
	@mkdir -p $(@D)
	scripts/embed.sh dictionary $(filter %.zdict,$^) > $@
$(OUT)/embed/bundle.c: $(sort $(wildcard query/bundle/*.txt)) scripts/embed.sh
	@mkdir -p $(@D)
	scripts/embed.sh bundle $(filter %.txt,$^) > $@
$(OUT)/embed/samples.c: $(sort $(wildcard tests/fixtures/sales-day/*.json)) scripts/embed.sh
	@mkdir -p $(@D)
	scripts/embed.sh samples $(filter %.json,$^) > $@
$(OUT)/embed/openapi.c: server/openapi.json scripts/embed.sh
	@mkdir -p $(@D)
	scripts/embed.sh openapi $(filter %.json,$^) > $@
# Folders change when a file comes or goes.
PAGE_FOLDERS := server/page/dist server/page/dist/assets
PAGE_FILES   := $(sort $(wildcard $(foreach folder,$(PAGE_FOLDERS),$(addprefix $(folder)/*.,html js css svg png webmanifest))))
$(OUT)/embed/page.c: $(PAGE_FILES) $(PAGE_FOLDERS) scripts/embed.sh
	@mkdir -p $(@D)
	scripts/embed.sh page $(PAGE_FILES) > $@

$(LIB_A): $(LIB_OBJ)
	@rm -f $@
	$(call say,ar)
	$(Q)ar rcs $@ $^

$(LIB_SO): $(LIB_OBJ)
	$(call say,ld)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,$(@F) $^ -o $@ $(LIB_LIBS)

$(OUT)/hooktrail: $(CLI_OBJ) $(LIB_A)
	$(call say,ld)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(CLI_LIBS) $(LIB_LIBS)

$(OUT)/hooktraild: $(SERVER_OBJ) $(LIB_A)
	$(call say,ld)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(SERVER_LIBS) $(LIB_LIBS)

# Unit tests of the daemon's or the tool's own parts link those too, all but their main.
TESTED_OBJ := $(filter-out %/main.o,$(SERVER_OBJ) $(CLI_OBJ))
$(OUT)/libtested.a: $(TESTED_OBJ)
	@rm -f $@
	$(call say,ar)
	$(Q)ar rcs $@ $^

$(OUT)/tests/unit/test_%: tests/unit/test_%.c $(OUT)/libtested.a $(LIB_A)
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.a,$^) -o $@ -lcmocka -lcjson $(SERVER_LIBS) $(CLI_LIBS) $(LIB_LIBS)

$(VERDICT): $(OUT)/%: %.c $(LIB_A)
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.a,$^) -o $@ $(LIB_LIBS)

$(PAGES) $(DAWDLE): $(OUT)/%: %.c
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $< -o $@ $(LIB_LIBS)

$(OUT)/tests/fuzz/fuzz_%: tests/fuzz/fuzz_%.c $(OUT)/libtested.a $(LIB_A)
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) -fsanitize=fuzzer $(ALL_LDFLAGS) $(filter %.c %.a,$^) -o $@ $(SERVER_LIBS) $(CLI_LIBS) $(LIB_LIBS)

$(OUT)/benchmarks/%: benchmarks/%.c $(BENCH_OBJ) $(LIB_A)
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.o %.a,$^) -o $@ $(SERVER_LIBS) $(LIB_LIBS) -lm

# Tools of the crash tests: programs, and libraries to be preloaded into ours.
crash = $(addprefix $(OUT)/tests/crash/,$(1:=.o))
$(OUT)/tests/crash/replay: $(call crash,replay disk image check world) $(LIB_A)
$(OUT)/tests/crash/inspect: $(call crash,inspect acks check) $(LIB_A)
$(OUT)/tests/crash/deliver: $(call crash,deliver acks check) $(LIB_A)
$(OUT)/tests/crash/shutdown: $(call crash,shutdown)
$(OUT)/tests/crash/record.so: $(call crash,watch record)
$(OUT)/tests/crash/inject.so: $(call crash,watch inject)
$(OUT)/tests/crash/starve.so: $(call crash,starve)
$(OUT)/tests/crash/careless.so: $(call crash,careless)
$(filter-out %.so,$(CRASH_TOOLS)):
	$(call say,ld)
	$(Q)$(CC) $(ALL_LDFLAGS) $^ -o $@ $(LIB_LIBS)
$(filter %.so,$(CRASH_TOOLS)):
	$(call say,ld)
	$(Q)$(CC) $(ALL_LDFLAGS) -shared $^ -o $@
crash-tools: $(CRASH_TOOLS)

# Programs that drive parts of an export, for its tests.
EXPORT_TOOLS := $(addprefix $(OUT)/tests/export/,write place feed)
$(OUT)/tests/export/feed: tests/export/rows.c
$(OUT)/tests/export/%: tests/export/%.c $(LIB_A)
	@mkdir -p $(@D)
	$(call say,ld)
	$(Q)$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(filter %.c %.a,$^) -o $@ $(LIB_LIBS)
export-tools: $(EXPORT_TOOLS)

# ---- the page ----

# Its bundle is committed, so that the build needs no Node; `make lint` says when it is stale.
page: server/page/node_modules/.package-lock.json ## bundle the page's sources into server/page/dist (needs Node 20)
	node server/page/build.mjs
server/page/node_modules/.package-lock.json: server/page/package-lock.json
	npm ci --prefix server/page --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@
page-check: ## whether server/page/dist is what its sources make; needs no Node
	@scripts/page-check.sh

# ---- manual pages ----

MAN_SRC := $(wildcard docs/man/*.scd)
MAN     := $(MAN_SRC:docs/man/%.scd=$(BUILDROOT)/man/%)
$(BUILDROOT)/man/%: docs/man/%.scd
	@mkdir -p $(@D)
	scdoc < $< > $@
man: $(MAN) ## build the manual pages (needs scdoc)

# ---- run, try ----

deps: ## install what hooktrail needs to be built (Debian 12)
	@scripts/deps.sh build
deps-test: ## install what the tests need as well
	@scripts/deps.sh build test
deps-bench: ## install what the benchmarks compare with: PostgreSQL, Redis; wrk, gnuplot
	@scripts/deps.sh build bench

run: deps ## install what is missing, build, set up, start on 127.0.0.1:8787
	@$(MAKE) --no-print-directory all
	@scripts/run.sh $(OUT)

demo: deps ## a user's day on a temporary directory, in under 10 seconds
	@$(MAKE) --no-print-directory all
	@scripts/demo.sh $(OUT)

# ---- test ----

test: deps-test ## install what tests need, then everything: units, programs, sanitizers, short fuzzing and crash test
	@scripts/test.sh

# Tests wait for the disk and for clocks: twice as many at once as there are cores, and first those that take longest.
TEST_JOBS    ?= $(shell expr 2 '*' $$(nproc))
SYSTEM_TESTS ?= $(sort $(wildcard tests/system/*.t))
LONGEST      := %/test_verify_flips %/page.t %/slow.t %/soak.t %/refused.t %/session.t %/log.t
longest_first = $(filter $(LONGEST),$(1)) $(filter-out $(LONGEST),$(1))

unit: $(UNIT_TESTS) ## unit tests of BUILD
	@CMOCKA_MESSAGE_OUTPUT=TAP prove -j$(TEST_JOBS) --timer --exec '' $(call longest_first,$(UNIT_TESTS))

system: all npm crash-tools export-tools $(OUT)/benchmarks/fill $(OUT)/benchmarks/load $(VERDICT) $(PAGES) $(DAWDLE) ## whole-program tests of BUILD
	@HOOKTRAIL_OUT=$(abspath $(OUT)) prove -j$(TEST_JOBS) --timer $(call longest_first,$(SYSTEM_TESTS))

npm: tests/node_modules/.package-lock.json
tests/node_modules/.package-lock.json: tests/package-lock.json
	npm ci --prefix tests --no-audit --no-fund --ignore-scripts --loglevel=error
	@touch $@

crash: all npm crash-tools $(OUT)/benchmarks/fill ## 1,000 kills (KILLS), 10,000 power cuts (IMAGES), 100 of a real disk (CUTS), each failure and allocation (FAILURES, ALLOCATIONS)
	@HOOKTRAIL_OUT=$(abspath $(OUT)) KILLS=$(or $(KILLS),1000) IMAGES=$(or $(IMAGES),10000) CUTS=$(or $(CUTS),100) \
	    FAILURES=$(or $(FAILURES),all) STEPS=$(or $(STEPS),all) RESTARTS=$(or $(RESTARTS),50) EVENTS=$(or $(EVENTS),200000) \
	    DAMAGES=$(or $(DAMAGES),100) ALLOCATIONS=$(or $(ALLOCATIONS),all) LIMITS=$(or $(LIMITS),60) prove -v --timer $(CRASH_TESTS)
CRASH_TESTS ?= $(addprefix tests/system/,crash.t power.t shutdown.t failing.t init.t restart.t rebuild.t starving.t tight.t)

hangup: ## 100,000 requests by clients that hang up (HANGUPS), under ASan and UBSan, under TSan; 5,000 under memcheck
	@$(MAKE) --no-print-directory BUILD=asan hangup-run
	@$(MAKE) --no-print-directory BUILD=tsan hangup-run
	@$(MAKE) --no-print-directory BUILD=debug hangup-run VALGRIND=1 HANGUPS=5000
hangup-run: all
	@HOOKTRAIL_OUT=$(abspath $(OUT)) HANGUPS=$(or $(HANGUPS),100000) STOPS=$(or $(STOPS),10) VALGRIND=$(VALGRIND) \
	    prove -v --timer tests/system/hangup.t

soak: all npm $(PAGES) ## an hour (SOAK_SECONDS) at 2,000 deliveries/s (SOAK_RATE) while readers are killed; wants 20 GB in TMPDIR
	@HOOKTRAIL_OUT=$(abspath $(OUT)) SOAK_SECONDS=$(or $(SOAK_SECONDS),3600) SOAK_RATE=$(or $(SOAK_RATE),2000) \
	    prove -v --timer tests/system/soak.t

slow: all npm $(DAWDLE) $(OUT)/benchmarks/load ## slow clients against another's p99: the median of SLOW_TURNS (9) turns of SLOW_SECONDS (10); data without end
	@HOOKTRAIL_OUT=$(abspath $(OUT)) SLOW_TURNS=$(or $(SLOW_TURNS),9) SLOW_SECONDS=$(or $(SLOW_SECONDS),10) ENDLESS_MS=20000 \
	    prove -v --timer tests/system/slow.t tests/system/endless.t

nightly: all npm export-tools $(OUT)/benchmarks/fill ## exports to every target, killed (KILLS, 67 hits each); 1,000,000 events (EVENTS) on their round trip; wants 12 GB in TMPDIR
	@HOOKTRAIL_OUT=$(abspath $(OUT)) KILLS=$(or $(KILLS),67) EVENTS=$(or $(EVENTS),1000000) \
	    prove -v --timer tests/system/warehouse.t tests/system/million.t
page-test: all npm $(OUT)/benchmarks/fill ## the page in Chromium: PARTS of its tests, each hostile string in each view (HOSTILE=all)
	@HOOKTRAIL_OUT=$(abspath $(OUT)) PARTS="$(PARTS)" HOSTILE=$(or $(HOSTILE),all) prove -v --timer tests/system/page.t
page-bench: all npm $(OUT)/benchmarks/fill ## the page on a store of 1,000,000 events (EVENTS; FILLED: a folder to keep it in)
	@HOOKTRAIL_OUT=$(abspath $(OUT)) PARTS=scale EVENTS=$(or $(EVENTS),1000000) $(if $(FILLED),FILLED="$(FILLED)") prove -v --timer tests/system/page.t
page-shots: all npm ## pictures of the page's views, into docs/page (needs pngquant, fonts-inter)
	@HOOKTRAIL_OUT=$(abspath $(OUT)) FONTCONFIG_FILE=$(abspath tests/page/fonts.conf) PARTS=views SCREENSHOTS=docs/page \
	    prove -v --timer tests/system/page.t
	@pngquant --force --ext .png --skip-if-larger --speed 1 96 docs/page/*.png || [ $$? = 98 ]

agree: $(VERDICT) ## the JSON scanner against Node's on 1,000,000 generated texts (TEXTS, SEED)
	@node tests/json/agree.mjs $(VERDICT) $(or $(TEXTS),1000000) $(or $(SEED),1)

fuzz: ## every fuzz target, or those that FUZZ names, for FUZZ_SECONDS (3600), as many at once as -j says
	@$(MAKE) --no-print-directory --keep-going BUILD=fuzz fuzz-run
FUZZED := $(if $(FUZZ),$(FUZZ:%=$(OUT)/tests/fuzz/fuzz_%),$(FUZZERS))
fuzz-run: $(FUZZED:%=%.run)
$(FUZZERS:%=%.run): %.run: %
	@scripts/fuzz.sh $(OUT) $(or $(FUZZ_SECONDS),3600) $(@F:fuzz_%.run=%)
fuzz-cover: ## what the fuzz targets' corpora, with what `make fuzz` has grown, reach of the sources that each is for
	@$(MAKE) --no-print-directory BUILD=fuzzcover fuzz-cover-run
fuzz-cover-run: $(FUZZERS)
	@scripts/fuzz-cover.sh $(OUT) $(BUILDROOT)/fuzz/corpus $(FUZZ)

cover: ## line coverage of store/ and query/ by the unit and whole-program tests
	@$(MAKE) --no-print-directory BUILD=cover cover-run
cover-run: all $(UNIT_TESTS) npm export-tools
	@TEST_JOBS=$(TEST_JOBS) scripts/cover.sh $(OUT)

bench: ## benchmarks beside yardsticks and peers, in one run (STEPS, EVENTS, STORE, QUICK: benchmarks/run.sh)
	@$(MAKE) --no-print-directory all $(BENCHES)
	@$(MAKE) --no-print-directory BUILD=unproven all
	@benchmarks/run.sh $(OUT) $(BUILDROOT)/unproven
bench-build: $(BENCHES)

lint: export LINT_CFLAGS = $(ALL_CFLAGS)
lint: ## layers, banned calls, clang-format, clang-tidy, cppcheck, shellcheck, manual pages
	@scripts/lint.sh $(BUILDROOT)

format: ## format every C file in place
	clang-format -i $$(git ls-files '*.c' '*.h')

# ---- install ----

# In folders as here, so that the links between them hold.
DOCS := README.md LICENSE CHANGELOG.md SECURITY.md packaging/hooktrail.conf packaging/hooktrail-alerts.yml benchmarks/README.md \
    $(wildcard docs/*.md docs/page/*.png docs/queries/*.sql)

install: all man ## install under PREFIX (DESTDIR for packages)
	install -d "$(BINDIR)" "$(SBINDIR)" "$(LIBDIR)/pkgconfig" "$(INCLUDEDIR)" "$(DOCDIR)" "$(BASHDIR)" "$(UNITDIR)" \
	    "$(MANDIR)/man1" "$(MANDIR)/man5" "$(MANDIR)/man8"
	install -m 755 $(OUT)/hooktrail "$(BINDIR)/"
	install -m 755 $(OUT)/hooktraild "$(SBINDIR)/"
	install -m 644 $(LIB_A) "$(LIBDIR)/"
	install -m 755 $(LIB_SO) "$(LIBDIR)/libhooktrail.so.$(VERSION)"
	ln -sf libhooktrail.so.$(VERSION) "$(LIBDIR)/libhooktrail.so.$(SOVERSION)"
	ln -sf libhooktrail.so.$(SOVERSION) "$(LIBDIR)/libhooktrail.so"
	install -m 644 $(filter-out %/embedded.h,$(wildcard include/hooktrail/*.h)) "$(INCLUDEDIR)/"
	sed 's|@PREFIX@|$(PREFIX)|; s|@VERSION@|$(VERSION)|' packaging/hooktrail.pc.in | \
	    install -m 644 /dev/stdin "$(LIBDIR)/pkgconfig/hooktrail.pc"
	install -m 644 $(BUILDROOT)/man/*.1 "$(MANDIR)/man1/"
	install -m 644 $(BUILDROOT)/man/*.5 "$(MANDIR)/man5/"
	install -m 644 $(BUILDROOT)/man/*.8 "$(MANDIR)/man8/"
	install -m 644 packaging/completion/hooktrail.bash "$(BASHDIR)/hooktrail"
	for unit in hooktraild.service hooktrail-export@.service hooktrail-export@.timer; do \
	    sed 's|@PREFIX@|$(PREFIX)|' packaging/$$unit | install -m 644 /dev/stdin "$(UNITDIR)/$$unit" || exit 1; done
	for file in $(DOCS); do install -D -m 644 $$file "$(DOCDIR)/$$file" || exit 1; done

uninstall: ## remove what install put there; data stays
	rm -f "$(BINDIR)/hooktrail" "$(SBINDIR)/hooktraild" "$(LIBDIR)"/libhooktrail.* "$(LIBDIR)/pkgconfig/hooktrail.pc" \
	    "$(MANDIR)/man1/hooktrail.1" "$(MANDIR)/man5/hooktrail.conf.5" "$(MANDIR)/man8/hooktraild.8" "$(BASHDIR)/hooktrail" \
	    "$(UNITDIR)/hooktraild.service" "$(UNITDIR)/hooktrail-export@.service" "$(UNITDIR)/hooktrail-export@.timer"
	rm -rf "$(INCLUDEDIR)" "$(DOCDIR)"

clean: ## remove what was built; the data of `make run` stays in run/
	rm -rf "$(BUILDROOT)"

help: ## this list
	@echo 'make [BUILD=release|debug|asan|tsan|cover|fuzz] TARGET'
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

# Else make takes the benchmarks' common parts for intermediate files, and removes them.
.SECONDARY: $(BENCH_OBJ) $(CRASH_OBJ)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SERVER_OBJ:.o=.d) $(UNIT_TESTS:=.d) $(FUZZERS:=.d) $(VERDICT).d $(PAGES).d $(DAWDLE).d $(EXPORT_TOOLS:=.d) $(BENCHES:=.d) $(BENCH_OBJ:.o=.d) $(CRASH_OBJ:.o=.d)

.PHONY: all man page page-check page-test page-bench page-shots deps deps-test deps-bench run demo test unit system npm crash crash-tools export-tools hangup hangup-run soak slow nightly agree fuzz fuzz-run fuzz-cover fuzz-cover-run cover cover-run bench bench-build lint \
        format install uninstall clean help $(FUZZERS:%=%.run)
