#include "timeline_pieces.h"

#include <stdlib.h>

#include "hooktrail/time.h"

#define FEWEST 32
#define BARE_EVENT 160 /* bytes of an event's item without what it quotes */

void timeline_pieces_release(struct timeline_pieces *pieces)
{
    free(pieces->list);
    ht_buffer_release(&pieces->text);
    *pieces = (struct timeline_pieces){0};
}

enum ht_status timeline_pieces_want(struct timeline_pieces *pieces, uint32_t event, uint32_t slot, struct ht_error *err)
{
    if (pieces->count == pieces->capacity) {
        uint32_t capacity = pieces->capacity > 0 ? pieces->capacity * 2 : FEWEST;
        struct timeline_piece *list = realloc(pieces->list, capacity * sizeof *list);
        if (!list) return ht_fail(err, HT_NO_MEMORY, "out of memory for a page of a timeline");
        pieces->list = list;
        pieces->capacity = capacity;
    }
    pieces->list[pieces->count++] = (struct timeline_piece){.event = event, .slot = slot};
    return HT_OK;
}

static int compare_pieces(const void *a, const void *b)
{
    const struct timeline_piece *x = a, *y = b;
    if (x->event != y->event) return x->event < y->event ? -1 : 1;
    return x->slot < y->slot ? -1 : x->slot > y->slot;
}

void timeline_pieces_sort(struct timeline_pieces *pieces)
{
    if (pieces->count > 1) qsort(pieces->list, pieces->count, sizeof *pieces->list, compare_pieces);
}

const struct timeline_piece *timeline_pieces_find(const struct timeline_pieces *pieces, uint32_t event, uint32_t slot)
{
    if (pieces->count == 0) return NULL;
    struct timeline_piece key = {.event = event, .slot = slot};
    const struct timeline_piece *piece =
        bsearch(&key, pieces->list, pieces->count, sizeof *pieces->list, compare_pieces);
    return piece && piece->made ? piece : NULL;
}

/* ---- events ---- */

/* The object that an event of this type is about: contact details, or who the visitor is. */
static uint32_t subject_of(const struct payload *payload, const char **key)
{
    if (ht_slice_is(payload->facts.type, "new-contact")) {
        *key = "fields";
        return payload->facts.lead;
    }
    if (ht_slice_is(payload->facts.type, "visitor-identified")) {
        *key = "visitor";
        return ht_json_path(payload->json, 0, "visitor.summary");
    }
    return HT_JSON_NONE;
}

uint32_t timeline_event_size(const struct payload *payload)
{
    const char *key;
    size_t size = BARE_EVENT + payload->facts.reason.size + payload->facts.warnings.size;
    size += ht_json_raw(payload->json, subject_of(payload, &key)).size;
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

static void emit_event_head(struct ht_emit *emit, const struct timeline_event *event, struct ht_slice type,
                            struct ht_slice reason)
{
    ht_emit_key(emit, "kind");
    ht_emit_text(emit, "event");
    ht_emit_key(emit, "at");
    ht_emit_time(emit, event->untimed ? HT_TIME_NONE : event->at);
    ht_emit_key(emit, "type");
    ht_emit_string(emit, type);
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, event->seq);
    ht_emit_key(emit, "reason");
    ht_emit_string(emit, reason);
}

void timeline_emit_unreadable(struct ht_emit *emit, const struct timeline_event *event)
{
    ht_emit_object(emit);
    emit_event_head(emit, event, HT_SLICE("unknown"), HT_ABSENT);
    ht_emit_key(emit, "unreadable");
    ht_emit_bool(emit, true);
    ht_emit_end_object(emit);
}

void timeline_emit_erased(struct ht_emit *emit, const struct timeline_event *event, const struct ht_erasure *erasure)
{
    struct ht_slice reason = HT_ABSENT;
    if (erasure && erasure->reason[0] != '\0') reason = ht_slice_from(erasure->reason);
    ht_emit_object(emit);
    emit_event_head(emit, event, HT_SLICE("erased"), reason);
    ht_emit_key(emit, "erased_at");
    ht_emit_time(emit, erasure ? erasure->at : HT_TIME_NONE);
    ht_emit_end_object(emit);
}

static void emit_event(struct ht_emit *emit, struct payload *payload, const struct timeline_event *event)
{
    const struct ht_facts *facts = &payload->facts;
    const char *key;
    uint32_t subject = subject_of(payload, &key);
    ht_emit_object(emit);
    emit_event_head(emit, event, facts->type, facts->reason);
    if (subject != HT_JSON_NONE) {
        ht_emit_key(emit, key);
        payload_emit(payload, subject, emit);
    }
    if (event->derived) {
        ht_emit_key(emit, "derived");
        ht_emit_bool(emit, true);
    }
    if (facts->has_warnings) {
        ht_emit_key(emit, "warnings");
        ht_emit_raw(emit, facts->warnings);
    }
    ht_emit_end_object(emit);
}

static void make_event(struct timeline_pieces *pieces, struct timeline_piece *piece, struct payload *payload,
                       const struct timeline_event *event)
{
    struct ht_emit emit;
    ht_emit_init(&emit, &pieces->text);
    piece->at = pieces->text.size;
    emit_event(&emit, payload, event);
    piece->item = pieces->text.size - piece->at;
    piece->made = true;
}

/* ---- messages ---- */

/* Emits one value; returns its size. */
static size_t add_value(struct ht_emit *emit, struct ht_slice value)
{
    size_t before = emit->out->size;
    ht_emit_string(emit, value);
    return emit->out->size - before;
}

static void make_message(struct timeline_pieces *pieces, struct timeline_piece *piece, struct payload *payload,
                         uint32_t node)
{
    struct ht_message message;
    size_t kept = payload->scratch.size;
    piece->made = ht_reading_message(payload->json, node, &payload->scratch, &message);
    payload->scratch.size = kept;
    if (payload->scratch.failed) pieces->text.failed = true;
    if (!piece->made) return;

    struct ht_emit emit;
    ht_emit_init(&emit, &pieces->text);
    piece->at = pieces->text.size;
    piece->role = add_value(&emit, message.role);
    piece->content = add_value(&emit, message.content);
    piece->id = message.id.data ? add_value(&emit, message.id) : 0;
}

/* The list is walked once, for slots ascend. */
static uint32_t make_messages(struct timeline_pieces *pieces, uint32_t at, struct payload *payload)
{
    const uint32_t event = pieces->list[at].event;
    const uint32_t list = payload->facts.messages;
    uint32_t slot = TIMELINE_SLOT_MESSAGE(0);
    uint32_t node = ht_json_first(payload->json, list);
    for (; at < pieces->count && pieces->list[at].event == event; at++) {
        for (; node != HT_JSON_NONE && slot < pieces->list[at].slot; slot++)
            node = ht_json_after(payload->json, list, node);
        if (node != HT_JSON_NONE) make_message(pieces, &pieces->list[at], payload, node);
    }
    return at;
}

uint32_t timeline_pieces_make(struct timeline_pieces *pieces, uint32_t first, struct payload *payload,
                              const struct timeline_event *event)
{
    uint32_t at = first;
    if (pieces->list[at].slot == TIMELINE_SLOT_EVENT) make_event(pieces, &pieces->list[at++], payload, event);
    if (at == pieces->count || pieces->list[at].event != pieces->list[first].event) return at;
    return make_messages(pieces, at, payload);
}
