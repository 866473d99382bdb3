#include "erase_rejected.h"

#include "hold.h"
#include "hooktrail/encode.h"
#include "hooktrail/rejected.h"

static enum ht_status each_header(const struct ht_delivery *delivery, struct needles *needles, bool *found,
                                  struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && !*found && i < delivery->header_count; i++)
        status = needles_find(needles, delivery->headers[i].value, found, err);
    return status;
}

static enum ht_status names_person(const struct ht_rejected *rejected, struct needles *needles, bool *found,
                                   struct ht_error *err)
{
    const struct ht_slice parts[] = {rejected->body, rejected->detail, rejected->pointer, rejected->delivery.path_type,
                                     rejected->delivery.content_type};
    enum ht_status status = HT_OK;
    *found = false;
    for (size_t i = 0; status == HT_OK && !*found && i < sizeof parts / sizeof *parts; i++)
        status = needles_find(needles, parts[i], found, err);
    if (status != HT_OK || *found) return status;
    return each_header(&rejected->delivery, needles, found, err);
}

static enum ht_status is_held(struct ht_reader *reader, const struct ht_rejected *rejected, struct hold_needles *held,
                              bool *found, struct ht_error *err)
{
    enum ht_status status = hold_needles_gather(held, reader, err);
    return status == HT_OK ? names_person(rejected, &held->needles, found, err) : status;
}

/* Whether one goes: because `needles` find something in it, or because it is older than `until`. A damaged one goes
   too: nobody can say what is in it. `*stays`: it would, but `held` find something in it. */
static enum ht_status look_at(struct ht_reader *reader, uint64_t number, struct needles *needles, int64_t until,
                              struct hold_needles *held, bool *goes, bool *stays, struct ht_error *err)
{
    struct ht_rejected rejected;
    enum ht_status status = ht_rejected_get(reader, number, &rejected, err);
    *stays = false;
    *goes = status == HT_CORRUPT || status == HT_ERASED;
    if (*goes) return HT_OK;
    if (status != HT_OK) return status;
    *goes = rejected.delivery.received_at < until;
    if (!*goes && needles != NULL) status = names_person(&rejected, needles, goes, err);
    if (status == HT_OK && *goes && held != NULL) status = is_held(reader, &rejected, held, stays, err);
    *goes &= !*stays;
    return status;
}

enum ht_status erase_rejected_numbers(struct ht_store *store, MDB_txn *txn, struct erase_set *numbers,
                                      struct ht_error *err)
{
    MDB_cursor *cursor = NULL;
    MDB_val key, value;
    int code = mdb_cursor_open(txn, store->trail.rejected, &cursor);
    if (code != 0) return env_fail(err, code, "listing rejected deliveries");
    while ((code = mdb_cursor_get(cursor, &key, &value, MDB_NEXT)) == 0)
        if (key.mv_size == 8) erase_set_add(numbers, ht_get_be64(key.mv_data));
    mdb_cursor_close(cursor);
    if (code != MDB_NOTFOUND) return env_fail(err, code, "listing rejected deliveries");
    return erase_set_sort(numbers, err);
}

enum ht_status erase_rejected_find(struct ht_reader *reader, struct needles *needles, int64_t until,
                                   struct hold_needles *held, struct erase_plan *plan, struct ht_error *err)
{
    struct erase_set all = {0};
    enum ht_status status = erase_rejected_numbers(reader->store, reader->trail_txn, &all, err);
    for (size_t i = 0; status == HT_OK && i < erase_set_count(&all); i++) {
        bool goes, stays;
        uint64_t number = erase_set_at(&all, i);
        status = look_at(reader, number, needles, until, held, &goes, &stays, err);
        if (status == HT_OK && goes) erase_set_add(&plan->rejected, number);
        if (status == HT_OK) plan->rejected_held |= stays;
    }
    erase_set_release(&all);
    plan->rejected_checked = true;
    return status == HT_OK ? erase_set_sort(&plan->rejected, err) : status;
}
