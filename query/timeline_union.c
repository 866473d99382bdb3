#include "timeline_union.h"

#include <assert.h>
#include <stdlib.h>

#include "hooktrail/time.h"

_Static_assert(HT_JSON_MAX_NODES < 1 << 20, "a position must fit into its bits");
_Static_assert(sizeof(struct timeline_message) == 80, "what the header says of memory");

/* The payload under way, and the message of it at hand. */
struct payload_pass {
    struct timeline_union *all;
    uint32_t event;
    int64_t occurred_at;
    struct ht_message message;
    uint32_t position;
    uint8_t identity[HASH_TABLE_KEY_SIZE];
    uint8_t mark[HASH_TABLE_KEY_SIZE];
    bool named;   /* it has an id */
    bool unclear; /* its text alone does not tell which one it is: equal ones or one with an id count, too */
};

void timeline_union_init(struct timeline_union *all, uint32_t limit)
{
    *all = (struct timeline_union){.limit = limit};
    timeline_identity_init(&all->identity);
}

void timeline_union_release(struct timeline_union *all)
{
    free(all->messages);
    free(all->listed);
    free(all->rivals);
    hash_table_release(&all->by_identity);
    hash_table_release(&all->by_text);
    hash_table_release(&all->by_place);
    timeline_repeat_release(&all->repeat);
    ht_buffer_release(&all->scratch);
    timeline_identity_release(&all->identity);
    *all = (struct timeline_union){.limit = all->limit};
}

/* An array with room for one more element, moved if need be; NULL when out of memory. */
static void *with_room(void *array, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity) return array;
    uint32_t larger = *capacity > 0 ? *capacity * 2 : 16;
    void *moved = realloc(array, larger * size);
    if (moved) *capacity = larger;
    return moved;
}

static struct hash_table_keys identities(const struct timeline_union *all)
{
    return (struct hash_table_keys){all->messages ? all->messages->identity : NULL, sizeof *all->messages};
}

static struct hash_table_keys marks(const struct timeline_union *all)
{
    return (struct hash_table_keys){all->messages ? all->messages->mark : NULL, sizeof *all->messages};
}

/* ---- which messages a payload lists ---- */

static struct timeline_message *first_of(const struct timeline_union *all, uint32_t message)
{
    return &all->messages[timeline_first(all, message)];
}

/* Whether the payload under way has listed any version of this one's message already. */
static bool is_listed(const struct payload_pass *pass, uint32_t message)
{
    return first_of(pass->all, message)->last_event == pass->event;
}

static bool is_listed_version(const struct payload_pass *pass, uint32_t message)
{
    return is_listed(pass, message) && first_of(pass->all, message)->carried == message;
}

static enum ht_status list(struct timeline_union *all, uint32_t message, struct ht_error *err)
{
    void *listed = with_room(all->listed, all->listed_count, &all->listed_capacity, sizeof *all->listed);
    if (!listed) return ht_fail(err, HT_NO_MEMORY, "out of memory for the messages of one payload");
    all->listed = listed;
    all->listed[all->listed_count++] = (struct timeline_listed){message, TIMELINE_NONE, HT_TIME_NONE};
    return HT_OK;
}

/* Adds the message at hand as a version that stands for itself: its own first and newest, listed by the payload. */
static enum ht_status add(const struct payload_pass *pass, uint32_t *added, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    const struct ht_message *message = &pass->message;
    if (all->count == all->limit)
        return ht_fail(err, HT_TOO_LARGE, "the conversation has more than %u messages: read its events one by one",
                       all->limit);
    struct timeline_message *messages = with_room(all->messages, all->count, &all->capacity, sizeof *all->messages);
    if (!messages) return ht_fail(err, HT_NO_MEMORY, "out of memory for %u messages", all->count);
    all->messages = messages;
    *added = all->count++;
    messages[*added] = (struct timeline_message){
        .at = message->created_at,
        .event = pass->event,
        .position = pass->position & 0xfffff,
        .has_id = message->id.data != NULL,
        .untimed = message->created_at == HT_TIME_NONE,
        .named = pass->named,
        .size = message->content.size < UINT32_MAX ? (uint32_t)message->content.size : UINT32_MAX,
        .anchor = TIMELINE_NONE,
        .older = TIMELINE_NONE,
        .end = *added,
        .same_place = TIMELINE_NONE,
        .last_event = pass->event,
        .carried = *added,
    };
    memcpy(messages[*added].identity, pass->identity, HASH_TABLE_KEY_SIZE);
    memcpy(messages[*added].mark, pass->mark, HASH_TABLE_KEY_SIZE);
    return HT_OK;
}

