/* Private to store/: legal holds, and what they cover as the index numbers it.

   holds   id, u32   checksum 8 (bound to the id, as in record.h), version 1, kind 1, 0 (2 bytes), since 8, keyed hash
   of the conversation's or lead's id 16 (ref.h), note (length u16) Ids are given out by the counter "holds.last" in the
   trail, none twice. */
#ifndef STORE_HOLD_H
#define STORE_HOLD_H

#include "erase_needles.h"
#include "hooktrail/erasure.h"
#include "store.h"

#define HOLD_VERSION 1

/* What is held, by the numbers of one generation of the index: to be gathered in each span of a reader, always the same
   one. It is what an erasure of the held lead or conversation would take. Zero-initialised is empty and valid. */
struct hold_cover {
    struct ht_buffer held;   /* struct held, sorted */
    struct ht_buffer holds;  /* u32 each: what it was gathered for */
    struct index_env *index; /* and from, of which it owns a reference; NULL: gathered from nothing */
    uint64_t seq;            /* as far as that had come */
    bool lacking;            /* the index didn't know all that is held */
};

void hold_cover_release(struct hold_cover *cover);
/* Looks at no more than what has come into the index since the last time, unless an event of somebody held is among
   that, or the generation of the index or the list of holds is another: then all is gathered anew. */
HT_MUST_CHECK enum ht_status hold_cover_gather(struct hold_cover *cover, struct ht_reader *reader,
                                               struct ht_error *err);
/* The id of a hold on an event of these (numbers, 0: none), of the visitor's where it names neither conversation nor
   lead; 0 if there is none. */
uint32_t hold_cover_find(const struct hold_cover *cover, uint32_t conversation, uint32_t lead, uint32_t visitor);

/* What names those that are held: a rejected delivery with one of it in it is held too. Zero-initialised and then
   hold_needles_init'ed. */
struct hold_needles {
    struct needles needles;
    uint32_t last; /* the last hold that they were gathered for */
};

void hold_needles_init(struct hold_needles *held);
void hold_needles_release(struct hold_needles *held);
/* Reads all payloads of what is held, once: then only those of holds that are new. What those that were held before
   have come to be named by since then is not seen. Within the reader's span. */
HT_MUST_CHECK enum ht_status hold_needles_gather(struct hold_needles *held, struct ht_reader *reader,
                                                 struct ht_error *err);

/* HT_BUSY, naming the hold. */
enum ht_status hold_fail(struct ht_reader *reader, uint32_t id, struct ht_error *err);

/* Copies a reason or note; HT_INVALID if it is too long, or no text of one line. */
HT_MUST_CHECK enum ht_status hold_copy_text(char to[HT_REASON_SIZE], const char *from, const char *what,
                                            struct ht_error *err);

#endif
