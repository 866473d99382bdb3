/* What is said to a witness, and what is made of its answer: c2sp.org/tlog-witness (add-checkpoint) and
   c2sp.org/tlog-cosignature (v1, Ed25519). Pure; every answer is taken for hostile. */
#ifndef HT_SERVER_WITNESS_PROTOCOL_H
#define HT_SERVER_WITNESS_PROTOCOL_H

#include "hooktrail/note.h"

#define HT_WITNESS_MAX 16
#define HT_WITNESS_URL 512             /* of an address, with its NUL */
#define HT_WITNESS_ANSWER_SIZE 16384   /* bytes of an answer at most */
#define HT_WITNESS_AHEAD UINT64_C(600) /* seconds that a witness's clock may be before ours */

struct ht_witness {
    char url[HT_WITNESS_URL]; /* what stands before "/add-checkpoint" */
    struct ht_verifier key;
};

/* Plain memory. */
struct ht_witness_list {
    size_t count;
    struct ht_witness witnesses[HT_WITNESS_MAX];
};

/* "URL KEY, URL KEY…"; "" is none. HT_INVALID, for the setting `witness`. */
HT_MUST_CHECK enum ht_status ht_witness_list_parse(struct ht_slice text, struct ht_witness_list *list,
                                                   struct ht_error *err);

/* Adds the body of a request: the proof that the tree of `old_size` leaves became the one that `note` signs. */
void ht_witness_add_request(struct ht_buffer *out, uint64_t old_size, const struct ht_merkle_proof *proof,
                            struct ht_slice note);

/* What came back. */
struct ht_witness_reply {
    int code;                     /* of HTTP */
    struct ht_slice content_type; /* may be absent */
    struct ht_slice body;
};

struct ht_witness_answer {
    bool conflict; /* the witness has a tree of another size: `size` */
    uint64_t size;
    uint64_t time;          /* of the cosignature, in seconds since 1970 */
    struct ht_buffer lines; /* else the cosignature, verified; one line. Release it, whatever the status */
};

/* Reads the answer to a request with the checkpoint of this text (ht_note's). `now` is in seconds since 1970. An error
   says what is wrong with the answer, without quoting it: HT_CORRUPT for what a witness must not say, HT_FORBIDDEN and
   HT_NOT_FOUND if it does not know the log or its key, HT_BUSY for what may pass. */
HT_MUST_CHECK enum ht_status ht_witness_read_answer(const struct ht_witness *witness, struct ht_slice text,
                                                    const struct ht_witness_reply *reply, uint64_t now,
                                                    struct ht_witness_answer *answer, struct ht_error *err);

#endif
