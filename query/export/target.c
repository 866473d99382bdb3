#include "target.h"

#include <inttypes.h>

bool export_target_replaces(const struct export_run *run, const struct export_table *table, bool known)
{
    if (run->ranged) return false;
    if (run->whole && known) return true;
    /* What stands there already may be of another export of this trail, from before an erasure. */
    return table->derived && (run->whole ? run->until.erasure > 0 : run->restates);
}

void export_target_add_replaced(struct ht_buffer *sql, const struct export_run *run, const struct export_table *table,
                                bool known)
{
    if (run->whole && known) return;
    ht_buffer_printf(sql, " AND %s <= %" PRIu64, table->kind == EXPORT_APPEND ? "seq" : "updated_seq",
                     run->until.position.seq);
}

enum ht_status export_target_check_mark(const struct export_run *run, uint64_t number, uint64_t seq,
                                        struct ht_error *err)
{
    if (run->whole) return HT_OK;
    if (number > run->number || seq > run->until.position.seq)
        return ht_fail(err, HT_EXISTS,
                       "the database has run %" PRIu64 " of this export, up to event %" PRIu64
                       ", and the trail is at run %" PRIu64 ", event %" PRIu64
                       ": was it restored from an older backup? docs/warehouse.md says what to do",
                       number, seq, run->number, run->until.position.seq);
    if (run->after.position.seq > 0 && number + 1 < run->number)
        return ht_fail(err, HT_NOT_FOUND,
                       "the database has runs of this export up to %" PRIu64 ", and run %" PRIu64
                       " does not follow: what lies between is missing there, and only a full export brings it",
                       number, run->number);
    return HT_OK;
}
