#include "harvest.h"

#include <sodium.h>
#include <stdlib.h>

#include "hooktrail/reading.h"
#include "hooktrail/time.h"
#include "ref.h"

struct harvest *harvest_new(struct ht_store *store, const uint8_t *hash_key)
{
    struct harvest *harvest = calloc(1, sizeof *harvest);
    if (harvest == NULL) return NULL;
    harvest->trail.store = store;
    memcpy(harvest->hash_key, hash_key, sizeof harvest->hash_key);
    if (ht_reader_tools(&harvest->trail) == NULL) {
        harvest_free(harvest);
        return NULL;
    }
    return harvest;
}

void harvest_free(struct harvest *harvest)
{
    if (harvest == NULL) return;
    if (harvest->trail.trail_txn != NULL) mdb_txn_abort(harvest->trail.trail_txn);
    reader_tools_release(&harvest->trail);
    ht_buffer_wipe(&harvest->facts);
    ht_buffer_wipe(&harvest->texts);
    sodium_memzero(harvest, sizeof *harvest);
    free(harvest);
}

enum ht_status harvest_begin(struct harvest *harvest, struct ht_position *end, struct ht_error *err)
{
    struct ht_reader *trail = &harvest->trail;
    enum ht_status status = reader_begin_trail(trail, err);
    if (status != HT_OK) return status;
    status = ht_trail_position(trail, end, err);
    if (status != HT_OK) harvest_end(harvest);
    return status;
}

void harvest_end(struct harvest *harvest)
{
    mdb_txn_reset(harvest->trail.trail_txn);
    harvest->trail.begun = false;
}

static void keep_text(struct harvest *harvest, struct harvest_event *event, enum ht_kind kind, struct ht_slice text)
{
    struct harvest_text *kept = &event->texts[kind];
    if (text.size == 0) return;
    kept->offset = (uint32_t)harvest->texts.size;
    kept->size = (uint32_t)text.size;
    ht_buffer_add(&harvest->texts, text);
    crypto_shorthash((unsigned char *)&kept->hash, (const unsigned char *)text.data, text.size, harvest->hash_key);
    kept->hash ^= (uint64_t)kind << 56;
}

static void keep_header(struct harvest_event *event, const struct ht_record_header *header)
{
    event->received_at = header->received_at;
    event->occurred_at = header->received_at;
    event->endpoint = header->endpoint;
    event->size = header->size;
    event->key = header->key;
    event->is_signed = header->signature_verified;
    memcpy(event->duplicate_key, header->duplicate_key, HT_DUPLICATE_KEY_SIZE);
    memcpy(event->conversation, header->conversation, HT_REF_SIZE);
}

void harvest_note(const struct ht_store *store, const struct ht_facts *facts, struct ht_buffer *out)
{
    const struct ht_slice texts[HT_KIND_COUNT] = {
        [HT_KIND_AGENT] = facts->agent_id,
        [HT_KIND_CONVERSATION] = facts->conversation_id,
        [HT_KIND_LEAD] = facts->lead_id,
        [HT_KIND_VISITOR] = facts->visitor_id,
        [HT_KIND_TYPE] = facts->type,
        [HT_KIND_AGENT_NAME] = facts->agent_name,
        [HT_KIND_WARNINGS] = facts->has_warnings ? facts->warnings : HT_ABSENT,
    };
    struct harvest_facts noted = {
        .occurred_at = facts->occurred_at,
        .stated_at = facts->stated_at,
        .opening_at = facts->has_opening ? facts->opening_at : HT_TIME_NONE,
        .has_profile = facts->lead != HT_JSON_NONE,
    };
    noted.has_email = facts->email.data != NULL && index_email_hash(store->hash_key, facts->email, noted.email);
    if (facts->has_opening) ref_make(store, REF_OPENING, ht_slice_of(facts->opening, HT_OPENING_SIZE), noted.opening);
    for (int kind = 0; kind < HT_KIND_COUNT; kind++)
        noted.sizes[kind] = (uint32_t)texts[kind].size;
    ht_buffer_add_bytes(out, &noted, sizeof noted);
    for (int kind = 0; kind < HT_KIND_COUNT; kind++)
        ht_buffer_add(out, texts[kind]);
}

static void keep_facts(struct harvest *harvest, struct harvest_event *event, struct ht_slice noted)
{
    struct harvest_facts facts;
    memcpy(&facts, noted.data, sizeof facts);
    event->occurred_at = facts.occurred_at;
    event->stated_at = facts.stated_at;
    event->opening_at = facts.opening_at;
    event->has_profile = facts.has_profile;
    event->has_email = facts.has_email;
    memcpy(event->email, facts.email, sizeof event->email);
    memcpy(event->opening, facts.opening, sizeof event->opening);
    const char *text = noted.data + sizeof facts;
    for (int kind = 0; kind < HT_KIND_COUNT; kind++) {
        keep_text(harvest, event, (enum ht_kind)kind, ht_slice_of(text, facts.sizes[kind]));
        text += facts.sizes[kind];
    }
}

