/* The options of an export: checked, and turned into a target. */
#ifndef EXPORT_OPTIONS_H
#define EXPORT_OPTIONS_H

#include "hooktrail/export.h"
#include "hooktrail/time.h"
#include "target.h"

/* HT_INVALID says what is wrong; *tables gets a bit for each table that is wanted. */
HT_MUST_CHECK enum ht_status export_options_check(const struct ht_export_options *options, uint32_t *tables,
                                                  struct ht_error *err);

/* Whether only events received within some time are wanted. */
static inline bool export_options_are_ranged(const struct ht_export_options *options)
{
    return options->since != HT_TIME_NONE || options->until != INT64_MAX;
}

/* Whether checked options name a database. */
bool export_options_name_database(const struct ht_export_options *options);

/* Opens what `to` names, with checked options. */
HT_MUST_CHECK enum ht_status export_options_open(const struct ht_export_options *options, struct export_target **target,
                                                 struct ht_error *err);

#endif
