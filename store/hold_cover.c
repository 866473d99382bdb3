#include <stdlib.h>

#include "erase_select.h"
#include "hold.h"
#include "index_env.h"

struct held {
    uint32_t kind;
    uint32_t number;
    uint32_t hold;
    uint32_t of_person; /* a lead's hold: the visitors of its events are held too */
    uint64_t events;    /* of a conversation */
};

static void forget(struct hold_cover *cover)
{
    index_env_release(cover->index);
    cover->index = NULL;
    cover->lacking = false;
    ht_buffer_clear(&cover->held);
    ht_buffer_clear(&cover->holds);
}

void hold_cover_release(struct hold_cover *cover)
{
    forget(cover);
    ht_buffer_release(&cover->held);
    ht_buffer_release(&cover->holds);
}

/* ---- what an erasure of what is held would take ---- */

/* HT_NOT_FOUND: the index doesn't know it. */
static enum ht_status select_held(struct ht_reader *reader, const struct ht_hold *hold, struct ht_subject_ref *subject,
                                  struct erase_selection *selection, struct erase_set *wanted, struct ht_error *err)
{
    subject->kind = hold->kind == HT_KIND_LEAD ? HT_SUBJECT_LEAD : HT_SUBJECT_CONVERSATION;
    enum ht_status status = ht_hold_id(reader, hold, &subject->value, err);
    return status == HT_OK ? erase_select(reader, subject, 1, selection, wanted, err) : status;
}

static void cover_all(struct hold_cover *cover, enum ht_kind kind, const struct erase_set *numbers,
                      const struct ht_hold *hold)
{
    for (size_t i = 0; i < erase_set_count(numbers); i++) {
        struct held held = {
            .kind = (uint32_t)kind,
            .number = (uint32_t)erase_set_at(numbers, i),
            .hold = hold->id,
            .of_person = hold->kind == HT_KIND_LEAD,
        };
        ht_buffer_add_bytes(&cover->held, &held, sizeof held);
    }
}

