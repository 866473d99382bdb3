#include "timeline_page.h"

#include "hooktrail/time.h"

#define BARE_MESSAGE 120 /* bytes of a message's item without its content */
#define BARE_VERSION 32

/* The versions of a message that are shown, the newest first. */
struct versions {
    uint32_t list[TIMELINE_MAX_PREVIOUS + 1];
    uint32_t count;
    uint64_t size; /* of their JSON, about */
    bool cut;      /* there are older ones */
};

void timeline_page_release(struct timeline_page *page)
{
    timeline_pieces_release(&page->kept);
    timeline_pieces_release(&page->wanted);
}

static const struct timeline_message *message_at(const struct timeline_order *order, uint32_t index)
{
    return &order->all->messages[index];
}

static uint32_t slot_of(const struct timeline_message *version)
{
    return TIMELINE_SLOT_MESSAGE((uint32_t)version->position);
}

enum ht_status timeline_page_keep(struct timeline_page *page, const struct timeline_union *all, uint32_t known,
                                  struct payload *payload, const struct timeline_event *event, uint32_t number,
                                  struct ht_error *err)
{
    struct timeline_pieces *kept = &page->kept;
    uint32_t first = kept->count;
    if (first == 0) (void)ht_buffer_reserve(&kept->text, payload->record.payload.size);
    enum ht_status status = timeline_pieces_want(kept, number, TIMELINE_SLOT_EVENT, err);
    for (uint32_t i = known; i < all->count && status == HT_OK; i++)
        status = timeline_pieces_want(kept, number, slot_of(&all->messages[i]), err);
    if (status != HT_OK) return status;
    (void)timeline_pieces_make(kept, first, payload, event);
    page->kept_events = number + 1;
    return ht_buffer_status(&kept->text, err);
}

/* ---- choosing ---- */

static void find_versions(const struct timeline_order *order, uint32_t first, struct versions *versions)
{
    uint32_t newest = message_at(order, first)->end;
    uint64_t previous = 0;
    versions->list[0] = newest;
    versions->count = 1;
    versions->cut = false;
    for (uint32_t i = message_at(order, newest)->older; i != TIMELINE_NONE; i = message_at(order, i)->older) {
        uint64_t size = (uint64_t)message_at(order, i)->size + BARE_VERSION;
        versions->cut = versions->count > 1 && previous + size > TIMELINE_PREVIOUS_BYTES;
        if (versions->count == TIMELINE_MAX_PREVIOUS + 1) versions->cut = true;
        if (versions->cut) break;
        versions->list[versions->count++] = i;
        previous += size;
    }
    versions->size = BARE_MESSAGE + message_at(order, newest)->size + previous;
}

/* Whether the item at page->end belongs to the page, with which it would take `bytes`. */
static bool has_room(const struct timeline_page *page, uint64_t bytes)
{
    return bytes <= TIMELINE_PAGE_BYTES || page->end == page->first;
}

static enum ht_status want(struct timeline_page *page, uint32_t event, uint32_t slot, struct ht_error *err)
{
    return event < page->kept_events ? HT_OK : timeline_pieces_want(&page->wanted, event, slot, err);
}

/* Asks for what an item shows once the page has room for it: the first item always, another within the bytes. */
static enum ht_status choose_message(struct timeline_page *page, uint32_t first, uint64_t *bytes, struct ht_error *err)
{
    struct versions versions;
    find_versions(page->order, first, &versions);
    *bytes += versions.size;
    if (!has_room(page, *bytes)) return HT_OK;
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < versions.count && status == HT_OK; i++) {
        const struct timeline_message *version = message_at(page->order, versions.list[i]);
        status = want(page, version->event, slot_of(version), err);
    }
    return status;
}

static enum ht_status choose_event(struct timeline_page *page, uint32_t number, uint64_t *bytes, struct ht_error *err)
{
    const struct timeline_event *event = &page->order->events[number];
    *bytes += event->size;
    if (event->unreadable || !has_room(page, *bytes)) return HT_OK;
    return want(page, number, TIMELINE_SLOT_EVENT, err);
}