/* Makes `newer`, which stands for itself, the newest version of the message of `older`, the newest until now. */
static void supersede(struct timeline_union *all, uint32_t older, uint32_t newer)
{
    uint32_t first = timeline_first(all, older);
    all->messages[newer].older = older;
    all->messages[newer].end = first;
    all->messages[first].end = newer;
    all->messages[first].last_event = all->messages[newer].last_event;
    all->messages[first].carried = newer;
    all->messages[first].named = all->messages[newer].named;
}

/* The payload lists two versions `older` and `newer` of what seemed one message: cuts the chain behind `older`. */
static void part(struct timeline_union *all, uint32_t older, uint32_t newer)
{
    uint32_t first = timeline_first(all, older);
    uint32_t newest = all->messages[first].end;
    uint32_t second = newer;
    while (all->messages[second].older != older)
        second = all->messages[second].older;
    for (uint32_t i = newest; i != second; i = all->messages[i].older)
        all->messages[i].end = second;
    all->messages[second].older = TIMELINE_NONE;
    all->messages[second].end = newest;
    all->messages[second].last_event = all->messages[first].last_event;
    all->messages[second].carried = newer;
    all->messages[second].named = all->messages[first].named;
    all->messages[first].end = older;
    all->messages[first].carried = older;
}

/* Notes that the payload under way lists a version known before. */
static void carry(struct payload_pass *pass, uint32_t message)
{
    struct timeline_union *all = pass->all;
    struct timeline_message *first = first_of(all, message);
    if (is_listed(pass, message) && first->carried != message) {
        uint32_t other = first->carried;
        part(all, message < other ? message : other, message < other ? other : message);
    }
    first = first_of(all, message);
    first->last_event = pass->event;
    first->carried = message;
    first->named = pass->named;
    all->messages[message].equal = 0;
}

static enum ht_status carry_and_list(struct payload_pass *pass, uint32_t message, struct ht_error *err)
{
    carry(pass, message);
    return list(pass->all, message, err);
}

/* What is known by this identity, or NONE. */
static uint32_t find(const struct timeline_union *all, const uint8_t identity[HASH_TABLE_KEY_SIZE])
{
    if (all->by_identity.used == 0) return TIMELINE_NONE;
    return *hash_table_slot(&all->by_identity, identities(all), identity);
}

/* ---- without an id ---- */

/* Finds or adds the message of the identity at hand. */
static enum ht_status take_by_identity(struct payload_pass *pass, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    enum ht_status status = hash_table_grow(&all->by_identity, err);
    if (status != HT_OK) return status;
    uint32_t *slot = hash_table_slot(&all->by_identity, identities(all), pass->identity);
    if (*slot != TIMELINE_NONE) return carry_and_list(pass, *slot, err);
    if (pass->message.created_at != HT_TIME_NONE) timeline_identity_place(&all->identity, &pass->message, pass->mark);
    uint32_t added = 0;
    status = add(pass, &added, err);
    if (status != HT_OK) return status;
    *slot = added;
    all->by_identity.used++;
    return list(all, added, err);
}

/* The first version with an id that has the text at hand, unless the payload lists its message already; or NONE. */
static uint32_t find_named(const struct payload_pass *pass)
{
    const struct timeline_union *all = pass->all;
    if (all->by_text.used == 0) return TIMELINE_NONE;
    uint32_t named = *hash_table_slot(&all->by_text, marks(all), pass->identity);
    return named != TIMELINE_NONE && is_listed(pass, named) ? TIMELINE_NONE : named;
}

