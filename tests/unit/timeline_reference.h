/* For tests: the union of messages by a second way, to compare query/timeline_union.c and query/timeline_order.c with.

   Where those hash, chain and sort, this keeps one plain list of versions, in which each is put where it belongs as it
   comes, and looks through all of it for every question. Small numbers stand for times, roles and contents. */
#ifndef TESTS_TIMELINE_REFERENCE_H
#define TESTS_TIMELINE_REFERENCE_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#define REFERENCE_MAX 512
#define REFERENCE_LIST 24
#define REFERENCE_NONE (-1)

struct reference_message { /* as in a payload */
    int id;                /* NONE: without */
    int at;                /* NONE: without a usable time */
    int role;
    int content;
};

struct reference_payload {
    struct reference_message list[REFERENCE_LIST];
    int count;
    int occurred_at;
};

struct reference_version {
    struct reference_message said;
    int nth; /* of equal ones in its payload, from 0 */
    int event;
    int position;
    int message; /* the number of the message that it is a version of */
    int at;      /* its own time, or the one it took */
};

struct reference {
    struct reference_version versions[REFERENCE_MAX]; /* as they were first seen */
    int version_count;
    int message_count;             /* numbers given out; some have no version any more */
    int last_event[REFERENCE_MAX]; /* by message */
    int listed_as[REFERENCE_MAX];  /* by message: the version listed by the payload under way, or NONE */
    bool by_id[REFERENCE_MAX];     /* by message: whether the element that lists it has the id */
    bool lent[REFERENCE_LIST];     /* by element of the payload under way: it goes by the text of one with an id */
    int order[REFERENCE_MAX];      /* of versions; only the first of each message counts in the end */
    int ordered;
    struct {
        int low, high; /* versions */
        bool repeats;
    } spans[REFERENCE_MAX];
    int events;
    int known; /* versions below this are not of the payload under way */
};

static inline int reference_first(const struct reference *r, int message)
{
    for (int i = 0; i < r->version_count; i++) {
        if (r->versions[i].message == message) return i;
    }
    return REFERENCE_NONE;
}

static inline int reference_newest(const struct reference *r, int message)
{
    for (int i = r->version_count; i-- > 0;) {
        if (r->versions[i].message == message) return i;
    }
    return REFERENCE_NONE;
}

static inline bool reference_same_place(const struct reference_version *a, const struct reference_version *b)
{
    return a->said.id == REFERENCE_NONE && b->said.id == REFERENCE_NONE && a->said.at != REFERENCE_NONE &&
           a->said.at == b->said.at && a->said.role == b->said.role;
}

/* Of versions with an id, the newest counts. */
static inline int reference_find(const struct reference *r, const struct reference_version *wanted)
{
    for (int i = r->version_count; i-- > 0;) {
        const struct reference_version *v = &r->versions[i];
        if (wanted->said.id != REFERENCE_NONE) {
            if (v->said.id == wanted->said.id) return i;
        } else if (memcmp(&v->said, &wanted->said, sizeof v->said) == 0 && v->nth == wanted->nth) {
            return i;
        }
    }
    return REFERENCE_NONE;
}

static inline bool reference_same_text(const struct reference_message *a, const struct reference_message *b)
{
    return a->at == b->at && a->role == b->role && a->content == b->content;
}

/* The first version, with an id or without one (and then no further equal one), that has the text; or NONE. */
static inline int reference_find_text(const struct reference *r, const struct reference_message *said, bool with_id)
{
    for (int i = 0; i < r->version_count; i++) {
        const struct reference_version *v = &r->versions[i];
        if ((v->said.id != REFERENCE_NONE) == with_id && v->nth == 0 && reference_same_text(&v->said, said)) return i;
    }
    return REFERENCE_NONE;
}

static inline int reference_add(struct reference *r, const struct reference_version *version, int message)
{
    assert(r->version_count < REFERENCE_MAX);
    r->versions[r->version_count] = *version;
    r->versions[r->version_count].message = message;
    return r->version_count++;
}

static inline int reference_new_message(struct reference *r)
{
    assert(r->message_count < REFERENCE_MAX);
    r->listed_as[r->message_count] = REFERENCE_NONE;
    return r->message_count++;
}

/* Both versions are in one payload: what came from the later one's predecessors on is a message of its own. */
static inline void reference_part(struct reference *r, int a, int b)
{
    int older = a < b ? a : b, newer = a < b ? b : a;
    int message = r->versions[older].message, other = reference_new_message(r);
    for (int i = older + 1; i < r->version_count; i++) {
        if (r->versions[i].message == message) r->versions[i].message = other;
    }
    r->listed_as[message] = older;
    r->listed_as[other] = newer;
    r->by_id[other] = r->by_id[message];
    r->last_event[other] = r->events;
}

