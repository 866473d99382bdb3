/* Private to store/: names that a reader has looked up, so that it need not look them up and unseal them again: the
   events of a conversation, of an agent, of a day have few. A name never changes within a generation of the index. */
#ifndef STORE_READER_NAMES_H
#define STORE_READER_NAMES_H

#include "store.h"

void reader_names_init(struct ht_reader *reader);
void reader_names_release(struct ht_reader *reader);

/* The name that was kept; false if it was not. A view until the reader's span ends. */
bool reader_names_find(const struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *name);

/* Keeps a name, and makes `name` a view of what is kept. Without memory, or room, it stays as it is. */
void reader_names_keep(struct ht_reader *reader, enum ht_kind kind, uint32_t number, struct ht_slice *name);

/* Between two spans: forgets all names if there are many, or if the next span has another index. */
void reader_names_tidy(struct ht_reader *reader, bool other_index);

#endif