static enum ht_status take_without_id(struct payload_pass *pass, struct ht_error *err)
{
    timeline_identity_text(&pass->all->identity, &pass->message, pass->identity);
    uint32_t equal = find(pass->all, pass->identity);
    if (equal == TIMELINE_NONE) {
        uint32_t named = find_named(pass);
        pass->unclear = named != TIMELINE_NONE;
        if (pass->unclear) return carry_and_list(pass, named, err);
    } else if (is_listed_version(pass, equal)) {
        pass->unclear = true;
        timeline_identity_equal(&pass->all->identity, pass->identity, ++pass->all->messages[equal].equal,
                                pass->identity);
    }
    return take_by_identity(pass, err);
}

/* ---- with an id ---- */

/* Adds a version with an id, as the newest of its id. */
static enum ht_status add_named(struct payload_pass *pass, uint32_t *added, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    enum ht_status status = hash_table_grow(&all->by_text, err);
    if (status == HT_OK) status = add(pass, added, err);
    if (status != HT_OK) return status;
    uint32_t *of_id = hash_table_slot(&all->by_identity, identities(all), pass->identity);
    uint32_t *of_text = hash_table_slot(&all->by_text, marks(all), pass->mark);
    all->by_identity.used += *of_id == TIMELINE_NONE;
    *of_id = *added;
    if (*of_text != TIMELINE_NONE) return HT_OK;
    all->by_text.used++;
    *of_text = *added;
    return HT_OK;
}

/* A message seen without its id until now has one from now on. */
static enum ht_status take_new_id(struct payload_pass *pass, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    uint32_t nameless = find(all, pass->mark);
    uint32_t added = 0;
    enum ht_status status = add_named(pass, &added, err);
    if (status != HT_OK) return status;
    if (nameless != TIMELINE_NONE && timeline_newest(all, nameless) == nameless && !is_listed(pass, nameless))
        supersede(all, nameless, added);
    return list(all, added, err);
}

/* If the payload lists the message already, then by this id, and this element is another version at most; or without
   one, and they are two messages: the versions are parted, or there is one to be added that stands for itself. */
static enum ht_status take_known_id(struct payload_pass *pass, uint32_t known, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    bool same = memcmp(all->messages[known].mark, pass->mark, HASH_TABLE_KEY_SIZE) == 0;
    bool again = is_listed(pass, known) && first_of(all, known)->named;
    bool taken = is_listed(pass, known) && !again && (!same || is_listed_version(pass, known));
    if (same && again) return HT_OK;
    if (same && !taken) return carry_and_list(pass, known, err);
    uint32_t added = 0;
    enum ht_status status = add_named(pass, &added, err);
    if (status != HT_OK) return status;
    if (!taken) supersede(all, known, added);
    return again ? HT_OK : list(all, added, err);
}

static enum ht_status take_with_id(struct payload_pass *pass, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    timeline_identity_id(&all->identity, &pass->message, pass->identity);
    timeline_identity_text(&all->identity, &pass->message, pass->mark);
    enum ht_status status = hash_table_grow(&all->by_identity, err);
    if (status != HT_OK) return status;
    uint32_t known = *hash_table_slot(&all->by_identity, identities(all), pass->identity);
    return known == TIMELINE_NONE ? take_new_id(pass, err) : take_known_id(pass, known, err);
}

/* ---- an element ---- */

/* Reads and finds a message; *again is what timeline_repeat_add wants to be told. */
static enum ht_status take_unknown(struct payload_pass *pass, const struct ht_json *json, uint32_t node,
                                   uint32_t *again, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    uint32_t before = all->listed_count;
    *again = TIMELINE_NONE;
    ht_buffer_clear(&all->scratch);
    bool is_message = ht_reading_message(json, node, &all->scratch, &pass->message);
    enum ht_status status = ht_buffer_status(&all->scratch, err);
    if (status != HT_OK || !is_message) return status;
    pass->unclear = false;
    pass->named = pass->message.id.data != NULL;
    status = pass->named ? take_with_id(pass, err) : take_without_id(pass, err);
    if (status == HT_OK && all->listed_count > before && !pass->unclear) *again = all->listed[before].message;
    return status;
}

