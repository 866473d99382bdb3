#include "turns.h"

#include <stddef.h>

#include "hooktrail/time.h"

#define PASS_TIME (HT_SECOND / 500)

void ht_turns_init(struct ht_turns *turns, struct event *soon)
{
    *turns = (struct ht_turns){.end = &turns->first, .soon = soon};
}

static void call_soon(struct ht_turns *turns)
{
    static const struct timeval now;
    event_add(turns->soon, &now);
}

void ht_turn_await(struct ht_turns *turns, struct ht_turn *turn)
{
    if (turn->waits) return;
    if (!turns->first) call_soon(turns);
    turn->waits = true;
    turn->next = NULL;
    *turns->end = turn;
    turns->end = &turn->next;
}

void ht_turn_cancel(struct ht_turns *turns, struct ht_turn *turn)
{
    struct ht_turn **at = &turns->first;
    if (!turn->waits) return;
    while (*at != turn)
        at = &(*at)->next;
    *at = turn->next;
    if (!*at) turns->end = at;
    turn->waits = false;
}

void ht_turns_take(struct ht_turns *turns)
{
    int64_t until = ht_time_steady() + PASS_TIME;
    struct ht_turn *turn;
    while ((turn = turns->first)) {
        ht_turn_cancel(turns, turn);
        turn->take(turn->context);
        if (ht_time_steady() >= until) break;
    }
    if (turns->first) call_soon(turns);
}
