/* Work that comes in pieces. Whoever has more to do waits in a queue; with each pass of the loop, behind everything
   else that was ready, those in front take their turn, one piece each, for some two milliseconds in all. So what comes
   in meanwhile waits for no more than that, however many wait here.

   (An event that activates itself gives no turn away: libevent calls it again before it looks at sockets and timers.)
   On the loop's thread, all of it. */
#ifndef HT_SERVER_TURNS_H
#define HT_SERVER_TURNS_H

#include <event2/event.h>
#include <stdbool.h>

struct ht_turn {
    struct ht_turn *next;
    bool waits;
    /* One piece of the work, of two milliseconds or less if possible. May wait for another turn, and may free what the
       turn is part of. */
    void (*take)(void *context);
    void *context;
};

struct ht_turns {
    struct ht_turn *first;
    struct ht_turn **end; /* of the queue */
    struct event *soon;
};

/* `soon` is an event without a descriptor, whose callback calls ht_turns_take; borrowed. */
void ht_turns_init(struct ht_turns *turns, struct event *soon);

/* Puts it at the end of the queue, unless it waits there already; takes it out. */
void ht_turn_await(struct ht_turns *turns, struct ht_turn *turn);
void ht_turn_cancel(struct ht_turns *turns, struct ht_turn *turn);

/* With each pass of the loop in which `soon` is due; sees to it that it is due again if some are left. */
void ht_turns_take(struct ht_turns *turns);

#endif
