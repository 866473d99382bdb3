#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "files.h"
#include "hooktrail/encode.h"

/* MDB_page: number u64, pad u16, flags u16, end of the pointers u16, begin of the nodes u16; pointers, u16 each. An
   overflow page has the count of its pages where the last two are. */
#define HEADER 16
#define AT_FLAGS 10
#define AT_LOWER 12
#define BRANCH 0x01u
#define LEAF 0x02u
#define META 0x08u
#define KINDS 0x7fu

/* MDB_node: size of the value u32 (in a branch: page number u48, with the flags), flags u16, size of the key u16; the
   key; the value, or the number of the overflow page on which it begins. */
#define NODE 8
#define NODE_BIG 0x01u
#define NODE_TABLE 0x02u

/* MDB_meta, behind the header: magic u32, version u32, address and size of the map u64; two MDB_db, of which the first
   has the page size in its pad; last page u64, transaction u64. */
#define MAGIC 0xbeefc0deu
#define VERSION 1
#define AT_TABLES (HEADER + 24)
#define TABLE_SIZE 48
#define TABLE_ENTRIES 32
#define TABLE_ROOT 40
#define AT_LAST_PAGE (AT_TABLES + 2 * TABLE_SIZE)
#define AT_TXN (AT_LAST_PAGE + 8)

/* LMDB's mark of an empty table; also of the directory in the meta page with which a compacted copy begins. */
#define NO_PAGE UINT64_MAX

#define DEEPEST 32                        /* levels of a table at most, as in LMDB */
#define LONGEST_VALUE (UINT32_C(1) << 30) /* more is a lie */
#define LEAST_PAGE 512
#define GREATEST_PAGE 32768
#define STRIDE 1024 /* pages between two calls of progress */

/* ---- bytes ---- */