static enum ht_status cover_hold(struct hold_cover *cover, struct ht_reader *reader, const struct ht_hold *hold,
                                 struct ht_error *err)
{
    struct ht_subject_ref subject;
    struct erase_selection selection = {0};
    struct erase_set wanted = {0};
    enum ht_status status = select_held(reader, hold, &subject, &selection, &wanted, err);
    if (status == HT_OK) {
        cover_all(cover, HT_KIND_LEAD, &selection.leads, hold);
        cover_all(cover, HT_KIND_CONVERSATION, &selection.conversations, hold);
        cover_all(cover, HT_KIND_VISITOR, &selection.visitors, hold);
    }
    erase_selection_release(&selection);
    erase_set_release(&wanted);
    cover->lacking |= status == HT_NOT_FOUND;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* ---- in order ---- */

static int compare(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

/* What is of a person comes first of the same. */
static int compare_whole(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    int order = compare(a, b);
    if (order != 0) return order;
    if (left->of_person != right->of_person) return left->of_person != 0 ? -1 : 1;
    return (left->hold > right->hold) - (left->hold < right->hold);
}

static size_t count_held(const struct hold_cover *cover)
{
    return cover->held.size / sizeof(struct held);
}

static struct held *held_at(const struct hold_cover *cover, size_t index)
{
    return (struct held *)(void *)cover->held.data + index;
}

static void sort(struct hold_cover *cover)
{
    size_t count = count_held(cover), kept = 0;
    if (count == 0) return;
    qsort(cover->held.data, count, sizeof(struct held), compare_whole);
    for (size_t i = 1; i < count; i++)
        if (compare(held_at(cover, kept), held_at(cover, i)) != 0) *held_at(cover, ++kept) = *held_at(cover, i);
    cover->held.size = (kept + 1) * sizeof(struct held);
}

static struct held *find(const struct hold_cover *cover, enum ht_kind kind, uint32_t number)
{
    struct held wanted = {.kind = (uint32_t)kind, .number = number};
    if (number == 0 || count_held(cover) == 0) return NULL;
    return bsearch(&wanted, cover->held.data, count_held(cover), sizeof wanted, compare);
}

/* ---- gathered anew ---- */

static enum ht_status count_events(struct hold_cover *cover, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_summary summary;
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < count_held(cover); i++) {
        struct held *held = held_at(cover, i);
        if (held->kind != HT_KIND_CONVERSATION || held->of_person == 0) continue;
        status = ht_index_summary(reader, HT_KIND_CONVERSATION, held->number, &summary, err);
        if (status == HT_OK) held->events = summary.events;
        if (status == HT_NOT_FOUND) status = HT_OK;
    }
    return status;
}

static enum ht_status gather_holds(struct hold_cover *cover, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    while ((status = ht_hold_next(reader, hold.id + 1, &hold, err)) == HT_OK) {
        status = cover_hold(cover, reader, &hold, err);
        if (status != HT_OK) return status;
        ht_buffer_add_bytes(&cover->holds, &hold.id, sizeof hold.id);
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status gather_anew(struct hold_cover *cover, struct ht_reader *reader, uint64_t seq,
                                  struct ht_error *err)
{
    forget(cover);
    enum ht_status status = gather_holds(cover, reader, err);
    if (status == HT_OK) status = ht_buffer_status(&cover->holds, err);
    if (status == HT_OK) status = ht_buffer_status(&cover->held, err);
    if (status != HT_OK) return status;
    sort(cover);
    status = count_events(cover, reader, err);
    if (status != HT_OK) return status;
    cover->index = reader->index;
    atomic_fetch_add(&cover->index->references, 1);
    cover->seq = seq;
    return HT_OK;
}

/* ---- what has come since ---- */

static enum ht_status is_linked(const struct hold_cover *cover, struct ht_reader *reader, uint32_t conversation,
                                bool *linked, struct ht_error *err)
{
    uint32_t lead = 0;
    enum ht_status status;
    while ((status = ht_index_linked(reader, HT_KIND_CONVERSATION, conversation, lead, &lead, err)) == HT_OK) {
        *linked = find(cover, HT_KIND_LEAD, lead) != NULL;
        if (*linked) return HT_OK;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* Whether a conversation, of which this is a new event, has been given older ones too by its opening message: they may
   be of visitors that aren't covered. */
static enum ht_status has_claimed(struct held *conversation, struct ht_reader *reader, uint64_t seq, bool *claimed,
                                  struct ht_error *err)
{
    struct ht_summary summary;
    conversation->events++;
    enum ht_status status = ht_index_summary(reader, HT_KIND_CONVERSATION, conversation->number, &summary, err);
    if (status == HT_OK) *claimed = summary.last_seq == seq && summary.events != conversation->events;
    return status;
}

static enum ht_status brings_more(const struct hold_cover *cover, struct ht_reader *reader, const struct ht_row *row,
                                  bool *more, struct ht_error *err)
{
    struct held *conversation = find(cover, HT_KIND_CONVERSATION, row->conversation);
    bool of_person = conversation != NULL && conversation->of_person != 0;
    bool held = of_person || find(cover, HT_KIND_LEAD, row->lead) != NULL;
    *more = held && row->visitor != 0 && find(cover, HT_KIND_VISITOR, row->visitor) == NULL;
    if (*more || row->conversation == 0) return HT_OK;
    if (of_person) return has_claimed(conversation, reader, row->seq, more, err);
    return is_linked(cover, reader, row->conversation, more, err);
}

static enum ht_status look_on(struct hold_cover *cover, struct ht_reader *reader, uint64_t seq, bool *more,
                              struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = HT_OK;
    *more = false;
    while (status == HT_OK && !*more && count_held(cover) > 0 && cover->seq < seq) {
        status = ht_index_row(reader, cover->seq + 1, &row, err);
        if (status == HT_OK) status = brings_more(cover, reader, &row, more, err);
        if (status == HT_OK) cover->seq++;
    }
    if (count_held(cover) == 0) cover->seq = seq;
    return status;
}

static enum ht_status is_same(const struct hold_cover *cover, struct ht_reader *reader, bool *same,
                              struct ht_error *err)
{
    struct ht_hold hold = {0};
    size_t at = 0;
    enum ht_status status;
    *same = cover->index != NULL && cover->index == reader->index && !cover->lacking;
    if (!*same) return HT_OK;
    while ((status = ht_hold_next(reader, hold.id + 1, &hold, err)) == HT_OK) {
        *same = at < cover->holds.size && memcmp(cover->holds.data + at, &hold.id, sizeof hold.id) == 0;
        if (!*same) return HT_OK;
        at += sizeof hold.id;
    }
    *same = at == cover->holds.size;
    return status == HT_NOT_FOUND ? HT_OK : status;
}

enum ht_status hold_cover_gather(struct hold_cover *cover, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_position position;
    bool same = false, more = false;
    enum ht_status status = ht_index_position(reader, &position, err);
    if (status == HT_OK) status = is_same(cover, reader, &same, err);
    if (status == HT_OK && same) status = look_on(cover, reader, position.seq, &more, err);
    if (status != HT_OK || (same && !more)) return status;
    return gather_anew(cover, reader, position.seq, err);
}

static uint32_t hold_on(const struct held *held)
{
    return held == NULL ? 0 : held->hold;
}

uint32_t hold_cover_find(const struct hold_cover *cover, uint32_t conversation, uint32_t lead, uint32_t visitor)
{
    if (conversation == 0 && lead == 0) return hold_on(find(cover, HT_KIND_VISITOR, visitor));
    uint32_t hold = hold_on(find(cover, HT_KIND_CONVERSATION, conversation));
    return hold != 0 ? hold : hold_on(find(cover, HT_KIND_LEAD, lead));
}

/* ---- what names it ---- */

static enum ht_status add_needles(struct ht_reader *reader, const struct ht_hold *hold, struct needles *needles,
                                  struct ht_error *err)
{
    struct ht_subject_ref subject;
    struct erase_selection selection = {0};
    struct erase_set wanted = {0};
    enum ht_status status = select_held(reader, hold, &subject, &selection, &wanted, err);
    if (status == HT_OK) status = erase_select_needles(reader, &subject, 1, &selection, needles, err);
    if (status == HT_OK && selection.persons) status = erase_select_addresses(reader, &wanted, 0, needles, err);
    erase_selection_release(&selection);
    erase_set_release(&wanted);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

void hold_needles_init(struct hold_needles *held)
{
    needles_init(&held->needles);
}

void hold_needles_release(struct hold_needles *held)
{
    needles_release(&held->needles);
}

/* Ids of holds only grow. */
enum ht_status hold_needles_gather(struct hold_needles *held, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    while ((status = ht_hold_next(reader, held->last + 1, &hold, err)) == HT_OK) {
        status = add_needles(reader, &hold, &held->needles, err);
        if (status != HT_OK) return status;
        held->last = hold.id;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}
