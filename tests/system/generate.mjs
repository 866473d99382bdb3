// Made-up conversations for property tests: the same seed gives the same payloads. Everything that AIMDOC.md leaves unknown
// varies: snapshots that grow or new messages only, ids, none, or now and then, edits, removals, no times, times as numbers, disorder,
// events that name no conversation, repeats.

export function dice(seed) { // mulberry32
    let state = seed >>> 0;
    const next = () => {
        state = (state + 0x6d2b79f5) >>> 0;
        let t = Math.imul(state ^ (state >>> 15), 1 | state);
        t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
        return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
    };
    const below = (n) => Math.floor(next() * n);
    return { next, below, one: (list) => list[below(list.length)], chance: (p) => next() < p };
}

const words = ['price', 'ATEX', 'naïve', '日本', '🚀', '\u202eevil', '<b>', '=1+1', 'line\nbreak', '"quoted"', '\u0007', 'delivery'];
const types = ['session-active', 'session_active', 'session-escalated', 'buyer_intent_detected', 'new-question', 'new-lead', 'custom-thing'];

function makeMessages(d, style, start, name) {
    let at = start;
    return Array.from({ length: 2 + d.below(9) }, (_, i) => {
        if (!d.chance(style.equalTimes ? 0.3 : 0)) at += 1 + d.below(90000);
        const message = { role: i % 2 ? 'assistant' : 'user', content: `${name} ${i} ${d.one(words)} ${d.one(words)}` };
        if (style.ids) message.id = d.chance(0.2) ? 1000 * (style.number + 1) + i : `${name}-m${i}`;
        if (style.times === 'text') message.created_at = new Date(at).toISOString();
        if (style.times === 'offset') message.created_at = new Date(at + 7200000).toISOString().replace('Z', '+02:00');
        if (style.times === 'number') message.timestamp = at;
        return message;
    });
}

function body(d, style, conversation, messages, nested) {
    const event = { agent_id: style.agent };
    if (d.chance(0.7)) event.agent_name = `Agent ${style.agent}`;
    if (conversation) event.conversation = { id: conversation };
    if (nested && conversation) event.conversation.messages = messages;
    else event.messages = messages;
    if (d.chance(0.5)) event.visitor_id = style.visitor;
    return event;
}

function addType(d, style, event) {
    const type = d.one(types);
    if (d.chance(0.8)) event[d.one(['event', 'event_type', 'type'])] = type;
    if (type === 'session-escalated') event.escalation_reason = `wants a person ${d.below(9)}`;
    if (type === 'buyer_intent_detected') event.buyer_intent_reason = `asked for a ${d.one(words)}`;
    if (type === 'new-question') event.question = `why ${d.one(words)}?`;
    if (type === 'new-lead' || d.chance(0.3)) {
        event.lead = { id: style.lead, email: `${style.lead}@example.com`, company: d.one(['A', 'B']) };
        if (d.chance(0.3)) event.lead.phone = String(d.below(3));
    } else if (d.chance(0.2)) {
        event.lead_id = style.lead;
    }
}

// One conversation's payloads in the order in which they are delivered.
function conversation(d, number) {
    const name = d.chance(0.1) ? `c/${number} ü` : `c-${number}`;
    const style = {
        number, ids: d.chance(0.5), times: d.one(['text', 'text', 'text', 'offset', 'number', 'none']), grows: d.chance(0.6),
        agent: `agent-${d.below(5)}`, visitor: `v-${d.below(12)}`, lead: `lead-${d.below(15)}`,
    };
    style.disorder = style.times !== 'none' && d.chance(0.2);
    style.equalTimes = !style.disorder && style.grows && d.chance(0.3);
    style.sometimes = style.ids && d.chance(0.4); // ids in some payloads only
    style.edits = !style.disorder && d.chance(0.5)
        && (style.ids ? !style.sometimes : style.grows && !style.equalTimes && style.times !== 'none');
    style.overlap = d.below(3); // of payloads with new messages only
    style.removes = style.grows && !style.disorder && !style.equalTimes && style.times !== 'none' && d.chance(0.4);
    style.derives = style.grows && style.times !== 'none' && !style.removes && !style.edits && d.chance(0.4);
    if (style.times === 'none') style.grows = true;
    let messages = makeMessages(d, style, 1700000000000 + number * 86400000 * 0.3 + d.below(1000000), name);
    const payloads = [];
    let shown = 1, sent = 0;
    while (shown <= messages.length) {
        if (style.edits && shown > 2 && d.chance(0.3)) {
            const i = 1 + d.below(shown - 2);
            messages = messages.map((message, n) => (n === i ? { ...message, content: `${message.content} (edited ${shown})` } : message));
        }
        if (style.removes && shown > 4 && d.chance(0.3)) {
            const i = 1 + d.below(shown - 3);
            messages = messages.filter((_, n) => n !== i);
            shown -= 1;
        }
        let list = messages.slice(style.grows ? 0 : Math.max(0, sent - style.overlap), shown);
        if (style.sometimes && d.chance(0.5)) list = list.map(({ id, ...rest }) => rest);
        const derived = style.derives && payloads.length > 0 && d.chance(0.4);
        const event = body(d, style, derived ? null : name, list, d.chance(0.3));
        if (payloads.length === 0 && d.chance(0.7)) event.event = d.one(['new-session', 'new_session']);
        else addType(d, style, event);
        payloads.push(event);
        sent = shown;
        shown += 1 + d.below(3);
    }
    if (style.disorder) payloads.sort(() => d.next() - 0.5);
    return payloads.map((payload) => JSON.stringify(payload));
}

// Payloads of `count` conversations, mixed as they would arrive, some of them twice.
export function generate(seed, count) {
    const d = dice(seed);
    const queues = Array.from({ length: count }, (_, number) => conversation(d, number));
    const all = [];
    while (queues.some((queue) => queue.length)) {
        const queue = d.one(queues.filter((one) => one.length));
        const payload = queue.shift();
        all.push(payload);
        if (d.chance(0.1)) all.push(payload);
    }
    return all;
}
