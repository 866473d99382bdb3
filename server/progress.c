#include "progress.h"

void ht_progress_init(struct ht_progress *progress)
{
    *progress = (struct ht_progress){0};
    pthread_mutex_init(&progress->mutex, NULL);
}

void ht_progress_release(struct ht_progress *progress)
{
    pthread_mutex_destroy(&progress->mutex);
}

static struct ht_position get(struct ht_progress *progress, const struct ht_position *place)
{
    pthread_mutex_lock(&progress->mutex);
    struct ht_position position = *place;
    pthread_mutex_unlock(&progress->mutex);
    return position;
}

static void set(struct ht_progress *progress, struct ht_position *place, struct ht_position position)
{
    pthread_mutex_lock(&progress->mutex);
    *place = position;
    pthread_mutex_unlock(&progress->mutex);
}

struct ht_position ht_progress_committed(struct ht_progress *progress)
{
    return get(progress, &progress->committed);
}

struct ht_position ht_progress_indexed(struct ht_progress *progress)
{
    return get(progress, &progress->indexed);
}

void ht_progress_set_committed(struct ht_progress *progress, struct ht_position position)
{
    set(progress, &progress->committed, position);
}

void ht_progress_set_indexed(struct ht_progress *progress, struct ht_position position)
{
    set(progress, &progress->indexed, position);
}
