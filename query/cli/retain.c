/* hooktrail retain: erases what is older than a policy says. */
#include "bar.h"
#include "erased.h"
#include "session.h"

enum ht_status ht_run_retain(const struct ht_call *call, struct ht_error *err)
{
    struct ht_session session = {0};
    struct ht_retain_policy policy;
    struct ht_erased erased;
    struct ht_bar bar;
    bool only_says = ht_erased_only_says(call);
    enum ht_status status = ht_retain_parse(ht_slice_from(call->arguments[0]), &policy, err);
    if (status == HT_OK) status = ht_session_open_store(&session, call, err);
    ht_bar_init(&bar, "erasing");
    if (status == HT_OK)
        status = ht_retain(session.store, &policy, call->now, only_says, ht_bar_step, &bar, &erased, err);
    ht_bar_clear(&bar);
    if (status == HT_OK) status = ht_erased_print(call, &erased, only_says, err);
    if (status == HT_OK) status = ht_erased_check_confirmed(call, err);
    ht_session_close(&session);
    return status;
}
