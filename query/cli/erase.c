/* hooktrail erase: forgets a person, a conversation, an event. */
#include "bar.h"
#include "erased.h"
#include "session.h"

#define MOST_SUBJECTS 4

static void add_subject(struct ht_subject_ref *subjects, size_t *count, enum ht_subject kind, struct ht_slice value)
{
    if (value.data != NULL) subjects[(*count)++] = (struct ht_subject_ref){kind, value};
}

static struct ht_slice filter_value(const struct ht_filter_id *id)
{
    return id->set ? ht_slice_of(id->text, id->size) : HT_ABSENT;
}

enum ht_status ht_run_erase(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    struct ht_subject_ref subjects[MOST_SUBJECTS];
    struct ht_erased erased;
    struct ht_bar bar;
    size_t count = 0;
    bool only_says = ht_erased_only_says(call);
    add_subject(subjects, &count, HT_SUBJECT_LEAD, filter_value(&call->filter.lead));
    add_subject(subjects, &count, HT_SUBJECT_CONVERSATION, filter_value(&call->filter.conversation));
    add_subject(subjects, &count, HT_SUBJECT_EMAIL, ht_slice_from(call->values[HT_OPTION_EMAIL]));
    add_subject(subjects, &count, HT_SUBJECT_SEQ, ht_slice_from(call->values[HT_OPTION_SEQ]));
    if (count == 0) return ht_fail(err, HT_INVALID, "whose data? --lead, --email, --conversation or --seq is missing");
    enum ht_status status = ht_session_open_store(&session, call, err);
    ht_bar_init(&bar, "reindexing");
    if (status == HT_OK)
        status = ht_erase(session.store, subjects, count, call->values[HT_OPTION_REASON], call->now, only_says,
                          ht_bar_step, &bar, &erased, err);
    ht_bar_clear(&bar);
    if (status == HT_OK) status = ht_erased_print(call, &erased, only_says, err);
    if (status == HT_OK) status = ht_erased_check_confirmed(call, err);
    ht_session_close(&session);
    return status;
}