static uint16_t get16(const uint8_t *at)
{
    uint16_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

static uint64_t get64(const uint8_t *at)
{
    uint64_t value;
    memcpy(&value, at, sizeof value);
    return value;
}

/* What the file lacks of its last page is zeros. */
static bool read_page(const struct pages *pages, uint64_t number, uint8_t *page)
{
    uint64_t offset = number * pages->page_size;
    if (number >= pages->count) return false;
    size_t size = pages->size - offset < pages->page_size ? (size_t)(pages->size - offset) : pages->page_size;
    memset(page + size, 0, pages->page_size - size);
    return files_read_at(pages->fd, page, size, offset);
}

/* ---- opening ---- */

struct meta {
    bool sound;
    uint64_t txn;
    uint64_t root;
    uint64_t last_page;
};

static bool is_page_size(uint32_t size)
{
    return size >= LEAST_PAGE && size <= GREATEST_PAGE && (size & (size - 1)) == 0;
}

/* A meta page is number 0 or 1, and each transaction writes the one of its own parity. */
static struct meta read_meta(const struct pages *pages, uint64_t number, size_t page_size)
{
    uint8_t bytes[AT_TXN + 8];
    struct meta meta = {.sound = false};
    if (!files_read_at(pages->fd, bytes, sizeof bytes, number * page_size)) return meta;
    const uint8_t *main = bytes + AT_TABLES + TABLE_SIZE;
    meta.txn = get64(bytes + AT_TXN);
    meta.root = get64(main + TABLE_ROOT);
    meta.last_page = get64(bytes + AT_LAST_PAGE);
    meta.sound = get64(bytes) == number && (get16(bytes + AT_FLAGS) & KINDS) == META &&
                 get32(bytes + HEADER) == MAGIC && get32(bytes + HEADER + 4) == VERSION &&
                 get32(bytes + AT_TABLES) == page_size && (meta.txn & 1) == number &&
                 (meta.root <= meta.last_page || meta.root == NO_PAGE);
    return meta;
}

/* The size that the first meta page tells; if it tells none, that with which the second is sound; else the system's. */
static size_t find_page_size(const struct pages *pages)
{
    uint8_t bytes[4];
    if (files_read_at(pages->fd, bytes, sizeof bytes, AT_TABLES) && is_page_size(get32(bytes)) &&
        (read_meta(pages, 0, get32(bytes)).sound || read_meta(pages, 1, get32(bytes)).sound))
        return get32(bytes);
    for (size_t size = LEAST_PAGE; size <= GREATEST_PAGE; size *= 2) {
        if (read_meta(pages, 1, size).sound) return size;
    }
    return (size_t)sysconf(_SC_PAGESIZE);
}

static enum ht_status look_at_file(struct pages *pages, const char *path, struct ht_error *err)
{
    struct stat stat_of;
    if (fstat(pages->fd, &stat_of) != 0) return ht_fail_errno(err, errno, "cannot look at %s", path);
    if (!S_ISREG(stat_of.st_mode)) return ht_fail(err, HT_CORRUPT, "%s is not a file", path);
    pages->page_size = find_page_size(pages);
    pages->size = (uint64_t)stat_of.st_size;
    pages->count = (pages->size + pages->page_size - 1) / pages->page_size;
    pages->promised = pages->count;
    pages->seen = calloc(pages->count / 8 + 1, 1);
    return pages->seen != NULL ? HT_OK : ht_fail(err, HT_NO_MEMORY, "out of memory");
}

enum ht_status pages_open(struct pages *pages, const char *path, struct ht_error *err)
{
    *pages = (struct pages){.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (pages->fd < 0 && errno == ENOENT) return ht_fail(err, HT_NOT_FOUND, "there is no %s", path);
    if (pages->fd < 0) return ht_fail_errno(err, errno, "cannot open %s", path);
    enum ht_status status = look_at_file(pages, path, err);
    if (status != HT_OK) return status;
    struct meta metas[2];
    bool leads[2];
    for (uint64_t i = 0; i < 2; i++) {
        metas[i] = read_meta(pages, i, pages->page_size);
        leads[i] = metas[i].sound && metas[i].root != NO_PAGE;
    }
    pages->exact = metas[0].sound && metas[1].sound;
    pages->found = leads[0] || leads[1];
    if (!pages->found) return HT_OK;
    const struct meta *meta = &metas[!leads[0] || (leads[1] && metas[1].txn > metas[0].txn)];
    pages->directory = meta->root;
    if (meta->last_page >= pages->count) pages->promised = meta->last_page + 1;
    return HT_OK;
}

void pages_close(struct pages *pages)
{
    if (pages->fd >= 0) close(pages->fd);
    free(pages->seen);
    *pages = (struct pages){.fd = -1};
}

/* ---- nodes ---- */

/* A node taken apart; slices borrow from the page, or from `big`. */
struct node {
    uint16_t flags;
    struct ht_slice key;
    struct ht_slice value; /* of a branch: absent */
    uint64_t page;         /* of a branch: the page below */
};

/* The value that lies on pages of its own. Their header is not asked: whether they hold it, its reader must know. */
static bool read_big(const struct pages *pages, uint64_t first, uint32_t size, struct ht_buffer *big)
{
    ht_buffer_clear(big);
    if (size > LONGEST_VALUE || first >= pages->count) return false;
    if ((uint64_t)size + HEADER > pages->size - first * pages->page_size) return false;
    char *to = ht_buffer_reserve(big, size + 1);
    if (to == NULL || !files_read_at(pages->fd, to, size, first * pages->page_size + HEADER)) return false;
    big->size = size;
    return true;
}

/* The node at `at`; false if none can be there. */
static bool read_node(const struct pages *pages, const uint8_t *page, size_t at, bool branch, struct ht_buffer *big,
                      struct node *node)
{
    size_t left = pages->page_size - at;
    if (at < HEADER || left < NODE) return false;
    const uint8_t *bytes = page + at;
    uint32_t size = get32(bytes);
    uint16_t key_size = get16(bytes + 6);
    *node = (struct node){.flags = get16(bytes + 4), .value = HT_ABSENT};
    node->page = size | (uint64_t)node->flags << 32;
    if (key_size > left - NODE) return false;
    node->key = ht_slice_of(bytes + NODE, key_size);
    left -= NODE + (size_t)key_size;
    bytes += NODE + key_size;
    if (branch) return true;
    if (node->flags == NODE_BIG) {
        if (left < sizeof(uint64_t) || !read_big(pages, get64(bytes), size, big)) return false;
        node->value = ht_buffer_slice(big);
        return true;
    }
    if ((node->flags & ~NODE_TABLE) != 0 || size > left) return false;
    node->value = ht_slice_of(bytes, size);
    return true;
}

/* How many nodes a page says that it has, as far as there is room for their pointers. */
static size_t count_nodes(const struct pages *pages, const uint8_t *page)
{
    size_t lower = get16(page + AT_LOWER);
    if (lower < HEADER || lower > pages->page_size) return 0;
    return (lower - HEADER) / sizeof(uint16_t);
}

/* ---- walking ---- */

struct walk {
    struct pages *pages;
    pages_visit *visit;
    void *context;
    uint64_t *unread;
    uint8_t *levels; /* a page for each level */
    struct ht_buffer big;
};

/* Marks a page as walked over; false if it was. Pages that lead in a circle, or from two places, are walked once. */
static bool mark(struct pages *pages, uint64_t number)
{
    uint8_t bit = (uint8_t)(1u << number % 8);
    if (number >= pages->count || (pages->seen[number / 8] & bit) != 0) return false;
    pages->seen[number / 8] |= bit;
    return true;
}

static enum ht_status walk_page(struct walk *walk, uint64_t number, unsigned level, struct ht_error *err);

static enum ht_status walk_node(struct walk *walk, const uint8_t *page, size_t index, bool branch, unsigned level,
                                struct ht_error *err)
{
    struct node node;
    size_t at = get16(page + HEADER + index * sizeof(uint16_t));
    if (!read_node(walk->pages, page, at, branch, &walk->big, &node)) {
        ++*walk->unread;
        return ht_buffer_status(&walk->big, err);
    }
    return branch ? walk_page(walk, node.page, level + 1, err) : walk->visit(walk->context, node.key, node.value, err);
}

/* NOLINTNEXTLINE(misc-no-recursion): a table has few levels, and no more than DEEPEST are gone down. */
static enum ht_status walk_page(struct walk *walk, uint64_t number, unsigned level, struct ht_error *err)
{
    struct pages *pages = walk->pages;
    if (level == DEEPEST || !mark(pages, number)) {
        ++*walk->unread;
        return HT_OK;
    }
    uint8_t *page = walk->levels + level * pages->page_size;
    bool there = read_page(pages, number, page);
    unsigned kind = there ? get16(page + AT_FLAGS) & KINDS : 0;
    if (!there || get64(page) != number || (kind != BRANCH && kind != LEAF)) {
        ++*walk->unread;
        return HT_OK;
    }
    enum ht_status status = HT_OK;
    size_t count = count_nodes(pages, page);
    if (count == 0) ++*walk->unread;
    for (size_t i = 0; i < count && status == HT_OK; i++)
        status = walk_node(walk, page, i, kind == BRANCH, level, err);
    return status;
}

enum ht_status pages_walk(struct pages *pages, uint64_t root, pages_visit *visit, void *context, uint64_t *unread,
                          struct ht_error *err)
{
    struct walk walk = {.pages = pages, .visit = visit, .context = context, .unread = unread};
    if (root == NO_PAGE) return HT_OK;
    memset(pages->seen, 0, pages->count / 8 + 1);
    walk.levels = malloc(DEEPEST * pages->page_size);
    if (walk.levels == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    enum ht_status status = walk_page(&walk, root, 0, err);
    free(walk.levels);
    ht_buffer_release(&walk.big);
    return status;
}

/* ---- the directory ---- */

struct search {
    const char *name;
    struct pages_table *table;
    bool found;
};

static enum ht_status compare_name(void *context, struct ht_slice key, struct ht_slice value, struct ht_error *err)
{
    struct search *search = context;
    (void)err;
    if (value.size != TABLE_SIZE || !ht_slice_is(key, search->name)) return HT_OK;
    const uint8_t *bytes = (const uint8_t *)value.data;
    *search->table = (struct pages_table){.root = get64(bytes + TABLE_ROOT), .entries = get64(bytes + TABLE_ENTRIES)};
    search->found = true;
    return HT_OK;
}

enum ht_status pages_find(struct pages *pages, const char *name, struct pages_table *table, struct ht_error *err)
{
    uint64_t unread = 0;
    struct search search = {.name = name, .table = table};
    if (!pages->found) return ht_fail(err, HT_CORRUPT, "neither meta page is sound");
    enum ht_status status = pages_walk(pages, pages->directory, compare_name, &search, &unread, err);
    if (status != HT_OK || search.found) return status;
    if (unread > 0) return ht_fail(err, HT_CORRUPT, "the directory of tables can't be read");
    return ht_fail(err, HT_NOT_FOUND, "there is no table %s", name);
}

/* ---- sweeping ---- */

struct sweep {
    struct pages *pages;
    pages_wanted *wanted;
    pages_visit *visit;
    void *context;
    struct ht_buffer big;
};

static enum ht_status sweep_page(struct sweep *sweep, const uint8_t *page, struct ht_error *err)
{
    size_t end = sweep->pages->page_size - NODE - sizeof(uint64_t);
    for (size_t at = HEADER; at <= end; at += 2) {
        struct node node;
        const uint8_t *bytes = page + at;
        if (get16(bytes + 6) != sizeof(uint64_t) || get16(bytes + 4) > NODE_BIG) continue;
        if (!sweep->wanted(sweep->context, ht_get_be64(bytes + NODE))) continue;
        if (!read_node(sweep->pages, page, at, false, &sweep->big, &node)) continue;
        enum ht_status status = sweep->visit(sweep->context, node.key, node.value, err);
        if (status != HT_OK) return status;
    }
    return ht_buffer_status(&sweep->big, err);
}

static enum ht_status sweep_all(struct sweep *sweep, uint8_t *page, ht_progress *progress, void *progress_context,
                                struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t count = sweep->pages->count;
    for (uint64_t number = 0; number < count && status == HT_OK; number++) {
        if (number % STRIDE == 0 && progress != NULL && !progress(progress_context, number, count))
            return ht_fail(err, HT_STOPPING, "stopped before all was looked at");
        if (read_page(sweep->pages, number, page)) status = sweep_page(sweep, page, err);
    }
    return status;
}

enum ht_status pages_sweep(struct pages *pages, pages_wanted *wanted, pages_visit *visit, void *context,
                           ht_progress *progress, void *progress_context, struct ht_error *err)
{
    struct sweep sweep = {.pages = pages, .wanted = wanted, .visit = visit, .context = context};
    uint8_t *page = malloc(pages->page_size);
    if (page == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory");
    enum ht_status status = sweep_all(&sweep, page, progress, progress_context, err);
    free(page);
    ht_buffer_release(&sweep.big);
    return status;
}
