#include "erase_plan.h"

#include <stdlib.h>

#include "record.h"
#include "ref.h"

/* ---- keys of this run ---- */

void erase_chain_release(struct erase_chain *chain)
{
    ht_buffer_release(&chain->links);
}

void erase_chain_add(struct erase_chain *chain, uint32_t key, uint32_t before)
{
    struct erase_link link = {key, before};
    ht_buffer_add_bytes(&chain->links, &link, sizeof link);
}

/* Keys are given out in ascending order, so the links are in the order of `key`. */
uint32_t erase_chain_before(const struct erase_chain *chain, uint32_t key)
{
    const struct erase_link *links = (const struct erase_link *)(const void *)chain->links.data;
    size_t low = 0, high = chain->links.size / sizeof *links;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (links[middle].key == key) return links[middle].before;
        if (links[middle].key < key)
            low = middle + 1;
        else
            high = middle;
    }
    return 0;
}

/* ---- the plan ---- */

void erase_plan_release(struct erase_plan *plan)
{
    erase_set_release(&plan->wanted);
    erase_set_release(&plan->seqs);
    ht_buffer_release(&plan->events);
    ht_buffer_release(&plan->entities);
    ht_buffer_release(&plan->survivors);
    erase_set_release(&plan->keys);
    erase_set_release(&plan->older);
    erase_set_release(&plan->derived);
    erase_set_release(&plan->repeats);
    erase_set_release(&plan->rejected);
    plan->rejected_checked = false;
    plan->rejected_held = false;
}

static void clear_made(struct erase_plan *plan)
{
    erase_set_clear(&plan->seqs);
    ht_buffer_clear(&plan->events);
    ht_buffer_clear(&plan->entities);
    ht_buffer_clear(&plan->survivors);
    erase_set_clear(&plan->keys);
    erase_set_clear(&plan->older);
    erase_set_clear(&plan->derived);
    erase_set_clear(&plan->repeats);
}

void erase_plan_clear(struct erase_plan *plan)
{
    clear_made(plan);
    erase_set_clear(&plan->wanted);
    erase_set_clear(&plan->rejected);
    plan->rejected_checked = false;
    plan->rejected_held = false;
}