enum ht_status timeline_page_choose(struct timeline_page *page, uint32_t limit, struct ht_error *err)
{
    const struct timeline_order *order = page->order;
    uint64_t bytes = 0;
    for (page->end = page->first; page->end < order->count && page->end - page->first < limit; page->end++) {
        uint32_t ref = order->items[page->end];
        enum ht_status status = ref & TIMELINE_EVENT ? choose_event(page, ref & ~TIMELINE_EVENT, &bytes, err)
                                                     : choose_message(page, ref, &bytes, err);
        if (status != HT_OK) return status;
        if (!has_room(page, bytes)) break;
    }
    timeline_pieces_sort(&page->wanted);
    page->bytes = bytes;
    return HT_OK;
}

/* ---- making ---- */

uint32_t timeline_page_needs(const struct timeline_page *page)
{
    return page->next_wanted < page->wanted.count ? page->wanted.list[page->next_wanted].event : TIMELINE_NONE;
}

enum ht_status timeline_page_make(struct timeline_page *page, struct payload *payload, struct ht_error *err)
{
    const struct timeline_event *event = &page->order->events[timeline_page_needs(page)];
    page->next_wanted = timeline_pieces_make(&page->wanted, page->next_wanted, payload, event);
    return ht_buffer_status(&page->wanted.text, err);
}

void timeline_page_skip(struct timeline_page *page)
{
    uint32_t event = timeline_page_needs(page);
    while (timeline_page_needs(page) == event)
        page->next_wanted++;
}

/* ---- emitting ---- */

static const struct timeline_piece *find_piece(const struct timeline_page *page, uint32_t event, uint32_t slot,
                                               const char **text)
{
    const struct timeline_pieces *pieces = event < page->kept_events ? &page->kept : &page->wanted;
    const struct timeline_piece *piece = timeline_pieces_find(pieces, event, slot);
    if (piece) *text = pieces->text.data + piece->at;
    return piece;
}

static void emit_seq(struct ht_emit *emit, const struct timeline_order *order, uint32_t event)
{
    ht_emit_key(emit, "seq");
    ht_emit_uint(emit, order->events[event].seq);
}

/* Role, content and id of a version, absent (and so null) where it could not be read. */
struct shown {
    struct ht_slice role;
    struct ht_slice content;
    struct ht_slice id;
    bool unreadable;
};

static struct shown show(const struct timeline_page *page, uint32_t index)
{
    const struct timeline_message *version = message_at(page->order, index);
    const char *text;
    const struct timeline_piece *piece = find_piece(page, version->event, slot_of(version), &text);
    if (!piece) return (struct shown){.unreadable = true};
    return (struct shown){
        .role = ht_slice_of(text, piece->role),
        .content = ht_slice_of(text + piece->role, piece->content),
        .id = ht_slice_of(text + piece->role + piece->content, piece->id),
    };
}

static bool say_the_same(const struct shown *a, const struct shown *b)
{
    return !a->unreadable && !b->unreadable && ht_slice_equal(a->role, b->role) &&
           ht_slice_equal(a->content, b->content);
}

/* Of consecutive versions that say the same the first seen stays: an id or a time alone is no edit. */
static void join_equal(const struct timeline_page *page, struct versions *versions)
{
    struct shown newer = show(page, versions->list[0]);
    uint32_t count = 1;
    for (uint32_t i = 1; i < versions->count; i++) {
        struct shown older = show(page, versions->list[i]);
        if (!say_the_same(&newer, &older)) count++;
        versions->list[count - 1] = versions->list[i];
        newer = older;
    }
    versions->count = count;
}

static void emit_edits(const struct timeline_page *page, struct versions *versions, struct ht_emit *emit)
{
    const struct timeline_order *order = page->order;
    join_equal(page, versions);
    if (versions->count == 1 && !versions->cut) return;
    ht_emit_key(emit, "edited");
    ht_emit_object(emit);
    emit_seq(emit, order, message_at(order, versions->list[0])->event);
    ht_emit_key(emit, "previous");
    ht_emit_array(emit);
    for (uint32_t i = versions->count - 1; i > 0; i--) {
        struct shown shown = show(page, versions->list[i]);
        ht_emit_object(emit);
        emit_seq(emit, order, message_at(order, versions->list[i])->event);
        ht_emit_key(emit, "content");
        ht_emit_raw(emit, shown.content);
        ht_emit_end_object(emit);
    }
    ht_emit_end_array(emit);
    if (versions->cut) {
        ht_emit_key(emit, "previous_cut");
        ht_emit_bool(emit, true);
    }
    ht_emit_end_object(emit);
}

