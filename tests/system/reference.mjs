// An independent reading of AIMDOC.md and DESIGN.md, as simple as can be, to compare with: facts of a payload, filters, the
// timeline of a conversation, the changes of a lead. Only for payloads as generate.mjs makes them.

const folded = (name) => {
    const type = name.toLowerCase().replaceAll('_', '-');
    return type === 'new-lead' ? 'new-contact' : type;
};

export function messagesOf(body) {
    return body.messages?.length ? body.messages : body.conversation?.messages ?? [];
}

function shape(body) {
    if (body.escalation_reason) return 'session-escalated';
    if (body.buyer_intent_reason) return 'buyer-intent-detected';
    if (body.question) return 'new-question';
    if (body.visitor) return 'visitor-identified';
    if (body.lead) return 'new-contact';
    if (body.conversation) return messagesOf(body).length ? 'session-active' : 'new-session';
    return 'unknown';
}

export const timeOf = (message) =>
    message.created_at ? new Date(message.created_at).getTime() : typeof message.timestamp === 'number' ? message.timestamp : null;
const rfc3339 = (time) => (time === null ? null : new Date(time).toISOString());
const text = (id) => (id === undefined ? null : String(id));

export function facts(event) {
    const body = event.payload;
    const times = messagesOf(body).map(timeOf).filter((time) => time !== null);
    const named = body.event ?? body.event_type ?? body.type;
    return {
        type: named ? folded(named) : shape(body),
        agent_id: text(body.agent_id), agent_name: body.agent_name ?? null,
        lead_id: text(body.lead?.id ?? body.lead_id), visitor_id: text(body.visitor_id),
        occurred_at: times.length ? rfc3339(Math.max(...times)) : event.received_at,
    };
}

const key = (...parts) => JSON.stringify(parts);

function opening(body) {
    const timed = messagesOf(body).filter((message) => timeOf(message) !== null);
    if (!timed.length) return null;
    const first = timed.reduce((a, b) => (timeOf(b) < timeOf(a) ? b : a));
    return key(body.agent_id, timeOf(first), first.role, first.content);
}

// The conversation of each event, and whether it is derived: by seq.
export function link(events) {
    const openings = new Map();
    for (const { payload } of events) if (payload.conversation && opening(payload)) openings.set(opening(payload), payload.conversation.id);
    return new Map(events.map(({ seq, payload }) => {
        if (payload.conversation) return [seq, { id: payload.conversation.id, derived: false }];
        const id = openings.get(opening(payload)) ?? null;
        return [seq, { id, derived: id !== null }];
    }));
}

export function select(events, filter) {
    const has = (name, column) => (event) => filter[name] === undefined || event[column] === filter[name];
    const tests = [
        has('agent', 'agent_id'), has('conversation', 'conversation_id'), has('lead', 'lead_id'), has('visitor', 'visitor_id'),
        (event) => filter.type === undefined || filter.type.split(',').map(folded).includes(event.type),
        (event) => filter.since === undefined || event.micros >= filter.sinceMicros,
        (event) => filter.until === undefined || event.micros < filter.untilMicros,
        (event) => filter.after === undefined || event.seq > filter.after,
        (event) => filter.before === undefined || event.seq < filter.before,
    ];
    const found = events.filter((event) => tests.every((test) => test(event)));
    return filter.order === 'asc' ? found : found.reverse();
}

// The conversations, leads or agents of a list: each by what its events amount to. Its agent and visitor are those that were named
// last, its leads or conversations those of any event, and it was last active when its last event came.
export function selectEntities(events, column, filter) {
    const ids = [...new Set(events.map((event) => event[column]).filter((id) => id !== null))];
    return ids.filter((id) => {
        const own = events.filter((event) => event[column] === id);
        const last = (name) => own.findLast((event) => event[name] !== null)?.[name];
        const any = (name, wanted) => own.some((event) => wanted.includes(event[name]));
        return (filter.agent === undefined || last('agent_id') === filter.agent)
            && (filter.visitor === undefined || last('visitor_id') === filter.visitor)
            && (filter.conversation === undefined || any('conversation_id', [filter.conversation]))
            && (filter.lead === undefined || any('lead_id', [filter.lead]))
            && (filter.type === undefined || any('type', filter.type.split(',').map(folded)))
            && (filter.since === undefined || own.at(-1).micros >= filter.sinceMicros)
            && (filter.until === undefined || own.at(-1).micros < filter.untilMicros);
    });
}

