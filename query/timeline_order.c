#include "timeline_order.h"

#include <assert.h>
#include <stdlib.h>

/* On the list of visits: what stands before the message has been visited. The top bit is free, as messages are few. */
#define HALF_VISITED TIMELINE_EVENT

/* Works on some elements, taking them off *work; true when the phase is over. */
typedef bool order_phase(struct timeline_order *order, uint32_t *work);

static const struct timeline_message *message_at(const struct timeline_order *order, uint32_t index)
{
    return &order->all->messages[index];
}

static bool is_first(const struct timeline_order *order, uint32_t index)
{
    return message_at(order, index)->older == TIMELINE_NONE;
}

/* Counts order->at up to `count`; false at the end of the phase, or with *over left false when the work has run out. */
static bool next_element(struct timeline_order *order, uint32_t count, uint32_t *work, bool *over)
{
    *over = order->at == count;
    if (*over || *work == 0) return false;
    (*work)--;
    order->at++;
    return true;
}

/* ---- what stands by its time, and by what the others stand ---- */

static void add_root(struct timeline_order *order, uint32_t ref)
{
    order->sort.refs[order->sort.count++] = ref;
}

static bool gather_messages(struct timeline_order *order, uint32_t *work)
{
    bool over;
    while (next_element(order, order->all->count, work, &over)) {
        uint32_t i = order->at - 1;
        const struct timeline_message *message = message_at(order, i);
        if (!is_first(order, i)) continue;
        order->message_count++;
        if (message->anchor == TIMELINE_NONE) {
            add_root(order, i);
        } else if (message->before) {
            order->sibling[i] = order->first_before[message->anchor];
            order->first_before[message->anchor] = i;
        }
    }
    return over;
}

/* From the newest to the first, so that each list begins with the first. */
static bool gather_followers(struct timeline_order *order, uint32_t *work)
{
    bool over;
    while (next_element(order, order->all->count, work, &over)) {
        uint32_t i = order->all->count - order->at;
        const struct timeline_message *message = message_at(order, i);
        if (!is_first(order, i) || message->anchor == TIMELINE_NONE || message->before) continue;
        order->sibling[i] = order->first_behind[message->anchor];
        order->first_behind[message->anchor] = i;
    }
    return over;
}

static bool gather_events(struct timeline_order *order, uint32_t *work)
{
    bool over;
    while (next_element(order, order->event_count, work, &over))
        add_root(order, TIMELINE_EVENT | (order->at - 1));
    return over;
}

/* ---- sorting ---- */

struct sort_key {
    int64_t at;
    uint32_t class; /* among those of one time */
    uint32_t index;
};

static struct sort_key key_of(const struct timeline_order *order, uint32_t ref)
{
    if (!(ref & TIMELINE_EVENT)) return (struct sort_key){message_at(order, ref)->at, 1, ref};
    uint32_t index = ref & ~TIMELINE_EVENT;
    const struct timeline_event *event = &order->events[index];
    return (struct sort_key){event->at, event->starts_session ? 0 : 2, index};
}

static bool stands_before(const void *context, uint32_t a, uint32_t b)
{
    struct sort_key x = key_of(context, a), y = key_of(context, b);
    if (x.at != y.at) return x.at < y.at;
    if (x.class != y.class) return x.class < y.class;
    return x.index < y.index;
}

static bool sort_roots(struct timeline_order *order, uint32_t *work)
{
    return timeline_sort_step(&order->sort, work);
}

/* ---- the items: each with those before and behind it ---- */

static void plan_visit(struct timeline_order *order, uint32_t ref)
{
    order->visits[order->visit_count++] = ref;
}

static void plan_list(struct timeline_order *order, uint32_t first)
{
    for (uint32_t i = first; i != TIMELINE_NONE; i = order->sibling[i])
        plan_visit(order, i);
}

static void add_item(struct timeline_order *order, uint32_t ref)
{
    order->items[order->count++] = ref;
}

/* Takes the visit planned last. What is planned last comes first: behind a message stand those seen last first, before
   it those seen first first, as inserting one by one would have it. */
static void visit(struct timeline_order *order)
{
    uint32_t ref = order->visits[--order->visit_count];
    uint32_t message = ref & ~HALF_VISITED;
    if (!(ref & HALF_VISITED)) {
        plan_visit(order, message | HALF_VISITED);
        plan_list(order, order->first_before[message]);
        return;
    }
    order->rank[message] = order->count;
    add_item(order, message);
    plan_list(order, order->first_behind[message]);
}

static bool list_items(struct timeline_order *order, uint32_t *work)
{
    for (;;) {
        while (order->visit_count > 0) {
            if (*work == 0) return false;
            (*work)--;
            visit(order);
        }
        bool over;
        if (!next_element(order, order->sort.count, work, &over)) return over;
        uint32_t ref = order->sort.refs[order->at - 1];
        if (ref & TIMELINE_EVENT) {
            add_item(order, ref);
        } else {
            plan_visit(order, ref);
        }
    }
}

