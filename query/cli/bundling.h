/* What `evidence` and `subject` have in common: whom they are about, where the zip goes, the readable texts in it. */
#ifndef HOOKTRAIL_CLI_BUNDLING_H
#define HOOKTRAIL_CLI_BUNDLING_H

#include "command.h"
#include "hooktrail/bundle.h"

typedef enum ht_status ht_bundle_make(struct ht_store *store, struct ht_reader *reader,
                                      const struct ht_bundle_options *options, struct ht_bundle_made *made,
                                      struct ht_error *err);

/* Opens the store, catches up and makes the bundle, with a bar. All times that this process shows from then on are in
   UTC: what is made is for other people, in whatever zone. */
HT_MUST_CHECK enum ht_status ht_bundling_run(const struct ht_call *call, ht_bundle_make *make,
                                             struct ht_bundle_made *made, struct ht_error *err);

/* Prints one line, or with --json an object. */
struct ht_bundling_fact {
    const char *name;
    uint64_t value;
};
HT_MUST_CHECK enum ht_status ht_bundling_print(const struct ht_call *call, struct ht_buffer *line,
                                               const struct ht_bundling_fact *facts, size_t count,
                                               struct ht_error *err);

#endif