// A lead's events: its own and those of its conversations.
export function ofLead(events, id) {
    const conversations = new Set(events.filter((event) => event.lead_id === id).map((event) => event.conversation_id).filter(Boolean));
    return events.filter((event) => event.lead_id === id || conversations.has(event.conversation_id));
}

// What is known of a conversation's messages: the first version of each in the order in which they were first seen.
const emptyUnion = () => ({ all: [], byId: new Map(), byText: new Map() });
const idOf = (message) => text(message.id);
const placeOf = (message) => key(timeOf(message), message.role);
const textOf = (message) => key(timeOf(message), message.role, message.content);

// The same message has the same id; of two of which one has none, the same time, role and content.
function find(union, message) {
    const twin = union.byText.get(textOf(message));
    if (idOf(message) === null) return twin;
    return union.byId.get(idOf(message)) ?? (twin && twin.id === null ? twin : undefined);
}

// Without ids, another content at the same time and by the same role is an edit, unless the payload carries both.
function findEdited(union, message, list) {
    if (idOf(message) !== null) return undefined;
    const carried = new Set(list.map(textOf));
    return union.all.find((known) => known.id === null && placeOf(known.message) === placeOf(message)
        && !carried.has(textOf({ ...known.message, content: known.versions.at(-1).content })));
}

function addMessage(union, message, event, derived, list) {
    const known = find(union, message) ?? findEdited(union, message, list);
    if (known && known.versions.at(-1).content !== message.content) known.versions.push({ seq: event.seq, content: message.content });
    const one = known ?? { message, id: null, seq: event.seq, derived, place: union.all.length, versions: [{ seq: event.seq, content: message.content }] };
    if (!known) union.all.push(one);
    one.id ??= idOf(message);
    one.removed = undefined;
    if (one.id !== null) union.byId.set(one.id, one);
    union.byText.set(textOf(message), one);
    return one;
}

// A payload that repeats anything is a snapshot: what stands within its span and isn't listed was removed.
function addPayload(union, event, derived) {
    const list = messagesOf(event.payload);
    const repeats = list.some((message) => find(union, message));
    const times = list.map(timeOf).filter((time) => time !== null);
    const listed = new Set(list.map((message) => addMessage(union, message, event, derived, list)));
    if (!repeats) return;
    for (const known of union.all) {
        const at = timeOf(known.message);
        if (!listed.has(known) && at > Math.min(...times) && at < Math.max(...times)) known.removed ??= event.seq;
    }
}

function messageItem(known) {
    const newest = known.versions.at(-1);
    const item = { kind: 'message', at: rfc3339(timeOf(known.message)), role: known.message.role, content: newest.content, seq: known.seq };
    if (known.id !== null) item.id = known.id;
    if (known.versions.length > 1) item.edited = { seq: newest.seq, previous: known.versions.slice(0, -1) };
    if (known.removed) item.removed = { seq: known.removed };
    if (known.derived) item.derived = true;
    return item;
}

const reasonOf = (body) => body.escalation_reason ?? body.buyer_intent_reason ?? body.question ?? null;
const rank = (item) => (item.kind === 'message' ? 1 : item.type === 'new-session' ? 0 : 2);

// The items of a conversation: `events` are its own, ascending by seq.
export function timeline(events, links) {
    const union = emptyUnion(), items = [];
    for (const event of events) {
        const { derived } = links.get(event.seq);
        addPayload(union, event, derived);
        const item = { kind: 'event', at: facts(event).occurred_at, type: event.type, seq: event.seq, reason: reasonOf(event.payload) };
        if (derived) item.derived = true;
        items.push({ item, time: new Date(item.at).getTime(), place: event.seq });
    }
    for (const known of union.all) items.push({ item: messageItem(known), time: timeOf(known.message), place: known.place });
    return items.sort((a, b) => a.time - b.time || rank(a.item) - rank(b.item) || a.place - b.place).map(({ item }) => item);
}

// What changed in a lead's profile, field by field: `events` are those of the lead, ascending by seq.
export function changes(events) {
    const profile = {}, found = [];
    for (const { seq, payload } of events) {
        for (const [field, to] of Object.entries(payload.lead ?? {})) {
            if (field === 'id' || profile[field] === to) continue;
            found.push({ seq, field, from: profile[field] ?? null, to });
            profile[field] = to;
        }
    }
    return { profile, found };
}