/* Notes that an element lists this version; returns it. */
static inline int reference_list(struct reference *r, int version, bool by_id)
{
    int message = r->versions[version].message;
    if (r->listed_as[message] != REFERENCE_NONE && r->listed_as[message] != version)
        reference_part(r, r->listed_as[message], version);
    message = r->versions[version].message;
    r->listed_as[message] = version;
    r->by_id[message] = by_id;
    r->last_event[message] = r->events;
    return version;
}

static inline int reference_take_new(struct reference *r, const struct reference_version *wanted)
{
    return reference_list(r, reference_add(r, wanted, reference_new_message(r)), wanted->said.id != REFERENCE_NONE);
}

static inline int reference_take_by_text(struct reference *r, const struct reference_payload *payload,
                                         struct reference_version *wanted)
{
    bool plain = reference_find_text(r, &wanted->said, false) != REFERENCE_NONE;
    int named = reference_find_text(r, &wanted->said, true);
    if (!plain && named != REFERENCE_NONE && r->listed_as[r->versions[named].message] == REFERENCE_NONE) {
        r->lent[wanted->position] = true;
        return reference_list(r, named, false);
    }
    for (int i = 0; i < wanted->position; i++)
        wanted->nth += !r->lent[i] && memcmp(&payload->list[i], &wanted->said, sizeof wanted->said) == 0;
    int found = reference_find(r, wanted);
    return found == REFERENCE_NONE ? reference_take_new(r, wanted) : reference_list(r, found, false);
}

/* The message that gets an id by a version of an unknown one, or NONE. */
static inline int reference_nameless(const struct reference *r, const struct reference_message *said)
{
    int plain = reference_find_text(r, said, false);
    if (plain == REFERENCE_NONE) return REFERENCE_NONE;
    int message = r->versions[plain].message;
    bool free = plain == reference_newest(r, message) && r->listed_as[message] == REFERENCE_NONE;
    return free ? message : REFERENCE_NONE;
}

static inline int reference_take_by_id(struct reference *r, const struct reference_version *wanted)
{
    int known = reference_find(r, wanted);
    if (known == REFERENCE_NONE) {
        int message = reference_nameless(r, &wanted->said);
        if (message == REFERENCE_NONE) return reference_take_new(r, wanted);
        return reference_list(r, reference_add(r, wanted, message), true);
    }
    int message = r->versions[known].message;
    int listed = r->listed_as[message];
    bool same = reference_same_text(&r->versions[known].said, &wanted->said);
    if (listed != REFERENCE_NONE && r->by_id[message]) { /* the same id twice */
        if (!same) r->listed_as[message] = reference_add(r, wanted, message);
        return REFERENCE_NONE;
    }
    if (listed == REFERENCE_NONE) return reference_list(r, same ? known : reference_add(r, wanted, message), true);
    return same && listed != known ? reference_list(r, known, true) : reference_take_new(r, wanted);
}

static inline int reference_take(struct reference *r, const struct reference_payload *payload, int position)
{
    struct reference_version wanted = {.said = payload->list[position], .event = r->events, .position = position};
    r->lent[position] = false;
    return wanted.said.id == REFERENCE_NONE ? reference_take_by_text(r, payload, &wanted)
                                            : reference_take_by_id(r, &wanted);
}

/* The newest of each message are candidates, in the order in which they were first seen. */
static inline int reference_next_replaceable(const struct reference *r, int version)
{
    for (int i = 0; i < r->known; i++) {
        int message = r->versions[i].message;
        if (i == reference_newest(r, message) && r->listed_as[message] == REFERENCE_NONE &&
            reference_same_place(&r->versions[i], &r->versions[version]))
            return i;
    }
    return REFERENCE_NONE;
}

static inline void reference_settle_edits(struct reference *r)
{
    for (int i = r->known; i < r->version_count; i++) {
        if (r->versions[i].said.id != REFERENCE_NONE) continue;
        int older = reference_next_replaceable(r, i);
        if (older == REFERENCE_NONE) continue;
        r->versions[i].message = r->versions[older].message;
        r->listed_as[r->versions[i].message] = i;
        r->last_event[r->versions[i].message] = r->events;
    }
}

