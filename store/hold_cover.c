#include <stdlib.h>

#include "erase_select.h"
#include "hold.h"
#include "index_env.h"

struct held {
    uint32_t kind;
    uint32_t number;
    uint32_t hold;
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

static void cover_all(struct hold_cover *cover, enum ht_kind kind, const struct erase_set *numbers, uint32_t hold)
{
    for (size_t i = 0; i < erase_set_count(numbers); i++) {
        struct held held = {(uint32_t)kind, (uint32_t)erase_set_at(numbers, i), hold};
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
        cover_all(cover, HT_KIND_LEAD, &selection.leads, hold->id);
        cover_all(cover, HT_KIND_CONVERSATION, &selection.conversations, hold->id);
        cover_all(cover, HT_KIND_VISITOR, &selection.visitors, hold->id);
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

/* Of several holds on the same the first one counts. */
static int compare_whole(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    int order = compare(a, b);
    return order != 0 ? order : (left->hold > right->hold) - (left->hold < right->hold);
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

/* The hold on it, or 0. */
static uint32_t find(const struct hold_cover *cover, enum ht_kind kind, uint32_t number)
{
    struct held wanted = {(uint32_t)kind, number, 0};
    if (number == 0 || count_held(cover) == 0) return 0;
    const struct held *held = bsearch(&wanted, cover->held.data, count_held(cover), sizeof wanted, compare);
    return held == NULL ? 0 : held->hold;
}

/* ---- gathered anew ---- */

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
        *linked = find(cover, HT_KIND_LEAD, lead) != 0;
        if (*linked) return HT_OK;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

/* Whether an event may change what is covered: one of somebody held can bring a conversation or a visitor, and tie
   older events to its conversation by an opening message. */
static enum ht_status is_of_held(const struct hold_cover *cover, struct ht_reader *reader, const struct ht_row *row,
                                 bool *held, struct ht_error *err)
{
    *held = find(cover, HT_KIND_CONVERSATION, row->conversation) != 0 || find(cover, HT_KIND_LEAD, row->lead) != 0;
    return *held || row->conversation == 0 ? HT_OK : is_linked(cover, reader, row->conversation, held, err);
}

static enum ht_status look_on(struct hold_cover *cover, struct ht_reader *reader, uint64_t seq, bool *more,
                              struct ht_error *err)
{
    struct ht_row row;
    enum ht_status status = HT_OK;
    *more = false;
    while (status == HT_OK && !*more && count_held(cover) > 0 && cover->seq < seq) {
        status = ht_index_row(reader, cover->seq + 1, &row, err);
        if (status == HT_OK) status = is_of_held(cover, reader, &row, more, err);
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

uint32_t hold_cover_find(const struct hold_cover *cover, uint32_t conversation, uint32_t lead, uint32_t visitor)
{
    if (conversation == 0 && lead == 0) return find(cover, HT_KIND_VISITOR, visitor);
    uint32_t hold = find(cover, HT_KIND_CONVERSATION, conversation);
    return hold != 0 ? hold : find(cover, HT_KIND_LEAD, lead);
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
