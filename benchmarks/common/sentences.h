/* Sentences of a sales chat, composed of phrases at random. */
#ifndef BENCHMARKS_SENTENCES_H
#define BENCHMARKS_SENTENCES_H

#include "dice.h"
#include "hooktrail/buffer.h"
#include "phrases.h"

/* Who speaks, with which words; `dice` is rolled. */
struct speaker {
    struct dice *dice;
    uint32_t vocabulary; /* 0 or 1: which of each table's two */
    bool assistant;
};

const char *sentences_pick(const struct speaker *speaker, const struct phrases *phrases);

/* Appends a phrase with its placeholders filled in. */
void sentences_expand(const struct speaker *speaker, const char *phrase, struct ht_buffer *out);

/* Appends a whole message, from one sentence to some five; `brief`: one or two. `first`: it opens the conversation. */
void sentences_message(const struct speaker *speaker, bool first, bool brief, struct ht_buffer *out);

#endif
