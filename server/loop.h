/* A loop thread: one event base without locks, a door for each entrance, and everything that serving takes, owned by it
   alone.

   Other threads reach it through a mailbox: lists under a mutex and one eventfd, whose wake-ups coalesce. */
#ifndef HT_SERVER_LOOP_H
#define HT_SERVER_LOOP_H

#include <event2/event.h>

#include "conn.h"
#include "door.h"
#include "hooktrail/append.h"
#include "hooktrail/json.h"
#include "hooktrail/reading.h"
#include "job.h"
#include "server.h"
#include "turns.h"

struct ht_request;
struct ht_read;
struct ht_stream;

struct ht_mailbox {
    pthread_mutex_t mutex;
    int fd;
    struct ht_append *answered; /* under the mutex, as is all below; in order */
    struct ht_append **answered_end;
    bool index_advanced;
    bool stop;
};

struct ht_loop {
    struct ht_server *server;
    size_t number;
    pthread_t thread;
    bool running; /* the thread was started */
    struct ht_mailbox mailbox;
    /* the rest is the thread's alone once it runs */
    struct event_base *base;
    struct ht_door doors[HT_ENTRANCES];
    size_t door_count;
    struct event *mail;
    struct event *outbox; /* at the end of a turn */
    struct event *soon;   /* while work waits for a turn */
    struct event *tick;   /* four times a second, while there is something to watch */
    int64_t now;          /* ms, monotonic; of this turn */
    int64_t muted_until;  /* the doors are closed until then, or 0 */
    int64_t mute_told;    /* when the log last said so */
    int64_t stop_by;      /* 0: not stopping */
    int64_t grace_until;  /* then idle connections are closed */
    int64_t work_until;   /* when stopping: then reads are refused that are not done */
    struct ht_reader *reader;
    const struct ht_tools *tools; /* the reader's */
    struct ht_packer *packer;
    struct ht_conns conns;
    struct ht_request *ready; /* replies for the next turn, in order */
    struct ht_request **ready_end;
    struct ht_job *spare_jobs; /* of job.c */
    size_t spare_count;
    struct ht_request *held; /* replies that wait their time */
    struct ht_turns turns;   /* reads and streams that have more to do */
    struct ht_read *waiting; /* reads that wait for the index */
    struct ht_stream *streams;
    unsigned pending; /* requests and jobs that are not yet answered */
};

/* Makes a loop that will serve on the sockets of that number of all entrances, which it takes. */
HT_MUST_CHECK enum ht_status ht_loop_new(struct ht_server *server, size_t number, struct ht_loop **loop,
                                         struct ht_error *err);
/* Starts its thread. */
HT_MUST_CHECK enum ht_status ht_loop_start(struct ht_loop *loop, struct ht_error *err);
/* Asks it to end within five seconds: closes the doors, answers what is in hand. Any thread. */
void ht_loop_stop(struct ht_loop *loop);
void ht_loop_join(struct ht_loop *loop);
/* Once the thread has ended and nobody hands anything back any more. NULL is fine. */
void ht_loop_free(struct ht_loop *loop);

/* From the writer: answered jobs. Takes the list. */
void ht_loop_hand_back(struct ht_loop *loop, struct ht_append *list);
/* From the indexer. */
void ht_loop_index_advanced(struct ht_loop *loop);

/* The loop whose thread asks; NULL on every other thread. */
struct ht_loop *ht_loop_current(void);

/* What time it is; on the loop's thread. Costs next to nothing. */
int64_t ht_loop_tell_time(struct ht_loop *loop);

/* Has the end of this turn seen to: behind the callbacks of all that is ready now, the writer is woken and the replies
   that were made are sent. On the loop's thread. */
void ht_loop_end_turn(struct ht_loop *loop);

/* Ticks from now on, until there are neither connections, requests nor pauses any more: an idle loop sleeps. On the
   loop's thread. */
void ht_loop_watch(struct ht_loop *loop);

/* Start and stop taking connections; stop for a time. On the loop's thread. */
void ht_loop_enable(struct ht_loop *loop, bool enabled);
void ht_loop_mute(struct ht_loop *loop, int64_t milliseconds);

/* A connection has gone: whatever there was no room for may come in when this turn ends. On the loop's thread. */
void ht_loop_has_room(struct ht_loop *loop);
bool ht_loop_is_stopping(const struct ht_loop *loop);

#endif