/* ---- what was removed ---- */

static bool find_last_events(struct timeline_order *order, uint32_t *work)
{
    bool over;
    while (next_element(order, order->all->count, work, &over)) {
        uint32_t i = order->at - 1;
        if (!is_first(order, i)) continue;
        uint32_t last = message_at(order, i)->last_event;
        assert(last < order->event_count);
        order->sibling[i] = order->leaving[last];
        order->leaving[last] = i;
    }
    return over;
}

/* Every absent message inside the span of a payload was removed by it, and need not be looked at again. */
static uint32_t remove_within(struct timeline_order *order, uint32_t event)
{
    const struct timeline_span *span = &order->events[event].span;
    if (!span->repeats) return 0;
    uint32_t low = order->rank[timeline_first(order->all, span->low)];
    uint32_t high = order->rank[timeline_first(order->all, span->high)];
    uint32_t removed = 0;
    for (uint32_t rank = rank_set_next(&order->absent, low + 1); rank < high;
         rank = rank_set_next(&order->absent, rank + 1)) {
        order->removed_by[order->items[rank]] = event;
        rank_set_remove(&order->absent, rank);
        removed++;
    }
    return removed;
}

static uint32_t leave(struct timeline_order *order, uint32_t event)
{
    uint32_t count = 0;
    for (uint32_t i = order->leaving[event]; i != TIMELINE_NONE; i = order->sibling[i], count++)
        rank_set_add(&order->absent, order->rank[i]);
    return count;
}

/* An event may be long work, but each message is removed and leaves once. */
static bool find_removed(struct timeline_order *order, uint32_t *work)
{
    bool over;
    while (next_element(order, order->event_count, work, &over)) {
        uint32_t done = remove_within(order, order->at - 1) + leave(order, order->at - 1);
        *work -= done < *work ? done : *work;
    }
    return over;
}

/* ---- */

static order_phase *const phases[] = {gather_messages, gather_followers, gather_events, sort_roots,
                                      list_items,      find_last_events, find_removed};
#define PHASE_COUNT (sizeof phases / sizeof phases[0])

static uint32_t *new_array(size_t count)
{
    return malloc((count > 0 ? count : 1) * sizeof(uint32_t));
}

/* An array of `count` at the beginning of *rest, which is what is left of a larger one. */
static uint32_t *take(uint32_t **rest, uint32_t count)
{
    uint32_t *taken = *rest;
    *rest += count;
    return taken;
}

/* The same of `count` times TIMELINE_NONE. */
static uint32_t *take_empty(uint32_t **rest, uint32_t count)
{
    memset(*rest, 0xff, count * sizeof **rest);
    return take(rest, count);
}

static void share_out(struct timeline_order *order, uint32_t messages, uint32_t total)
{
    uint32_t *rest = order->kept;
    order->items = take(&rest, total);
    order->removed_by = take_empty(&rest, messages);
    rest = order->scaffold;
    order->visits = take(&rest, messages);
    order->first_behind = take_empty(&rest, messages);
    order->first_before = take_empty(&rest, messages);
    order->sibling = take(&rest, messages);
    order->rank = take(&rest, messages);
    order->leaving = take_empty(&rest, order->event_count);
    order->sort = (struct timeline_sort){
        .refs = take(&rest, total), .other = take(&rest, total), .before = stands_before, .context = order};
}

enum ht_status timeline_order_begin(struct timeline_order *order, const struct timeline_union *all,
                                    const struct timeline_event *events, uint32_t event_count, struct ht_error *err)
{
    uint32_t total = all->count + event_count;
    *order = (struct timeline_order){.all = all, .events = events, .event_count = event_count};
    order->kept = new_array((size_t)total + all->count);
    order->scaffold = new_array((size_t)total * 2 + (size_t)all->count * 5 + event_count);
    if (!order->kept || !order->scaffold)
        return ht_fail(err, HT_NO_MEMORY, "out of memory for a timeline of %u items", total);
    share_out(order, all->count, total);
    return rank_set_init(&order->absent, total, err);
}

/* What is needed only while the order is made. */
static void release_scaffold(struct timeline_order *order)
{
    free(order->scaffold);
    order->scaffold = NULL;
    rank_set_release(&order->absent);
}

void timeline_order_release(struct timeline_order *order)
{
    release_scaffold(order);
    free(order->kept);
    *order = (struct timeline_order){0};
}

bool timeline_order_step(struct timeline_order *order, uint32_t work)
{
    while (order->phase < PHASE_COUNT) {
        if (!phases[order->phase](order, &work)) return false;
        order->phase++;
        order->at = 0;
        if (order->phase == PHASE_COUNT) release_scaffold(order);
    }
    return true;
}
