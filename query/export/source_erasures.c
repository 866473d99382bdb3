/* Erasures: a row for each range of events that one took. */
#include "hooktrail/erasure.h"
#include "hooktrail/time.h"
#include "source.h"

static enum ht_status give_range(struct export_source *source, const struct ht_erasure *erasure, uint64_t first,
                                 uint64_t last, struct ht_error *err)
{
    export_cells_begin(source);
    export_cell_int(source, erasure->number);
    export_cell_int(source, first);
    export_cell_int(source, last);
    export_cell_time(source, erasure->at);
    export_cell_bool(source, erasure->retention);
    export_cell_text(source, ht_slice_from(erasure->reason));
    return export_cells_give(source, erasure->number, ht_time_day(erasure->at), err);
}

/* `part` is the end of the last range given of the erasure at hand. */
enum ht_status export_step_erasures(struct export_source *source, struct ht_error *err)
{
    struct export_left left = export_left_all(source);
    enum ht_status status = ht_reader_begin(source->reader, err);
    if (status != HT_OK) return status;
    while (status == HT_OK && source->next <= source->last && export_left_spend(&left)) {
        struct ht_erasure erasure;
        uint64_t first = 0, last = 0;
        status = ht_erasure_get(source->reader, source->next, &erasure, err);
        if (status != HT_OK) break;
        status = ht_erasure_range(source->reader, source->next, source->part, &first, &last, err);
        if (status == HT_OK) status = give_range(source, &erasure, first, last, err);
        if (status == HT_NOT_FOUND) {
            source->next++;
            last = 0;
            status = HT_OK;
        }
        source->part = last;
    }
    ht_reader_end(source->reader);
    return status;
}