static void emit_flag(struct ht_emit *emit, const char *key, bool set)
{
    if (!set) return;
    ht_emit_key(emit, key);
    ht_emit_bool(emit, true);
}

static void emit_message(const struct timeline_page *page, uint32_t first, struct ht_emit *emit)
{
    const struct timeline_order *order = page->order;
    const struct timeline_message *message = message_at(order, first);
    struct versions versions;
    find_versions(order, first, &versions);
    struct shown shown = show(page, versions.list[0]);
    ht_emit_object(emit);
    ht_emit_key(emit, "kind");
    ht_emit_text(emit, "message");
    ht_emit_key(emit, "at");
    ht_emit_time(emit, message->untimed ? HT_TIME_NONE : message->at);
    ht_emit_key(emit, "role");
    ht_emit_raw(emit, shown.role);
    ht_emit_key(emit, "content");
    ht_emit_raw(emit, shown.content);
    emit_seq(emit, order, message->event);
    if (page->shows_last && message->last_event != message->event) {
        ht_emit_key(emit, "last_seq");
        ht_emit_uint(emit, order->events[message->last_event].seq);
    }
    if (shown.id.size > 0) {
        ht_emit_key(emit, "id");
        ht_emit_raw(emit, shown.id);
    }
    emit_edits(page, &versions, emit);
    if (order->removed_by[first] != TIMELINE_NONE) {
        ht_emit_key(emit, "removed");
        ht_emit_object(emit);
        emit_seq(emit, order, order->removed_by[first]);
        ht_emit_end_object(emit);
    }
    emit_flag(emit, "derived", order->events[message->event].derived);
    emit_flag(emit, "unreadable", shown.unreadable);
    ht_emit_end_object(emit);
}

static void emit_erased(const struct timeline_event *event, struct ht_reader *reader, struct ht_emit *emit)
{
    struct ht_erasure erasure;
    bool known = ht_erasure_get(reader, event->erasure, &erasure, NULL) == HT_OK;
    timeline_emit_erased(emit, event, known ? &erasure : NULL);
}

static void emit_event(const struct timeline_page *page, uint32_t number, struct ht_reader *reader,
                       struct ht_emit *emit)
{
    const char *text;
    const struct timeline_event *event = &page->order->events[number];
    const struct timeline_piece *piece = find_piece(page, number, TIMELINE_SLOT_EVENT, &text);
    if (piece) {
        ht_emit_raw(emit, ht_slice_of(text, piece->item));
    } else if (event->erasure != 0) {
        emit_erased(event, reader, emit);
    } else {
        timeline_emit_unreadable(emit, event);
    }
}

void timeline_page_emit_item(const struct timeline_page *page, uint32_t item, struct ht_reader *reader,
                             struct ht_emit *emit)
{
    uint32_t ref = page->order->items[item];
    if (ref & TIMELINE_EVENT)
        emit_event(page, ref & ~TIMELINE_EVENT, reader, emit);
    else
        emit_message(page, ref, emit);
}

/* ---- naming ---- */

void timeline_page_name(const struct timeline_order *order, uint32_t item, uint64_t *seq, uint64_t *slot)
{
    uint32_t ref = order->items[item];
    bool is_event = ref & TIMELINE_EVENT;
    uint32_t event = is_event ? ref & ~TIMELINE_EVENT : message_at(order, ref)->event;
    *seq = order->events[event].seq;
    *slot = is_event ? TIMELINE_SLOT_EVENT : slot_of(message_at(order, ref));
}

uint32_t timeline_page_find(const struct timeline_order *order, uint64_t seq, uint64_t slot)
{
    for (uint32_t i = 0; i < order->count; i++) {
        uint64_t item_seq, item_slot;
        timeline_page_name(order, i, &item_seq, &item_slot);
        if (item_seq == seq && item_slot == slot) return i;
    }
    return TIMELINE_NONE;
}
