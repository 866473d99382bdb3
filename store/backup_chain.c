#include "backup_chain.h"

#include <stdlib.h>

/* Which of them is the one that `link` follows; the count if none. */
static size_t find_before(const struct backup_chain *chain, const struct manifest *link)
{
    size_t i = 0;
    while (i < chain->count && strcmp(chain->links[i].own, link->since) != 0)
        i++;
    return i;
}

static enum ht_status fail_order(const struct backup_chain *chain, size_t at, struct ht_error *err)
{
    const struct manifest *link = &chain->links[at];
    const char *path = chain->paths[at];
    size_t before = find_before(chain, link);
    if (before < chain->count)
        return ht_fail(err, HT_INVALID, "%s follows %s, not %s: give each once, in the order in which they were made",
                       path, chain->paths[before], chain->paths[at - 1]);
    return ht_fail(err, HT_INVALID,
                   "%s follows one that is missing here, made as %s (its " MANIFEST_NAME " has the SHA-256 %.16s…)",
                   path, link->since_name, link->since);
}

static enum ht_status check_link(const struct backup_chain *chain, size_t at, struct ht_error *err)
{
    const struct manifest *link = &chain->links[at];
    if (!link->increment)
        return ht_fail(err, HT_INVALID, "%s is a full backup: it can only be the first", chain->paths[at]);
    if (memcmp(link->trail_id, chain->links[0].trail_id, HT_TRAIL_ID_SIZE) != 0)
        return ht_fail(err, HT_INVALID, "%s is of another trail than %s", chain->paths[at], chain->paths[0]);
    return strcmp(link->since, chain->links[at - 1].own) == 0 ? HT_OK : fail_order(chain, at, err);
}

static enum ht_status check_first(const struct backup_chain *chain, struct ht_error *err)
{
    if (!chain->links[0].increment) return HT_OK;
    return ht_fail(err, HT_INVALID,
                   "%s is an increment, made since %s: name the full backup that it goes back to first",
                   chain->paths[0], chain->links[0].since_name);
}

static enum ht_status read_all(struct backup_chain *chain, struct ht_error *err)
{
    for (size_t i = 0; i < chain->count; i++) {
        enum ht_status status = manifest_read(&chain->links[i], chain->paths[i], err);
        if (status == HT_NOT_FOUND && chain->count == 1) return HT_OK;
        if (status == HT_NOT_FOUND)
            return ht_fail(err, HT_NOT_FOUND, "%s holds no backup that says what it has (" MANIFEST_NAME ")",
                           chain->paths[i]);
        if (status != HT_OK) return status;
    }
    return HT_OK;
}

static enum ht_status check(struct backup_chain *chain, struct ht_error *err)
{
    enum ht_status status = read_all(chain, err);
    if (status == HT_OK) status = check_first(chain, err);
    for (size_t i = 1; status == HT_OK && i < chain->count; i++)
        status = check_link(chain, i, err);
    for (size_t i = 0; status == HT_OK && i < chain->count; i++)
        status = manifest_check_files(&chain->links[i], chain->paths[i], err);
    return status;
}

enum ht_status backup_chain_open(struct backup_chain *chain, const char *backup, const char *const *increments,
                                 size_t count, struct ht_error *err)
{
    chain->count = count + 1;
    chain->paths = calloc(chain->count, sizeof *chain->paths);
    chain->links = calloc(chain->count, sizeof *chain->links);
    if (chain->paths == NULL || chain->links == NULL) return ht_fail(err, HT_NO_MEMORY, "out of memory for a restore");
    chain->paths[0] = backup;
    for (size_t i = 0; i < count; i++)
        chain->paths[i + 1] = increments[i];
    return check(chain, err);
}

void backup_chain_release(struct backup_chain *chain)
{
    for (size_t i = 0; chain->links != NULL && i < chain->count; i++)
        manifest_release(&chain->links[i]);
    free(chain->links);
    free(chain->paths);
    *chain = (struct backup_chain){0};
}
