#include <stdlib.h>

#include "erase_select.h"
#include "hold.h"

struct held {
    uint32_t kind;
    uint32_t number;
    uint32_t hold;
};

void hold_cover_release(struct hold_cover *cover)
{
    ht_buffer_release(&cover->held);
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
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static int compare(const void *a, const void *b)
{
    const struct held *left = a, *right = b;
    if (left->kind != right->kind) return left->kind < right->kind ? -1 : 1;
    return (left->number > right->number) - (left->number < right->number);
}

enum ht_status hold_cover_gather(struct hold_cover *cover, struct ht_reader *reader, struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    ht_buffer_clear(&cover->held);
    while ((status = ht_hold_next(reader, hold.id + 1, &hold, err)) == HT_OK) {
        status = cover_hold(cover, reader, &hold, err);
        if (status != HT_OK) return status;
    }
    if (status != HT_NOT_FOUND) return status;
    size_t count = cover->held.size / sizeof(struct held);
    if (count > 0) qsort(cover->held.data, count, sizeof(struct held), compare);
    return ht_buffer_status(&cover->held, err);
}

static uint32_t find(const struct hold_cover *cover, enum ht_kind kind, uint32_t number)
{
    struct held wanted = {(uint32_t)kind, number, 0};
    size_t count = cover->held.size / sizeof wanted;
    if (number == 0 || count == 0) return 0;
    const struct held *held = bsearch(&wanted, cover->held.data, count, sizeof wanted, compare);
    return held == NULL ? 0 : held->hold;
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

enum ht_status hold_needles(struct ht_reader *reader, struct needles *needles, struct ht_error *err)
{
    struct ht_hold hold = {0};
    enum ht_status status;
    while ((status = ht_hold_next(reader, hold.id + 1, &hold, err)) == HT_OK) {
        status = add_needles(reader, &hold, needles, err);
        if (status != HT_OK) return status;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}