/* The message that an element is, if the payload before had it at the same place. */
static uint32_t recognise(struct timeline_union *all, struct ht_slice text)
{
    uint32_t message = timeline_repeat_find(&all->repeat, text);
    bool outdated =
        message != TIMELINE_NONE && all->messages[message].has_id && timeline_newest(all, message) != message;
    return outdated ? TIMELINE_NONE : message;
}

static enum ht_status take(struct payload_pass *pass, const struct ht_json *json, uint32_t node, struct ht_error *err)
{
    struct timeline_union *all = pass->all;
    struct ht_slice text = ht_json_raw(json, node);
    uint32_t message = recognise(all, text);
    enum ht_status status = HT_OK;
    if (message != TIMELINE_NONE) {
        pass->named = all->messages[message].has_id;
        status = carry_and_list(pass, message, err);
    } else {
        status = take_unknown(pass, json, node, &message, err);
    }
    return status == HT_OK ? timeline_repeat_add(&all->repeat, text, message, err) : status;
}

static enum ht_status take_all(struct payload_pass *pass, const struct ht_json *json, uint32_t array,
                               struct ht_error *err)
{
    enum ht_status status = HT_OK;
    timeline_repeat_begin(&pass->all->repeat);
    for (uint32_t node = ht_json_first(json, array); node != HT_JSON_NONE && status == HT_OK;
         node = ht_json_after(json, array, node), pass->position++)
        status = take(pass, json, node, err);
    return status;
}

/* ---- edits without ids ---- */

/* Whether a message of the same time and role as a new one can be what that one edits. */
static bool is_replaceable(const struct payload_pass *pass, uint32_t message)
{
    const struct timeline_message *first = first_of(pass->all, message);
    return first->end == message && first->last_event != pass->event;
}

/* A rival is a new message at a place where there are older ones: the newest of these, and its own index. */
static uint64_t rival_of(uint32_t place, uint32_t message)
{
    return (uint64_t)place << 32 | message;
}

