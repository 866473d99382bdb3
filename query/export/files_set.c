#include "files_set.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "hooktrail/encode.h"
#include "hooktrail/time.h"

#define LEAST_DIGITS 12

/* ---- lists of names ---- */

enum ht_status files_names_add(struct files_names *names, const char *name, struct ht_error *err)
{
    ht_buffer_add_bytes(&names->text, name, strlen(name) + 1);
    names->count++;
    return ht_buffer_status(&names->text, err);
}

const char *files_names_next(const struct files_names *names, const char *name)
{
    const char *next = name ? name + strlen(name) + 1 : names->text.data;
    return names->text.size > 0 && next < names->text.data + names->text.size ? next : NULL;
}

/* ---- names ---- */

void files_name_events(char name[FILES_NAME_SIZE], const struct export_run *run, int64_t day, uint64_t first,
                       uint64_t last, bool again, const char *extension)
{
    char date[16], suffix[32] = "";
    ht_time_format_day(date, day);
    if (again) snprintf(suffix, sizeof suffix, "-r%" PRIu64, run->number);
    snprintf(name, FILES_NAME_SIZE, "events/date=%s/events-%012" PRIu64 "-%012" PRIu64 "%s%s", date, first, last,
             suffix, extension);
}

void files_name_part(char name[FILES_NAME_SIZE], const struct export_run *run, const char *table, uint32_t part,
                     const char *extension)
{
    snprintf(name, FILES_NAME_SIZE, "%s/run=%012" PRIu64 "/%s-%04" PRIu32 "%s", table, run->number, table, part,
             extension);
}

void files_name_manifest(char name[FILES_NAME_SIZE], const char *export, uint64_t run)
{
    snprintf(name, FILES_NAME_SIZE, "_manifests/%s%s%012" PRIu64 ".json", export, export[0] ? "-" : "", run);
}

/* Digits, at least `least`, at *at; moves it behind them. */
static bool take_number(const char **at, size_t least, uint64_t *number)
{
    size_t size = strspn(*at, "0123456789");
    struct ht_slice digits = ht_slice_of(*at, size);
    *at += size;
    return size >= least && ht_parse_u64(digits, number) == HT_OK;
}

/* "events/date=…/events-FIRST-LAST[-rRUN].…"; run is 0 without one. */
static bool parse_events(const char *name, struct files_range *range, uint64_t *run)
{
    const char *at = strrchr(name, '/');
    *run = 0;
    if (!at || strncmp(at, "/events-", 8) != 0 || strlen(name) >= sizeof range->name) return false;
    at += 8;
    if (!take_number(&at, LEAST_DIGITS, &range->first) || *at++ != '-') return false;
    if (!take_number(&at, LEAST_DIGITS, &range->last)) return false;
    if (strncmp(at, "-r", 2) == 0) {
        at += 2;
        if (!take_number(&at, 1, run)) return false;
    }
    memcpy(range->name, name, strlen(name) + 1);
    return *at == '.' && range->first > 0 && range->first <= range->last;
}

/* ---- what is there ---- */

struct looking {
    struct files_set *set;
    const struct export_run *run;
    struct files_names left; /* by a run that was never committed */
};

static enum ht_status keep_range(struct files_set *set, const struct files_range *range, struct ht_error *err)
{
    if ((set->count & (set->count - 1)) == 0) {
        size_t capacity = set->count > 0 ? set->count * 2 : 1;
        struct files_range *events = realloc(set->events, capacity * sizeof *events);
        if (!events) return ht_fail(err, HT_NO_MEMORY, "out of memory for the names of files");
        set->events = events;
    }
    set->events[set->count++] = *range;
    return HT_OK;
}

/* A run that stands alone leaves the files of the ones before until it is committed. */
static enum ht_status see_events(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    struct looking *looking = context;
    const struct export_run *run = looking->run;
    struct files_range range;
    uint64_t written_by;
    (void)size;
    if (!parse_events(name, &range, &written_by)) return HT_OK;
    bool left = written_by >= run->number || (!run->whole && range.first > run->after.position.seq);
    return left ? files_names_add(&looking->left, name, err) : keep_range(looking->set, &range, err);
}

