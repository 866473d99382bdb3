#include <inttypes.h>
#include <stdio.h>

#include "hooktrail/act.h"
#include "hooktrail/encode.h"
#include "lost.h"
#include "record.h"
#include "verify_trail.h"

/* Marks that follow upon each other, told as one. */
struct run {
    const char *table;
    uint64_t first; /* 0: none */
    uint64_t last;
    struct lost lost; /* the first one's */
};

static void tell(struct verify *verify, struct run *run)
{
    struct ht_finding finding = {.table = run->table, .seq = run->first, .lost = true};
    if (run->first == 0) return;
    int size = run->first == run->last
                   ? snprintf(finding.detail, sizeof finding.detail, "%" PRIu64 " is lost", run->first)
                   : snprintf(finding.detail, sizeof finding.detail, "%" PRIu64 " to %" PRIu64 " are lost", run->first,
                              run->last);
    snprintf(finding.detail + size, sizeof finding.detail - (size_t)size,
             ", of a store that was damaged: act %" PRIu64 " tells of its salvage", run->lost.act);
    if (verify->report != NULL) verify->report(verify->context, &finding);
    run->first = 0;
}

/* Whoever wanted to pass off what was taken away as lost would have to put an act for it into a signed log. */
static void check_act(struct verify *verify, const struct run *run)
{
    struct ht_act act = {.kind = HT_ACT_SALVAGE};
    enum ht_status status = ht_act_get(verify->reader, run->lost.act, &act, NULL);
    if (status == HT_CORRUPT || (status == HT_OK && act.kind == HT_ACT_SALVAGE)) return; /* a bad act is found itself */
    verify_found(verify, run->table, run->first,
                 "number %" PRIu64 " is marked as lost by act %" PRIu64 ", which tells of no salvage", run->first,
                 run->lost.act);
}

static enum ht_status visit(struct verify *verify, void *state, MDB_val key, MDB_val value, struct ht_error *err)
{
    struct run *run = state;
    struct lost lost;
    (void)err;
    if (key.mv_size != 8 || value.mv_size != LOST_SIZE) return HT_OK;
    uint64_t number = ht_get_be64(key.mv_data);
    if (!record_intact(val_slice(value), number) || !lost_read(val_slice(value), &lost)) return HT_OK;
    if (run->first != 0 && (number != run->last + 1 || lost.act != run->lost.act)) tell(verify, run);
    if (run->first == 0) {
        run->first = number;
        run->lost = lost;
        check_act(verify, run);
    }
    run->last = number;
    return HT_OK;
}

enum ht_status verify_lost(struct verify *verify, struct ht_error *err)
{
    const struct trail_env *trail = &verify->store->trail;
    const struct {
        MDB_dbi table;
        const char *name;
    } tables[] = {{trail->events, "trail/events"}, {trail->repeats, "trail/repeats"}, {trail->acts, "trail/acts"}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct run run = {.table = tables[i].name};
        enum ht_status status = verify_walk(verify, tables[i].table, tables[i].name, visit, &run, err);
        if (status != HT_OK) return status;
        tell(verify, &run);
    }
    return HT_OK;
}
