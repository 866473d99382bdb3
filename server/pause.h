/* How a thread that has something to do now and then sleeps: until a time, until there is news, or until it shall end.
   Locks by itself; any thread may wake or stop, one waits. */
#ifndef HT_SERVER_PAUSE_H
#define HT_SERVER_PAUSE_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct ht_pause {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    bool news; /* under the mutex, as is all below */
    bool stop;
};

void ht_pause_init(struct ht_pause *pause);
void ht_pause_release(struct ht_pause *pause);

/* Sleeps until `at`, whatever the news. False: the thread shall end. */
bool ht_pause_until(struct ht_pause *pause, int64_t at);
/* Sleeps until there is news, which is then none any more, or until `at` (INT64_MAX: never). False: end. */
bool ht_pause_for_news(struct ht_pause *pause, int64_t at);
bool ht_pause_is_stopped(struct ht_pause *pause);

void ht_pause_wake(struct ht_pause *pause);
void ht_pause_stop(struct ht_pause *pause);

/* Milliseconds of the monotonic clock: what `at` is measured in. */
int64_t ht_pause_now(void);

/* Makes a condition for pthread_cond_timedwait by the monotonic clock; a time on that clock. */
void ht_pause_init_condition(pthread_cond_t *condition);
struct timespec ht_pause_time(int64_t at);

#endif
