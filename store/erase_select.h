/* Private to store/: which events the subjects of an erasure have, and what names the person outside the trail. */
#ifndef STORE_ERASE_SELECT_H
#define STORE_ERASE_SELECT_H

#include "erase_needles.h"
#include "erase_plan.h"

/* What subjects came to. */
struct erase_selection {
    struct erase_set leads;         /* numbers */
    struct erase_set conversations; /* that go whole */
    struct erase_set visitors;      /* whose events that name neither go too */
    bool persons;                   /* some of it was named as a person's, not only as a conversation or an event */
    size_t unknown;                 /* the first subject that the index doesn't know; SIZE_MAX: none */
};
void erase_selection_release(struct erase_selection *selection);

/* Adds the seqs of the subjects to `wanted`: a lead's events, its conversations whole, and what names neither lead nor
   conversation but a visitor of these. An address is that of the leads that had it, and of the events that bring it and
   name no lead: of them, if they are of a conversation, all of that. Events that are erased already may be among them.
   HT_INVALID for a seq that is no number. Within the reader's span. */
HT_MUST_CHECK enum ht_status erase_select(struct ht_reader *reader, const struct ht_subject_ref *subjects, size_t count,
                                          struct erase_selection *selection, struct erase_set *wanted,
                                          struct ht_error *err);

/* Adds what names the persons: ids of the selection's leads and conversations, the subjects themselves, and the
   addresses in the payloads of `seqs` behind `after`. */
HT_MUST_CHECK enum ht_status erase_select_needles(struct ht_reader *reader, const struct ht_subject_ref *subjects,
                                                  size_t count, const struct erase_selection *selection,
                                                  struct needles *needles, struct ht_error *err);
HT_MUST_CHECK enum ht_status erase_select_addresses(struct ht_reader *reader, const struct erase_set *seqs,
                                                    uint64_t after, struct needles *needles, struct ht_error *err);

#endif
