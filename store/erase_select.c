#include "erase_select.h"

#include "hooktrail/encode.h"
#include "hooktrail/json.h"
#include "hooktrail/reading.h"

void erase_selection_release(struct erase_selection *selection)
{
    erase_set_release(&selection->leads);
    erase_set_release(&selection->conversations);
    erase_set_release(&selection->visitors);
}

/* ---- whom the subjects name ---- */

static enum ht_status add_number(struct ht_reader *reader, enum ht_kind kind, struct ht_slice id, struct erase_set *to,
                                 bool *found, struct ht_error *err)
{
    uint32_t number;
    enum ht_status status = ht_index_number(reader, kind, id, &number, err);
    *found = status == HT_OK;
    if (status == HT_OK) erase_set_add(to, number);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_leads(struct ht_reader *reader, struct ht_slice email, struct erase_set *leads, bool *found,
                                struct ht_error *err)
{
    uint32_t lead = 0;
    enum ht_status status;
    *found = false;
    while ((status = ht_index_email(reader, email, lead, &lead, err)) == HT_OK) {
        erase_set_add(leads, lead);
        *found = true;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_strays(struct ht_reader *reader, struct ht_slice email, struct erase_selection *selection,
                                 struct erase_set *wanted, bool *found, struct ht_error *err)
{
    uint64_t seq = 0;
    struct ht_row row;
    enum ht_status status;
    while ((status = ht_index_stray(reader, email, seq, &seq, err)) == HT_OK) {
        status = ht_index_row(reader, seq, &row, err);
        if (status != HT_OK) return status;
        if (row.conversation != 0) erase_set_add(&selection->conversations, row.conversation);
        if (row.visitor != 0) erase_set_add(&selection->visitors, row.visitor);
        erase_set_add(wanted, seq);
        *found = true;
    }
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_seq(struct ht_reader *reader, struct ht_slice text, struct erase_set *wanted, bool *found,
                              struct ht_error *err)
{
    uint64_t seq;
    struct ht_row row;
    if (ht_parse_u64(text, &seq) != HT_OK) return ht_fail(err, HT_INVALID, "the seq has to be a number");
    enum ht_status status = ht_index_row(reader, seq, &row, err);
    *found = status == HT_OK;
    if (status == HT_OK) erase_set_add(wanted, seq);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_subject(struct ht_reader *reader, const struct ht_subject_ref *subject,
                                  struct erase_selection *selection, struct erase_set *wanted, bool *found,
                                  struct ht_error *err)
{
    enum ht_status status = HT_OK;
    switch (subject->kind) {
    case HT_SUBJECT_LEAD:
        status = add_number(reader, HT_KIND_LEAD, subject->value, &selection->leads, found, err);
        selection->persons |= *found;
        return status;
    case HT_SUBJECT_EMAIL:
        status = add_leads(reader, subject->value, &selection->leads, found, err);
        if (status == HT_OK) status = add_strays(reader, subject->value, selection, wanted, found, err);
        selection->persons |= *found;
        return status;
    case HT_SUBJECT_CONVERSATION:
        return add_number(reader, HT_KIND_CONVERSATION, subject->value, &selection->conversations, found, err);
    case HT_SUBJECT_SEQ:
        break;
    }
    return add_seq(reader, subject->value, wanted, found, err);
}

/* ---- their events ---- */

static enum ht_status add_linked(struct ht_reader *reader, struct erase_selection *selection, struct ht_error *err)
{
    for (size_t i = 0; i < erase_set_count(&selection->leads); i++) {
        uint32_t lead = (uint32_t)erase_set_at(&selection->leads, i), conversation = 0;
        enum ht_status status;
        while ((status = ht_index_linked(reader, HT_KIND_LEAD, lead, conversation, &conversation, err)) == HT_OK)
            erase_set_add(&selection->conversations, conversation);
        if (status != HT_NOT_FOUND) return status;
    }
    return HT_OK;
}

/* Where `visitors` is NULL all events of the entity, and else those that only a visitor ties to a person. */
static enum ht_status add_postings(struct ht_reader *reader, enum ht_kind kind, uint32_t number,
                                   struct erase_set *visitors, struct erase_set *wanted, struct ht_error *err)
{
    struct ht_postings *postings;
    struct ht_row row;
    uint64_t seq = 0;
    enum ht_status status = ht_postings_open(reader, kind, number, &postings, err);
    if (status != HT_OK) return status == HT_NOT_FOUND ? HT_OK : status;
    while ((status = ht_postings_at_least(postings, seq + 1, &seq, err)) == HT_OK) {
        status = ht_index_row(reader, seq, &row, err);
        if (status != HT_OK) break;
        if (kind != HT_KIND_VISITOR && row.visitor != 0) erase_set_add(visitors, row.visitor);
        if (kind != HT_KIND_VISITOR || (row.lead == 0 && row.conversation == 0)) erase_set_add(wanted, seq);
    }
    ht_postings_close(postings);
    return status == HT_NOT_FOUND ? HT_OK : status;
}

static enum ht_status add_all(struct ht_reader *reader, enum ht_kind kind, const struct erase_set *numbers,
                              struct erase_set *visitors, struct erase_set *wanted, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < erase_set_count(numbers); i++)
        status = add_postings(reader, kind, (uint32_t)erase_set_at(numbers, i), visitors, wanted, err);
    return status;
}

/* A person's visitor ids are the person's too, and what came by them alone would otherwise stay behind. A conversation
   that was named by itself is only a conversation. */
static enum ht_status add_events(struct ht_reader *reader, struct erase_selection *selection, struct erase_set *wanted,
                                 struct ht_error *err)
{
    struct erase_set others = {0}, *visitors = &selection->visitors;
    enum ht_status status = add_all(reader, HT_KIND_LEAD, &selection->leads, visitors, wanted, err);
    if (status == HT_OK)
        status = add_all(reader, HT_KIND_CONVERSATION, &selection->conversations,
                         selection->persons ? visitors : &others, wanted, err);
    if (status == HT_OK) status = erase_set_sort(visitors, err);
    if (status == HT_OK) status = add_all(reader, HT_KIND_VISITOR, visitors, NULL, wanted, err);
    erase_set_release(&others);
    return status == HT_OK ? erase_set_sort(wanted, err) : status;
}

enum ht_status erase_select(struct ht_reader *reader, const struct ht_subject_ref *subjects, size_t count,
                            struct erase_selection *selection, struct erase_set *wanted, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    erase_set_clear(&selection->leads);
    erase_set_clear(&selection->conversations);
    erase_set_clear(&selection->visitors);
    erase_set_clear(wanted);
    selection->persons = false;
    selection->unknown = SIZE_MAX;
    for (size_t i = 0; status == HT_OK && i < count; i++) {
        bool found = false;
        status = add_subject(reader, &subjects[i], selection, wanted, &found, err);
        if (!found && selection->unknown == SIZE_MAX) selection->unknown = i;
    }
    if (status == HT_OK) status = erase_set_sort(&selection->leads, err);
    if (status == HT_OK) status = add_linked(reader, selection, err);
    if (status == HT_OK) status = erase_set_sort(&selection->conversations, err);
    return status == HT_OK ? add_events(reader, selection, wanted, err) : status;
}

/* ---- what names them ---- */

static enum ht_status add_names(struct ht_reader *reader, enum ht_kind kind, const struct erase_set *numbers,
                                struct needles *needles, struct ht_error *err)
{
    for (size_t i = 0; i < erase_set_count(numbers); i++) {
        struct ht_slice name;
        enum ht_status status = ht_index_name(reader, kind, (uint32_t)erase_set_at(numbers, i), &name, err);
        if (status == HT_NOT_FOUND) continue; /* only tombstones are left of it */
        if (status == HT_OK) status = needles_add(needles, name, err);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

enum ht_status erase_select_needles(struct ht_reader *reader, const struct ht_subject_ref *subjects, size_t count,
                                    const struct erase_selection *selection, struct needles *needles,
                                    struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; status == HT_OK && i < count; i++)
        if (subjects[i].kind != HT_SUBJECT_SEQ) status = needles_add(needles, subjects[i].value, err);
    if (status == HT_OK) status = add_names(reader, HT_KIND_LEAD, &selection->leads, needles, err);
    if (status == HT_OK) status = add_names(reader, HT_KIND_CONVERSATION, &selection->conversations, needles, err);
    return status;
}

/* What reads payloads for their addresses. */
struct address_reader {
    struct ht_unpacker *unpacker;
    struct ht_json *json;
    struct ht_reading *reading;
};

/* An event whose payload can't be read has no address to tell. */
static enum ht_status add_address(struct address_reader *with, struct ht_reader *reader, uint64_t seq,
                                  struct needles *needles, struct ht_error *err)
{
    struct ht_record record;
    struct ht_facts facts;
    enum ht_status status = ht_trail_peek(reader, seq, with->unpacker, &record, err);
    if (status == HT_OK) status = ht_json_parse(with->json, record.payload, err);
    if (status == HT_OK) status = ht_reading_extract(with->reading, with->json, &record.delivery, &facts, err);
    if (status == HT_OK && facts.email.data != NULL) return needles_add(needles, facts.email, err);
    return status == HT_NO_MEMORY || status == HT_IO || status == HT_FORBIDDEN ? status : HT_OK;
}

enum ht_status erase_select_addresses(struct ht_reader *reader, const struct erase_set *seqs, uint64_t after,
                                      struct needles *needles, struct ht_error *err)
{
    struct address_reader with = {ht_unpacker_new(), ht_json_new(), ht_reading_new()};
    enum ht_status status = HT_OK;
    if (with.unpacker == NULL || with.json == NULL || with.reading == NULL)
        status = ht_fail(err, HT_NO_MEMORY, "out of memory");
    for (size_t i = 0; status == HT_OK && i < erase_set_count(seqs); i++) {
        uint64_t seq = erase_set_at(seqs, i);
        if (seq > after) status = add_address(&with, reader, seq, needles, err);
    }
    ht_unpacker_free(with.unpacker);
    ht_json_free(with.json);
    ht_reading_free(with.reading);
    return status;
}