/* What says nothing about this one record, so that trying again later may help. */
static bool is_passing(enum ht_status status)
{
    return status == HT_NO_MEMORY || status == HT_IO || status == HT_BUSY || status == HT_FULL;
}

static enum ht_status keep_record(struct harvest *harvest, struct harvest_event *event, const struct ht_record *record,
                                  struct ht_error *err)
{
    struct ht_facts facts;
    const struct ht_tools *tools = &harvest->trail.tools;
    keep_header(event, &record->header);
    memcpy(event->sha256, record->sha256, HT_SHA256_SIZE);
    enum ht_status status = ht_json_parse(tools->json, record->payload, err);
    if (status == HT_OK) status = ht_reading_extract(tools->reading, tools->json, &record->delivery, &facts, err);
    if (status != HT_OK) return status;
    ht_buffer_clear(&harvest->facts);
    harvest_note(harvest->trail.store, &facts, &harvest->facts);
    status = ht_buffer_status(&harvest->facts, err);
    if (status == HT_OK) keep_facts(harvest, event, ht_buffer_slice(&harvest->facts));
    return status;
}

/* One bad record never stops the index: it gets a row without facts. */
static void keep_unreadable(struct harvest *harvest, struct harvest_event *event)
{
    struct ht_record_header header = {0};
    if (ht_trail_header(&harvest->trail, event->seq, &header, NULL) == HT_OK) keep_header(event, &header);
    bool erased = header.erasure != 0;
    event->flags = erased ? HT_ROW_ERASED : HT_ROW_UNREADABLE;
    keep_text(harvest, event, HT_KIND_TYPE, erased ? HT_SLICE("erased") : HT_SLICE("unknown"));
}

void harvest_clear(struct harvest *harvest)
{
    ht_buffer_clear(&harvest->texts);
    harvest->count = 0;
}

static struct harvest_event *next_event(struct harvest *harvest, uint64_t seq)
{
    struct harvest_event *event = &harvest->events[harvest->count++];
    *event = (struct harvest_event){
        .seq = seq, .received_at = HT_TIME_NONE, .stated_at = HT_TIME_NONE, .opening_at = HT_TIME_NONE};
    return event;
}

enum ht_status harvest_keep(struct harvest *harvest, uint64_t seq, enum ht_status read, const struct ht_record *record,
                            struct ht_error *err)
{
    struct harvest_event *event = next_event(harvest, seq);
    enum ht_status status = read == HT_OK ? keep_record(harvest, event, record, err) : read;
    if (is_passing(status)) return status;
    if (status != HT_OK) keep_unreadable(harvest, event);
    return ht_buffer_status(&harvest->texts, err);
}

enum ht_status harvest_fill(struct harvest *harvest, uint64_t first, size_t count, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    uint64_t bytes = 0;
    harvest_clear(harvest);
    for (size_t i = 0; i < count && bytes < HARVEST_BYTES && status == HT_OK; i++) {
        struct ht_record record;
        status = ht_trail_peek(&harvest->trail, first + i, harvest->trail.tools.unpacker, &record, err);
        status = harvest_keep(harvest, first + i, status, &record, err);
        bytes += harvest->events[i].size;
    }
    return status;
}

enum ht_status harvest_repeat(struct harvest *harvest, uint64_t number, uint64_t *seq, struct ht_error *err)
{
    struct ht_repeat repeat;
    enum ht_status status = ht_trail_repeat(&harvest->trail, number, harvest->trail.tools.unpacker, &repeat, err);
    *seq = status == HT_OK ? repeat.seq : 0;
    return is_passing(status) ? status : HT_OK;
}

struct harvest *harvest_new_empty(void)
{
    return calloc(1, sizeof(struct harvest));
}

enum ht_status harvest_add(struct harvest *harvest, const struct ht_record_header *header,
                           const uint8_t sha256[HT_SHA256_SIZE], struct ht_slice noted, struct ht_error *err)
{
    struct harvest_event *event = next_event(harvest, header->seq);
    keep_header(event, header);
    memcpy(event->sha256, sha256, HT_SHA256_SIZE);
    keep_facts(harvest, event, noted);
    return ht_buffer_status(&harvest->texts, err);
}

void harvest_move(struct harvest *to, struct harvest *from)
{
    struct ht_buffer texts = to->texts;
    to->texts = from->texts;
    from->texts = texts;
    to->count = from->count;
    memcpy(to->events, from->events, from->count * sizeof *from->events);
    from->count = 0;
}