static inline void reference_insert(struct reference *r, int where, int version)
{
    memmove(&r->order[where + 1], &r->order[where], (size_t)(r->ordered - where) * sizeof r->order[0]);
    r->order[where] = version;
    r->ordered++;
}

static inline int reference_where(const struct reference *r, int version)
{
    for (int i = 0; i < r->ordered; i++) {
        if (r->order[i] == version) return i;
    }
    assert(false); /* every version has a place */
    return REFERENCE_NONE;
}

static inline void reference_insert_by_time(struct reference *r, int version)
{
    int where = r->ordered;
    while (where > 0 && r->versions[r->order[where - 1]].at > r->versions[version].at)
        where--;
    reference_insert(r, where, version);
}

static inline void reference_place(struct reference *r, const int *listed, int count, int i, int occurred_at)
{
    struct reference_version *v = &r->versions[listed[i]];
    int previous = i > 0 ? reference_first(r, r->versions[listed[i - 1]].message) : REFERENCE_NONE;
    int next = REFERENCE_NONE;
    v->at = v->said.at;
    for (int j = i + 1; j < count && v->at == REFERENCE_NONE; j++) {
        int first = reference_first(r, r->versions[listed[j]].message);
        v->at = first < r->known ? r->versions[first].at : r->versions[first].said.at;
    }
    if (v->said.at == REFERENCE_NONE && previous != REFERENCE_NONE) v->at = r->versions[previous].at;
    if (v->at == REFERENCE_NONE) v->at = occurred_at;
    for (int j = i + 1; j < count && next == REFERENCE_NONE; j++) {
        int first = reference_first(r, r->versions[listed[j]].message);
        if (first < r->known) next = first;
    }
    if (previous != REFERENCE_NONE && r->versions[previous].at == v->at) {
        reference_insert(r, reference_where(r, previous) + 1, listed[i]);
    } else if (next != REFERENCE_NONE && r->versions[next].at == v->at) {
        reference_insert(r, reference_where(r, next), listed[i]);
    } else {
        reference_insert_by_time(r, listed[i]);
    }
}

/* A later version of a message has a place too, unseen: it counts if they turn out to be two. */
static inline void reference_place_unseen(struct reference *r, int version)
{
    struct reference_version *v = &r->versions[version];
    v->at = v->said.at != REFERENCE_NONE ? v->said.at : r->versions[reference_first(r, v->message)].at;
    reference_insert_by_time(r, version);
}

static inline void reference_place_all(struct reference *r, const int *listed, int count, int occurred_at)
{
    for (int version = r->known; version < r->version_count; version++) {
        if (reference_first(r, r->versions[version].message) != version) {
            reference_place_unseen(r, version);
            continue;
        }
        int i = 0;
        while (listed[i] != version)
            i++;
        reference_place(r, listed, count, i, occurred_at);
    }
}

static inline void reference_payload_add(struct reference *r, const struct reference_payload *payload)
{
    int listed[REFERENCE_LIST], count = 0;
    r->known = r->version_count;
    for (int i = 0; i < r->message_count; i++)
        r->listed_as[i] = REFERENCE_NONE;
    for (int i = 0; i < payload->count; i++) {
        int version = reference_take(r, payload, i);
        if (version != REFERENCE_NONE) listed[count++] = version;
    }
    reference_settle_edits(r);
    reference_place_all(r, listed, count, payload->occurred_at);
    int low = REFERENCE_NONE, high = REFERENCE_NONE;
    for (int i = 0; i < count; i++) {
        int first = reference_first(r, r->versions[listed[i]].message);
        if (first < r->known) r->spans[r->events].repeats = true;
        if (low == REFERENCE_NONE || r->versions[first].at < r->versions[low].at) low = first;
        if (high == REFERENCE_NONE || r->versions[first].at >= r->versions[high].at) high = first;
    }
    r->spans[r->events].low = low;
    r->spans[r->events].high = high;
    r->events++;
}

static inline bool reference_is_visible(const struct reference *r, int version)
{
    return reference_first(r, r->versions[version].message) == version;
}

/* The event that removed the message of a visible version, or NONE. */
static inline int reference_removed_by(const struct reference *r, int version)
{
    int where = reference_where(r, version);
    for (int p = r->last_event[r->versions[version].message] + 1; p < r->events; p++) {
        if (!r->spans[p].repeats) continue;
        int low = reference_where(r, reference_first(r, r->versions[r->spans[p].low].message));
        int high = reference_where(r, reference_first(r, r->versions[r->spans[p].high].message));
        if (low < where && where < high) return p;
    }
    return REFERENCE_NONE;
}

#endif
