/* Private to store/: a full backup and the increments that follow it, in the order in which they were made. */
#ifndef STORE_BACKUP_CHAIN_H
#define STORE_BACKUP_CHAIN_H

#include "manifest.h"

struct backup_chain {
    const char **paths;     /* the full one first; the strings are borrowed */
    struct manifest *links; /* their manifests; zeros of a full one alone that has none */
    size_t count;
};

/* Reads the manifests and checks, before anything is copied, that each follows the one before it, and that all files
   are as they were made. What is wrong is named: HT_INVALID for an increment of another trail, out of order, behind one
   that is missing, or without its full backup; HT_CORRUPT for one that is damaged. A full backup without a manifest is
   not checked, and nothing can follow it. To be released, whatever comes. */
HT_MUST_CHECK enum ht_status backup_chain_open(struct backup_chain *chain, const char *backup,
                                               const char *const *increments, size_t count, struct ht_error *err);
void backup_chain_release(struct backup_chain *chain);

#endif
