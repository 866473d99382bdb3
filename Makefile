# hooktrail: build, test, run. `make help` lists the targets.
VERSION   := 0.1.0
BUILD     ?= release
BUILDROOT ?= build
OUT       := $(BUILDROOT)/$(BUILD)
CC        ?= gcc
PREFIX    ?= /usr/local

PACKAGES := libevent_core libevent_extra libevent_pthreads lmdb libcjson libsodium libzstd inih smartcols libcurl

WARNINGS := -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wcast-qual -Wvla \
            -Wswitch-enum -Wpointer-arith -Wundef -Wwrite-strings -Wredundant-decls -Wnull-dereference
CFLAGS_release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIC
CFLAGS_debug   := -O0 -g3 -fPIC
CFLAGS_asan    := -O1 -g -fPIC -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
CFLAGS_tsan    := -O1 -g -fPIC -fsanitize=thread
CFLAGS_cover   := -O0 -g --coverage -fPIC
LDFLAGS_release := -Wl,-z,relro,-z,now
LDFLAGS_asan   := -fsanitize=address,undefined
LDFLAGS_tsan   := -fsanitize=thread
LDFLAGS_cover  := --coverage

PKG_CFLAGS := $(shell pkg-config --cflags $(PACKAGES) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PACKAGES) 2>/dev/null)

ALL_CFLAGS := -std=c11 -D_GNU_SOURCE -DHOOKTRAIL_VERSION='"$(VERSION)"' -Iinclude $(WARNINGS) $(CFLAGS_$(BUILD)) $(PKG_CFLAGS) $(CFLAGS) -pthread -MMD -MP
ALL_LIBS   := $(PKG_LIBS) -pthread

LIB_SRC    := $(wildcard store/*.c) $(wildcard query/*.c) $(wildcard query/export/*.c)
CLI_SRC    := $(wildcard query/cli/*.c)
SERVER_SRC := $(wildcard server/*.c)
TEST_SRC   := $(wildcard tests/unit/test_*.c)

LIB_OBJ    := $(LIB_SRC:%.c=$(OUT)/%.o)
CLI_OBJ    := $(CLI_SRC:%.c=$(OUT)/%.o)
SERVER_OBJ := $(SERVER_SRC:%.c=$(OUT)/%.o)
TESTS      := $(TEST_SRC:%.c=$(OUT)/%)

all: $(OUT)/hooktrail $(OUT)/hooktraild

$(OUT)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(OUT)/libhooktrail.a: $(LIB_OBJ)
	@rm -f $@
	ar rcs $@ $^

$(OUT)/hooktrail: $(CLI_OBJ) $(OUT)/libhooktrail.a
	$(CC) $(LDFLAGS_$(BUILD)) $(LDFLAGS) $^ -o $@ $(ALL_LIBS)

$(OUT)/hooktraild: $(SERVER_OBJ) $(OUT)/libhooktrail.a
	$(CC) $(LDFLAGS_$(BUILD)) $(LDFLAGS) $^ -o $@ $(ALL_LIBS)

$(OUT)/tests/unit/test_%: tests/unit/test_%.c $(OUT)/libhooktrail.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(LDFLAGS_$(BUILD)) $< $(OUT)/libhooktrail.a -o $@ -lcmocka $(ALL_LIBS)

unit: $(TESTS)
	@for t in $(TESTS); do $$t || exit 1; done

clean:
	rm -rf $(BUILDROOT)

-include $(LIB_OBJ:.o=.d) $(CLI_OBJ:.o=.d) $(SERVER_OBJ:.o=.d)

.PHONY: all unit clean
