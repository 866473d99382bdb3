/* Stored events, repeated and rejected deliveries, as the trail's tables may hold them: a byte that says which, then
   the record. The checksum is made to fit, for no fuzzer finds that. What is read must lie within itself, and what
   erasure leaves of a record must be read as erased.

   Covers: store/record.c store/trail.c store/delivery.c */
#include "../../store/record.h"
#include "../../store/store.h"
#include "hooktrail/encode.h"
#include "place.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define NUMBER 1

static struct ht_store *store;
static struct ht_unpacker *unpacker;
static volatile char sink; /* what is read is not left out */

static void start(void)
{
    place_make();
    store = place_store("store", true);
    unpacker = ht_unpacker_new();
    require(unpacker != NULL);
}

/* A malformed record is told, and never taken for one that is missing. (HT_FORBIDDEN: it says that it is sealed.) */
static bool taken(enum ht_status status, const struct ht_error *err)
{
    require(status == HT_OK || err->detail[0] != '\0');
    require(status == HT_OK || status == HT_CORRUPT || status == HT_VERSION || status == HT_ERASED ||
            status == HT_FORBIDDEN);
    return status == HT_OK;
}

/* Every byte is there to be read. */
static void touch(struct ht_slice bytes)
{
    for (size_t i = 0; i < bytes.size; i++)
        sink = bytes.data[i];
}

static void touch_delivery(const struct ht_delivery *delivery)
{
    touch(delivery->sender);
    touch(delivery->path_type);
    touch(delivery->content_type);
    require(delivery->header_count <= HT_MAX_KEPT_HEADERS);
    for (size_t i = 0; i < delivery->header_count; i++) {
        touch(delivery->headers[i].name);
        touch(delivery->headers[i].value);
    }
}

static void bury(struct ht_slice value)
{
    static const uint8_t conversation[HT_REF_SIZE] = {1};
    struct ht_error err = {0};
    struct ht_buffer tombstone = {0};
    struct record_parts parts;
    if (taken(record_tombstone(value, NUMBER, 7, conversation, &tombstone, &err), &err)) {
        struct ht_slice left = ht_buffer_slice(&tombstone);
        require(record_split(left, NUMBER, &parts, &err) == HT_OK && parts.header.erasure == 7);
        require(ht_slice_equal(record_leaf(left), record_leaf(value)));
    }
    ht_buffer_release(&tombstone);
}

static void read_event(struct ht_reader *reader, struct ht_slice value)
{
    struct ht_error err = {0};
    struct ht_record_header header;
    struct ht_record record;
    struct ht_opening opening;
    bool split = taken(ht_trail_header(reader, NUMBER, &header, &err), &err);
    bool peeked = taken(ht_trail_peek(reader, NUMBER, unpacker, &record, &err), &err);
    require(split || !peeked);
    if (peeked) {
        require(record.payload.size == header.size && record.header.erasure == 0);
        touch(record.payload);
        touch_delivery(&record.delivery);
    }
    bool opened = taken(ht_trail_opening(reader, NUMBER, unpacker, &record, &opening, &err), &err);
    require(peeked || !opened);
    if (opened) touch(opening.delivery);
    bury(value);
}

static void read_repeat(struct ht_reader *reader, struct ht_slice value)
{
    struct ht_error err = {0};
    struct ht_repeat repeat;
    struct repeat_parts parts;
    struct ht_buffer blank = {0};
    if (taken(ht_trail_repeat(reader, NUMBER, unpacker, &repeat, &err), &err)) touch_delivery(&repeat.delivery);
    if (taken(repeat_blank(value, NUMBER, &blank, &err), &err))
        require(repeat_split(ht_buffer_slice(&blank), NUMBER, &parts, &err) == HT_OK && parts.blank);
    ht_buffer_release(&blank);
}

static void read_rejected(struct ht_reader *reader)
{
    struct ht_error err = {0};
    struct ht_rejected rejected;
    if (!taken(ht_rejected_get(reader, NUMBER, &rejected, &err), &err)) return;
    require(rejected.number == NUMBER && rejected.status != HT_OK);
    touch(rejected.pointer);
    touch(rejected.detail);
    touch(rejected.body);
    touch_delivery(&rejected.delivery);
}

static void read_as(unsigned kind, struct ht_reader *reader, struct ht_slice value)
{
    if (kind == 0)
        read_event(reader, value);
    else if (kind == 1)
        read_repeat(reader, value);
    else
        read_rejected(reader);
}

/* In a transaction that comes to nothing. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!store) start();
    if (size < 1 + RECORD_CHECKED) return 0;
    const MDB_dbi tables[] = {store->trail.events, store->trail.repeats, store->trail.rejected};
    unsigned kind = data[0] % 3;
    uint8_t number[8];
    MDB_txn *txn;
    struct ht_buffer value = {0};
    ht_buffer_add_bytes(&value, data + 1, size - 1);
    ht_put_be64((uint8_t *)value.data, record_checksum(record_digest(ht_buffer_slice(&value)), NUMBER));
    ht_put_be64(number, NUMBER);
    MDB_val key = {sizeof number, number}, stored = {value.size, value.data};
    require(mdb_txn_begin(store->trail.env, NULL, 0, &txn) == 0);
    require(mdb_put(txn, tables[kind], &key, &stored, 0) == 0);
    struct ht_reader reader = {.store = store, .trail_txn = txn, .begun = true};
    read_as(kind, &reader, ht_buffer_slice(&value));
    reader_spaces_release(&reader);
    mdb_txn_abort(txn);
    ht_buffer_release(&value);
    return 0;
}
