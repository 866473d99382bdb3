#include "pause.h"

#include "hooktrail/time.h"

int64_t ht_pause_now(void)
{
    return ht_time_steady() / 1000;
}

struct timespec ht_pause_time(int64_t at)
{
    return (struct timespec){.tv_sec = at / 1000, .tv_nsec = at % 1000 * 1000000};
}

void ht_pause_init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &attributes);
    pthread_condattr_destroy(&attributes);
}

void ht_pause_init(struct ht_pause *pause)
{
    pause->news = false;
    pause->stop = false;
    pthread_mutex_init(&pause->mutex, NULL);
    ht_pause_init_condition(&pause->wake);
}

void ht_pause_release(struct ht_pause *pause)
{
    pthread_cond_destroy(&pause->wake);
    pthread_mutex_destroy(&pause->mutex);
}

/* One sleep, with the lock held; false when the time has come. */
static bool sleep_on(struct ht_pause *pause, int64_t at)
{
    if (at == INT64_MAX) return pthread_cond_wait(&pause->wake, &pause->mutex) == 0;
    struct timespec time = ht_pause_time(at);
    return pthread_cond_timedwait(&pause->wake, &pause->mutex, &time) == 0;
}

bool ht_pause_until(struct ht_pause *pause, int64_t at)
{
    pthread_mutex_lock(&pause->mutex);
    while (!pause->stop && sleep_on(pause, at))
        ;
    bool goes_on = !pause->stop;
    pthread_mutex_unlock(&pause->mutex);
    return goes_on;
}

bool ht_pause_for_news(struct ht_pause *pause, int64_t at)
{
    pthread_mutex_lock(&pause->mutex);
    while (!pause->stop && !pause->news && sleep_on(pause, at))
        ;
    pause->news = false;
    bool goes_on = !pause->stop;
    pthread_mutex_unlock(&pause->mutex);
    return goes_on;
}

bool ht_pause_is_stopped(struct ht_pause *pause)
{
    pthread_mutex_lock(&pause->mutex);
    bool stopped = pause->stop;
    pthread_mutex_unlock(&pause->mutex);
    return stopped;
}

void ht_pause_wake(struct ht_pause *pause)
{
    pthread_mutex_lock(&pause->mutex);
    bool sleeps = !pause->news;
    pause->news = true;
    if (sleeps) pthread_cond_signal(&pause->wake);
    pthread_mutex_unlock(&pause->mutex);
}

void ht_pause_stop(struct ht_pause *pause)
{
    pthread_mutex_lock(&pause->mutex);
    pause->stop = true;
    pthread_cond_signal(&pause->wake);
    pthread_mutex_unlock(&pause->mutex);
}
