#include "hooktrail/held.h"

#include "erase_rejected.h"
#include "erase_select.h"

/* Moves what a set holds. */
static struct ht_numbers take(struct erase_set *set)
{
    struct ht_numbers numbers = {set->bytes};
    *set = (struct erase_set){0};
    return numbers;
}

static enum ht_status find_rejected(struct ht_reader *reader, const struct ht_subject_ref *subject,
                                    const struct erase_selection *selection, struct erase_plan *plan,
                                    struct ht_error *err)
{
    struct needles needles = {0};
    needles_init(&needles);
    enum ht_status status = erase_select_needles(reader, subject, 1, selection, &needles, err);
    if (status == HT_OK) status = erase_select_addresses(reader, &plan->wanted, 0, &needles, err);
    if (status == HT_OK) status = erase_rejected_find(reader, &needles, INT64_MIN, NULL, plan, err);
    needles_release(&needles);
    return status;
}

enum ht_status ht_held_find(struct ht_reader *reader, const struct ht_subject_ref *subject, bool rejected,
                            struct ht_held *held, struct ht_error *err)
{
    struct erase_selection selection = {0};
    struct erase_plan plan = {0};
    *held = (struct ht_held){0};
    enum ht_status status = erase_select(reader, subject, 1, &selection, &plan.wanted, err);
    if (status == HT_OK && selection.unknown == 0) status = ht_fail(err, HT_NOT_FOUND, "nothing is held of this");
    if (status == HT_OK && rejected) status = find_rejected(reader, subject, &selection, &plan, err);
    if (status == HT_OK) {
        held->events = take(&plan.wanted);
        held->leads = take(&selection.leads);
        held->conversations = take(&selection.conversations);
        held->rejected = take(&plan.rejected);
    }
    erase_selection_release(&selection);
    erase_plan_release(&plan);
    return status;
}

void ht_held_release(struct ht_held *held)
{
    ht_buffer_release(&held->events.bytes);
    ht_buffer_release(&held->leads.bytes);
    ht_buffer_release(&held->conversations.bytes);
    ht_buffer_release(&held->rejected.bytes);
}
