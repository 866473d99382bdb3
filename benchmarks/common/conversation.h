/* A seeded source of believable Aimdoc conversations: for load, for measuring, for training the dictionary.

   Only field names that Aimdoc documents are used, plus the body field `event`; how they are combined goes beyond the
   documentation. Some 2,000 conversations are open at a time and take turns; each has about 6 events, one of 20 agents,
   in a third of them a lead. A payload depends on the options and its number alone: any one can be made at any time, in
   any order, by any thread. */
#ifndef BENCHMARKS_CONVERSATION_H
#define BENCHMARKS_CONVERSATION_H

#include <stdint.h>

#include "hooktrail/buffer.h"
#include "hooktrail/delivery.h"

#define CONVERSATION_ID_SIZE 37 /* a UUID and a NUL */

enum conversation_messages {
    CONVERSATION_GROWING, /* each event carries all messages so far */
    CONVERSATION_NEW_ONLY /* each event carries those since the one before */
};

enum conversation_vocabulary { CONVERSATION_TRAINING = 0, CONVERSATION_MEASURING = 1 };

struct conversation_options {
    uint64_t seed;
    size_t body_size; /* bytes, on the average over a conversation's events */
    enum conversation_messages messages;
    enum conversation_vocabulary vocabulary;
};

/* Appends payload `number` (from 0). */
void conversation_payload(const struct conversation_options *options, uint64_t number, struct ht_buffer *out);

/* The id of the conversation that payload `number` belongs to. */
void conversation_id(const struct conversation_options *options, uint64_t number, char id[CONVERSATION_ID_SIZE]);

/* How many events that conversation has in all; `event` gets which of them payload `number` is, from 0. */
uint32_t conversation_events(const struct conversation_options *options, uint64_t number, uint32_t *event);

/* A delivery with headers such as any HTTP client might send; its slices are literals or lie in `scratch`. */
void conversation_delivery(const struct conversation_options *options, uint64_t number, struct ht_buffer *scratch,
                           struct ht_delivery *delivery);

/* The options that every program here takes, for getopt_long's tables, and what it takes when they are not given. */
#define CONVERSATION_LONG_OPTIONS                                                                                      \
    {"seed", required_argument, NULL, 'S'}, {"size", required_argument, NULL, 's'},                                    \
        {"messages", required_argument, NULL, 'm'},                                                                    \
    {                                                                                                                  \
        "vocabulary", required_argument, NULL, 'v'                                                                     \
    }
#define CONVERSATION_USAGE                                                                                             \
    "  --seed N               another seed, other conversations (1)\n"                                                 \
    "  --size BYTES           of a body, on the average (2048)\n"                                                      \
    "  --messages growing|new all messages so far in each event, or the new ones only (growing)\n"                     \
    "  --vocabulary training|measuring  (measuring)\n"
#define CONVERSATION_DEFAULTS                                                                                          \
    {                                                                                                                  \
        1, 2048, CONVERSATION_GROWING, CONVERSATION_MEASURING                                                          \
    }

/* Sets one of them; false if the letter is none of them or the value is not one. */
bool conversation_set(struct conversation_options *options, char option, const char *value);

#endif
