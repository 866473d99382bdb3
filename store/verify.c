#include <inttypes.h>

#include "verify_index.h"
#include "verify_trail.h"

enum ht_status ht_verify(struct ht_store *store, ht_report *report, ht_progress *progress, void *context,
                         struct ht_verified *verified, struct ht_error *err)
{
    struct verify verify = {
        .store = store, .report = report, .progress = progress, .context = context, .verified = verified};
    *verified = (struct ht_verified){0};
    enum ht_status status = verify_init(&verify, err);
    verify.total = 2 * verify.events; /* each event is read twice: for itself, and for the index */
    if (status == HT_OK) status = verify_trail(&verify, err);
    if (status == HT_OK) status = verify_tables(&verify, err);
    if (status == HT_OK) status = verify_index(&verify, err);
    verify_release(&verify);
    if (status != HT_OK || verified->findings == 0) return status;
    return ht_fail(err, HT_CORRUPT, "%" PRIu64 " findings: the store is not as it was written", verified->findings);
}