static int compare_rivals(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

static enum ht_status find_rivals(struct timeline_union *all, uint32_t *count, struct ht_error *err)
{
    *count = 0;
    for (uint32_t i = all->known; i < all->count && all->by_place.used > 0; i++) {
        const struct timeline_message *message = &all->messages[i];
        if (message->has_id || message->untimed) continue;
        uint32_t place = *hash_table_slot(&all->by_place, marks(all), message->mark);
        if (place == TIMELINE_NONE) continue;
        void *rivals = with_room(all->rivals, *count, &all->rival_capacity, sizeof *all->rivals);
        if (!rivals) return ht_fail(err, HT_NO_MEMORY, "out of memory for the messages of one payload");
        all->rivals = rivals;
        all->rivals[(*count)++] = rival_of(place, i);
    }
    if (*count > 1) qsort(all->rivals, *count, sizeof *all->rivals, compare_rivals);
    return HT_OK;
}

/* The first new one takes the place of the first unlisted one, the second that of the second … The list of those of a
   place runs from the newest to the first, so they are counted before. */
static void settle_place(struct payload_pass *pass, const uint64_t *rivals, uint32_t count)
{
    struct timeline_union *all = pass->all;
    uint32_t place = (uint32_t)(rivals[0] >> 32);
    uint32_t left = 0;
    for (uint32_t i = place; i != TIMELINE_NONE; i = all->messages[i].same_place)
        left += is_replaceable(pass, i);
    for (uint32_t i = place; i != TIMELINE_NONE && left > 0; i = all->messages[i].same_place) {
        if (!is_replaceable(pass, i)) continue;
        left--;
        if (left < count) supersede(all, i, (uint32_t)rivals[left]);
    }
}

static enum ht_status settle_edits(struct payload_pass *pass, struct ht_error *err)
{
    const struct timeline_union *all = pass->all;
    uint32_t count;
    enum ht_status status = find_rivals(pass->all, &count, err);
    if (status != HT_OK) return status;
    for (uint32_t i = 0, end; i < count; i = end) {
        for (end = i + 1; end < count && all->rivals[end] >> 32 == all->rivals[i] >> 32;)
            end++;
        settle_place(pass, &all->rivals[i], end - i);
    }
    return HT_OK;
}

static enum ht_status file_by_place(struct timeline_union *all, struct ht_error *err)
{
    for (uint32_t i = all->known; i < all->count; i++) {
        struct timeline_message *message = &all->messages[i];
        if (message->has_id || message->untimed) continue;
        enum ht_status status = hash_table_grow(&all->by_place, err);
        if (status != HT_OK) return status;
        uint32_t *slot = hash_table_slot(&all->by_place, marks(all), message->mark);
        if (*slot == TIMELINE_NONE) all->by_place.used++;
        message->same_place = *slot;
        *slot = i;
    }
    return HT_OK;
}

/* ---- places ---- */

/* For each element what its time and place may follow from, if not from what is before it. */
static void look_ahead(struct timeline_union *all)
{
    uint32_t next_known = TIMELINE_NONE;
    int64_t next_at = HT_TIME_NONE;
    for (uint32_t i = all->listed_count; i > 0; i--) {
        struct timeline_listed *listed = &all->listed[i - 1];
        listed->next_known = next_known;
        listed->next_at = next_at;
        uint32_t first = timeline_first(all, listed->message);
        if (first < all->known) next_known = first;
        if (all->messages[first].at != HT_TIME_NONE) next_at = all->messages[first].at;
    }
}

static bool is_at(const struct timeline_union *all, uint32_t message, int64_t at)
{
    return message != TIMELINE_NONE && all->messages[message].at == at;
}

/* Gives a new message its time and place; `previous` is the first version of its previous neighbour. */
static void settle(const struct payload_pass *pass, const struct timeline_listed *listed, uint32_t previous)
{
    const struct timeline_union *all = pass->all;
    struct timeline_message *message = &all->messages[listed->message];
    if (message->untimed) {
        message->at = listed->next_at != HT_TIME_NONE ? listed->next_at : pass->occurred_at;
        if (previous != TIMELINE_NONE) message->at = all->messages[previous].at;
    }
    if (is_at(all, previous, message->at)) {
        message->anchor = previous;
    } else if (is_at(all, listed->next_known, message->at)) {
        message->anchor = listed->next_known;
        message->before = 1;
    }
}

/* Later versions stand where the first does; they need a time in case they part from it. */
static void settle_places(const struct payload_pass *pass)
{
    const struct timeline_union *all = pass->all;
    look_ahead(pass->all);
    uint32_t previous = TIMELINE_NONE;
    for (uint32_t i = 0; i < all->listed_count; i++) {
        const struct timeline_listed *listed = &all->listed[i];
        uint32_t first = timeline_first(all, listed->message);
        if (first == listed->message && first >= all->known) settle(pass, listed, previous);
        previous = first;
    }
    for (uint32_t i = all->known; i < all->count; i++) {
        struct timeline_message *message = &all->messages[i];
        if (message->at == HT_TIME_NONE) message->at = all->messages[timeline_first(all, i)].at;
    }
}

static void measure(const struct timeline_union *all, struct timeline_span *span)
{
    *span = (struct timeline_span){TIMELINE_NONE, TIMELINE_NONE, false};
    for (uint32_t i = 0; i < all->listed_count; i++) {
        uint32_t first = timeline_first(all, all->listed[i].message);
        int64_t at = all->messages[first].at;
        if (first < all->known) span->repeats = true;
        if (span->low == TIMELINE_NONE || at < all->messages[span->low].at) span->low = first;
        if (span->high == TIMELINE_NONE || at >= all->messages[span->high].at) span->high = first;
    }
}

enum ht_status timeline_union_add(struct timeline_union *all, const struct ht_json *json, uint32_t list, uint32_t event,
                                  int64_t occurred_at, struct timeline_span *span, struct ht_error *err)
{
    struct payload_pass pass = {.all = all, .event = event, .occurred_at = occurred_at};
    all->known = all->count;
    all->listed_count = 0;
    enum ht_status status = take_all(&pass, json, list, err);
    if (status == HT_OK) status = settle_edits(&pass, err);
    if (status == HT_OK) status = file_by_place(all, err);
    if (status == HT_OK) status = ht_buffer_status(&all->identity.text, err);
    if (status != HT_OK) return status;
    settle_places(&pass);
    measure(all, span);
    return HT_OK;
}