static enum ht_status see_part(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    (void)size;
    return files_names_add(context, name, err);
}

static int compare_ranges(const void *a, const void *b)
{
    const struct files_range *x = a, *y = b;
    return x->first != y->first ? (x->first < y->first ? -1 : 1) : strcmp(x->name, y->name);
}

static enum ht_status remove_all(struct export_place *place, const struct files_names *names, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (const char *name = files_names_next(names, NULL); name && status == HT_OK;
         name = files_names_next(names, name))
        status = place->ops->remove(place, name, err);
    return status;
}

/* Files of this run: it is not committed yet, so its last try did not come to an end. */
static enum ht_status find_left_parts(struct export_place *place, const struct export_run *run,
                                      struct files_names *left, struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < EXPORT_TABLE_COUNT && status == HT_OK; i++) {
        char prefix[FILES_NAME_SIZE];
        if (i == EXPORT_EVENTS) continue;
        snprintf(prefix, sizeof prefix, "%s/run=%012" PRIu64 "/", export_tables[i].name, run->number);
        status = place->ops->list(place, prefix, see_part, left, err);
    }
    return status;
}

enum ht_status files_set_open(struct files_set *set, struct export_place *place, const struct export_run *run,
                              struct ht_error *err)
{
    struct looking looking = {.set = set, .run = run};
    *set = (struct files_set){0};
    enum ht_status status = place->ops->list(place, "events/", see_events, &looking, err);
    if (status == HT_OK) status = find_left_parts(place, run, &looking.left, err);
    if (status == HT_OK) status = remove_all(place, &looking.left, err);
    ht_buffer_release(&looking.left.text);
    if (set->count > 0) qsort(set->events, set->count, sizeof *set->events, compare_ranges);
    return status;
}

void files_set_release(struct files_set *set)
{
    free(set->events);
    ht_buffer_release(&set->gone.text);
    *set = (struct files_set){0};
}

/* ---- what goes ---- */

void files_set_widen(const struct files_set *set, uint64_t *first, uint64_t *last)
{
    uint64_t from = *first, to = *last;
    for (size_t i = 0; i < set->count; i++) {
        const struct files_range *range = &set->events[i];
        if (range->last < *first || range->first > *last) continue;
        if (range->first < from) from = range->first;
        if (range->last > to) to = range->last;
    }
    *first = from;
    *last = to;
}

enum ht_status files_set_supersede(struct files_set *set, uint64_t first, uint64_t last, const char *name,
                                   struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (size_t i = 0; i < set->count && status == HT_OK; i++) {
        struct files_range *range = &set->events[i];
        if (range->last < first || range->first > last || range->name[0] == '\0') continue;
        if (strcmp(range->name, name) != 0) status = files_names_add(&set->gone, range->name, err);
        range->name[0] = '\0'; /* told once */
    }
    return status;
}

struct superseding {
    struct files_set *set;
    const char *table;
    uint64_t run;
};

static enum ht_status see_earlier(void *context, const char *name, uint64_t size, struct ht_error *err)
{
    const struct superseding *superseding = context;
    uint64_t run;
    (void)size;
    const char *at = name + strlen(superseding->table) + strlen("/run=");
    if (!take_number(&at, LEAST_DIGITS, &run) || run >= superseding->run) return HT_OK;
    return files_names_add(&superseding->set->gone, name, err);
}

enum ht_status files_set_supersede_runs(struct files_set *set, struct export_place *place, const struct export_run *run,
                                        struct ht_error *err)
{
    enum ht_status status = HT_OK;
    for (uint32_t i = 0; i < EXPORT_TABLE_COUNT && status == HT_OK; i++) {
        char prefix[FILES_NAME_SIZE];
        struct superseding superseding = {.set = set, .table = export_tables[i].name, .run = run->number};
        if (i == EXPORT_EVENTS || (i == EXPORT_ERASURES && run->after.erasure > 0)) continue;
        snprintf(prefix, sizeof prefix, "%s/run=", export_tables[i].name);
        status = place->ops->list(place, prefix, see_earlier, &superseding, err);
    }
    return status;
}