static int compare_entities(const void *a, const void *b)
{
    const struct erase_entity *left = a, *right = b;
    if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

static int compare_survivors(const void *a, const void *b)
{
    const struct erase_survivor *left = a, *right = b;
    if (left->key != right->key) return left->key < right->key ? -1 : 1;
    if (left->repeat != right->repeat) return left->repeat ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

/* Sorts `count` things of `size` bytes and drops repeated ones. */
static void sort_out(struct ht_buffer *things, size_t size, int compare(const void *, const void *))
{
    size_t count = things->size / size, kept = 0;
    if (count == 0) return;
    qsort(things->data, count, size, compare);
    for (size_t i = 0; i < count; i++) {
        const char *from = things->data + i * size;
        if (kept > 0 && compare(things->data + (kept - 1) * size, from) == 0) continue;
        memmove(things->data + kept++ * size, from, size);
    }
    things->size = kept * size;
}

static struct erase_entity *entity_of(const struct erase_plan *plan, uint32_t kind, uint32_t number)
{
    struct erase_entity wanted = {.kind = kind, .number = number};
    size_t count = erase_plan_entities(plan);
    if (count == 0) return NULL;
    return bsearch(&wanted, plan->entities.data, count, sizeof wanted, compare_entities);
}

const struct erase_entity *erase_plan_find(const struct erase_plan *plan, enum ht_kind kind, uint32_t number)
{
    return number == 0 ? NULL : entity_of(plan, (uint32_t)kind, number);
}

/* ---- events ---- */

static void add_entity(struct erase_plan *plan, enum ht_kind kind, uint32_t number)
{
    struct erase_entity entity = {.kind = (uint32_t)kind, .number = number};
    if (number != 0) ht_buffer_add_bytes(&plan->entities, &entity, sizeof entity);
}

static enum ht_status add_repeats(struct erase_plan *plan, struct ht_reader *reader, uint64_t seq, struct ht_error *err)
{
    uint64_t number = 0;
    enum ht_status status;
    while ((status = ht_index_repeat(reader, seq, number, &number, err)) == HT_OK)
        erase_set_add(&plan->repeats, number);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_event(struct erase_plan *plan, struct ht_reader *reader, uint64_t seq, struct ht_error *err)
{
    struct ht_record_header header;
    struct ht_row row;
    enum ht_status status = ht_trail_header(reader, seq, &header, err);
    if (status != HT_OK || header.erasure != 0) return status;
    status = ht_index_row(reader, seq, &row, err);
    if (status != HT_OK) return status;
    struct erase_event event = {seq, header.key, row.conversation, row.lead, row.visitor};
    ht_buffer_add_bytes(&plan->events, &event, sizeof event);
    erase_set_add(&plan->seqs, seq);
    if (header.key != 0) erase_set_add(&plan->keys, header.key);
    add_entity(plan, HT_KIND_CONVERSATION, row.conversation);
    add_entity(plan, HT_KIND_LEAD, row.lead);
    return add_repeats(plan, reader, seq, err);
}

static enum ht_status add_events(struct erase_plan *plan, struct ht_reader *reader, struct ht_error *err)
{
    enum ht_status status = erase_set_sort(&plan->wanted, err);
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&plan->wanted); i++)
        status = add_event(plan, reader, erase_set_at(&plan->wanted, i), err);
    if (status == HT_OK) status = erase_set_sort(&plan->seqs, err);
    if (status == HT_OK) status = erase_set_sort(&plan->keys, err);
    if (status == HT_OK) status = erase_set_sort(&plan->repeats, err);
    if (status == HT_OK) status = ht_buffer_status(&plan->events, err);
    if (status == HT_OK) status = ht_buffer_status(&plan->entities, err);
    if (status == HT_OK) sort_out(&plan->entities, sizeof(struct erase_entity), compare_entities);
    return status;
}

/* ---- who else has their keys ---- */

static bool is_survivor(const struct erase_plan *plan, struct ht_reader *reader, uint64_t seq, uint32_t *key)
{
    struct ht_record_header header;
    if (erase_set_has(&plan->seqs, seq)) return false;
    if (ht_trail_header(reader, seq, &header, NULL) != HT_OK || header.erasure != 0) return false;
    *key = header.key;
    return true;
}

static void add_survivor(struct erase_plan *plan, uint32_t key, bool repeat, uint64_t number)
{
    struct erase_survivor survivor = {.key = key, .repeat = repeat, .number = number};
    ht_buffer_add_bytes(&plan->survivors, &survivor, sizeof survivor);
}

static enum ht_status add_with_repeats(struct erase_plan *plan, struct ht_reader *reader, uint32_t key, uint64_t seq,
                                       struct ht_error *err)
{
    uint64_t number = 0;
    enum ht_status status;
    add_survivor(plan, key, false, seq);
    while ((status = ht_index_repeat(reader, seq, number, &number, err)) == HT_OK)
        add_survivor(plan, key, true, number);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* What the index has under `listed`, and is now sealed by `key`. */
static enum ht_status add_listed(struct erase_plan *plan, struct ht_reader *reader, uint32_t listed, uint32_t key,
                                 struct ht_error *err)
{
    uint64_t seq = 0;
    enum ht_status status;
    while ((status = ht_index_key_event(reader, listed, seq, &seq, err)) == HT_OK) {
        uint32_t sealed_by;
        if (!is_survivor(plan, reader, seq, &sealed_by) || sealed_by != key) continue;
        status = add_with_repeats(plan, reader, key, seq, err);
        if (status != HT_OK) return status;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static void go_on(const struct erase_plan *plan, uint32_t key)
{
    for (size_t i = 0; i < erase_plan_events(plan); i++) {
        const struct erase_event *event = erase_plan_event(plan, i);
        struct erase_entity *conversation = entity_of(plan, HT_KIND_CONVERSATION, event->conversation);
        struct erase_entity *lead = entity_of(plan, HT_KIND_LEAD, event->lead);
        if (event->key != key) continue;
        if (conversation != NULL) conversation->goes_on = true;
        if (lead != NULL) lead->goes_on = true;
    }
}

/* Events that are not in the index yet. Whose they are isn't known, but by their key: then that one goes on. */
static void add_tail_events(struct erase_plan *plan, struct ht_reader *reader, uint64_t first, uint64_t last)
{
    for (uint64_t seq = first; seq <= last; seq++) {
        uint32_t key;
        if (!is_survivor(plan, reader, seq, &key) || !erase_set_has(&plan->keys, key)) continue;
        add_survivor(plan, key, false, seq);
        go_on(plan, key);
    }
}

/* The same of repeated deliveries, which say themselves what they repeat. */
static enum ht_status add_tail_repeats(struct erase_plan *plan, struct ht_reader *reader, uint64_t first, uint64_t last,
                                       struct ht_error *err)
{
    for (uint64_t number = first; number <= last; number++) {
        struct repeat_parts parts;
        struct ht_slice value = HT_ABSENT;
        int code = trail_get(reader->trail_txn, reader->store->trail.repeats, number, &value);
        if (code != 0) return env_fail(err, code, "reading repeated deliveries");
        if (repeat_split(value, number, &parts, NULL) != HT_OK) continue;
        if (erase_set_has(&plan->seqs, parts.seq))
            erase_set_add(&plan->repeats, number);
        else if (parts.key != 0 && erase_set_has(&plan->keys, parts.key))
            add_survivor(plan, parts.key, true, number);
    }
    return erase_set_sort(&plan->repeats, err);
}

static enum ht_status add_tail(struct erase_plan *plan, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_position indexed, end;
    enum ht_status status = ht_index_position(reader, &indexed, err);
    if (status == HT_OK) status = ht_trail_position(reader, &end, err);
    if (status != HT_OK || erase_set_count(&plan->seqs) == 0) return status;
    add_tail_events(plan, reader, indexed.seq + 1, end.seq);
    return add_tail_repeats(plan, reader, indexed.repeat + 1, end.repeat, err);
}

static enum ht_status add_survivors(struct erase_plan *plan, struct ht_reader *reader, const struct erase_chain *chain,
                                    struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&plan->keys); i++) {
        uint32_t key = (uint32_t)erase_set_at(&plan->keys, i);
        for (uint32_t listed = key; status == HT_OK && listed != 0;
             listed = chain == NULL ? 0 : erase_chain_before(chain, listed))
            status = add_listed(plan, reader, listed, key, err);
    }
    if (status == HT_OK) status = add_tail(plan, reader, err);
    if (status == HT_OK) status = ht_buffer_status(&plan->survivors, err);
    if (status == HT_OK) sort_out(&plan->survivors, sizeof(struct erase_survivor), compare_survivors);
    return status;
}

/* ---- what stays of their conversations and leads ---- */

/* Whether the event is there and stays; a damaged one counts as there. Tombstones go to `older`. */
static enum ht_status look_at(struct erase_plan *plan, struct ht_reader *reader, uint64_t seq, struct erase_set *older,
                              bool *stays, struct ht_error *err)
{
    struct ht_record_header header;
    *stays = false;
    if (erase_set_has(&plan->seqs, seq)) return HT_OK;
    enum ht_status status = ht_trail_header(reader, seq, &header, err);
    *stays = status == HT_CORRUPT || (status == HT_OK && header.erasure == 0);
    if (status == HT_CORRUPT) return HT_OK;
    if (status == HT_OK && header.erasure != 0) erase_set_add(older, seq);
    return status;
}

static enum ht_status walk(struct erase_plan *plan, struct ht_reader *reader, struct ht_postings *postings,
                           struct erase_set *older, bool *stays, struct ht_error *err)
{
    uint64_t seq = 0;
    *stays = false;
    while (!*stays && seq < UINT64_MAX) {
        enum ht_status status = ht_postings_at_least(postings, seq + 1, &seq, err);
        if (status == HT_NOT_FOUND) return HT_OK;
        if (status == HT_OK) status = look_at(plan, reader, seq, older, stays, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

/* Events that are the conversation's by its opening message alone, which may have come from an event that goes. */
static enum ht_status add_derived(struct erase_plan *plan, struct ht_reader *reader, struct ht_postings *postings,
                                  struct ht_error *err)
{
    uint64_t seq = 0;
    while (seq < UINT64_MAX) {
        struct ht_row row;
        enum ht_status status = ht_postings_at_least(postings, seq + 1, &seq, err);
        if (status == HT_NOT_FOUND) return HT_OK;
        if (status == HT_OK) status = ht_index_row(reader, seq, &row, err);
        if (status != HT_OK) return status;
        if (row.flags & HT_ROW_DERIVED && !erase_set_has(&plan->seqs, seq)) erase_set_add(&plan->derived, seq);
    }
    return HT_OK;
}

static enum ht_status weigh_entity(struct erase_plan *plan, struct ht_reader *reader, struct erase_entity *entity,
                                   struct ht_error *err)
{
    struct ht_slice name;
    struct ht_postings *postings;
    struct erase_set older = {0};
    bool stays;
    enum ht_kind kind = (enum ht_kind)entity->kind;
    enum ht_status status = ht_index_name(reader, kind, entity->number, &name, err);
    if (status != HT_OK) return status;
    ref_make(reader->store, (uint8_t)kind, name, entity->ref);
    status = ht_postings_open(reader, kind, entity->number, &postings, err);
    if (status != HT_OK) return status;
    status = walk(plan, reader, postings, &older, &stays, err);
    if (status == HT_OK && kind == HT_KIND_CONVERSATION) status = add_derived(plan, reader, postings, err);
    ht_postings_close(postings);
    entity->whole = !stays && !entity->goes_on;
    if (status == HT_OK && entity->whole && kind == HT_KIND_CONVERSATION) erase_set_add_all(&plan->older, &older);
    erase_set_release(&older);
    return status;
}

static enum ht_status weigh_entities(struct erase_plan *plan, struct ht_reader *reader, struct ht_error *err)
{
    struct erase_entity *entities = (struct erase_entity *)(void *)plan->entities.data;
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_plan_entities(plan); i++)
        status = weigh_entity(plan, reader, &entities[i], err);
    if (status == HT_OK) status = erase_set_sort(&plan->derived, err);
    return status == HT_OK ? erase_set_sort(&plan->older, err) : status;
}

enum ht_status erase_plan_make(struct erase_plan *plan, struct ht_reader *reader, const struct erase_chain *chain,
                               struct ht_error *err)
{
    clear_made(plan);
    enum ht_status status = add_events(plan, reader, err);
    if (status == HT_OK) status = add_survivors(plan, reader, chain, err);
    if (status == HT_OK) status = weigh_entities(plan, reader, err);
    return status;
}

void erase_plan_count(const struct erase_plan *plan, struct ht_erased *erased)
{
    for (size_t i = 0; i < erase_plan_entities(plan); i++) {
        const struct erase_entity *entity = erase_plan_entity(plan, i);
        if (entity->whole && entity->kind == HT_KIND_CONVERSATION) erased->conversations++;
        if (entity->whole && entity->kind == HT_KIND_LEAD) erased->leads++;
    }
    erased->events += erase_plan_events(plan);
    erased->keys += erase_set_count(&plan->keys);
    for (size_t i = 0; i < erase_plan_survivors(plan); i++)
        erased->resealed += !erase_plan_survivor(plan, i)->repeat;
    erased->rejected += erase_set_count(&plan->rejected);
}
