/* The files of an export in its place: their names, which are there, which go.

   PLACE/events/date=2026-11-24/events-FIRST-LAST.EXT     events by day received, of seqs FIRST to LAST
   PLACE/events/date=2026-11-24/events-FIRST-LAST-rRUN.EXT  written again by a later run, since some were erased
   PLACE/TABLE/run=RUN/TABLE-PART.EXT                     the other tables, by run
   PLACE/_manifests/[NAME-]RUN.json                       what each run wrote (files_manifest.h)
   PLACE/_SUCCESS                                         names the newest manifest; it is written last

   Numbers have at least twelve digits, so that names sort as numbers do. */
#ifndef EXPORT_FILES_SET_H
#define EXPORT_FILES_SET_H

#include "place.h"
#include "target.h"

#define FILES_NAME_SIZE 256
#define FILES_SUCCESS "_SUCCESS"

/* A list of names, owned. Zero-initialised is empty and valid. */
struct files_names {
    struct ht_buffer text; /* each with a NUL */
    size_t count;
};
HT_MUST_CHECK enum ht_status files_names_add(struct files_names *names, const char *name, struct ht_error *err);
/* The name behind `name`, NULL to begin; NULL at the end. Valid until the next one is added. */
const char *files_names_next(const struct files_names *names, const char *name);

struct files_range {
    uint64_t first;
    uint64_t last;
    char name[FILES_NAME_SIZE];
};

struct files_set {
    struct files_range *events; /* ascending, disjoint: what earlier runs wrote and what stands */
    size_t count;
    struct files_names gone; /* superseded by this run: they go when it is committed */
};

/* Reads which events files are there, and removes what a run that never was committed has left. */
HT_MUST_CHECK enum ht_status files_set_open(struct files_set *set, struct export_place *place,
                                            const struct export_run *run, struct ht_error *err);
void files_set_release(struct files_set *set);

/* Widens first..last to the borders of the files that hold them. */
void files_set_widen(const struct files_set *set, uint64_t *first, uint64_t *last);

/* Events first to last were written again: whatever held any of them goes, unless it is of this name. */
HT_MUST_CHECK enum ht_status files_set_supersede(struct files_set *set, uint64_t first, uint64_t last, const char *name,
                                                 struct ht_error *err);
/* All files of earlier runs go, of the tables that this run writes whole. */
HT_MUST_CHECK enum ht_status files_set_supersede_runs(struct files_set *set, struct export_place *place,
                                                      const struct export_run *run, struct ht_error *err);

/* Names, NUL-terminated: of events, of part `part` of another table, of a manifest. */
void files_name_events(char name[FILES_NAME_SIZE], const struct export_run *run, int64_t day, uint64_t first,
                       uint64_t last, bool again, const char *extension);
void files_name_part(char name[FILES_NAME_SIZE], const struct export_run *run, const char *table, uint32_t part,
                     const char *extension);
void files_name_manifest(char name[FILES_NAME_SIZE], const char *export, uint64_t run);

#endif
