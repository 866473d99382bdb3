// same.mjs HOOK TOKEN HOOKTRAIL DATA SCRATCH: fills a store with made-up conversations over HTTP and holds every way of asking
// against every other: HTTP, the tool, a scan of the export, and a reference. Prints "ok NAME" or "not NAME".
import http from 'node:http';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { dice, generate } from './generate.mjs';
import * as reference from './reference.mjs';

const [hook, token, hooktrail, data, scratch] = process.argv.slice(2);
const { origin } = new URL(hook);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
const count = Number(process.env.CONVERSATIONS ?? 60);
const d = dice(seed + 1);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
console.log(`# SEED=${seed} CONVERSATIONS=${count}`);

function request(url, method, body) {
    return new Promise((resolve, reject) => {
        const headers = { authorization: `Bearer ${token}` };
        const sent = http.request(url, { method, agent, headers }, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => resolve({ status: reply.statusCode, body: Buffer.concat(parts).toString() }));
        });
        sent.on('error', reject);
        sent.end(body);
    });
}
const asQuery = (filter) => new URLSearchParams(Object.entries(filter).filter(([name]) => !name.endsWith('Micros'))).toString();
async function ask(path, filter = {}) {
    const reply = await request(`${origin}/v1/${path}?${asQuery(filter)}`, 'GET');
    if (reply.status !== 200) throw new Error(`${path}?${asQuery(filter)}: ${reply.status} ${reply.body}`);
    return reply.body;
}
const get = async (path, filter) => JSON.parse(await ask(path, filter));
const tool = (words, filter = {}, last = []) => // `last`: ids, which may begin with a dash
    execFileSync(hooktrail, [...words, ...[...new URLSearchParams(asQuery(filter))].map(([name, value]) => `--${name}=${value}`), '--data', data, '--', ...last],
        { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'inherit'] });

function report(name, faults) {
    console.log(`${faults.length ? 'not' : 'ok'} ${name}`);
    for (const fault of faults.slice(0, 3)) console.log(`# ${typeof fault === 'string' ? fault : JSON.stringify(fault)}`);
}
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
function differs(what, got, wanted) {
    if (same(got, wanted)) return [];
    const at = Array.isArray(got) && Array.isArray(wanted) ? got.findIndex((one, i) => !same(one, wanted[i])) : -1;
    return [at < 0 ? { what, got, wanted } : { what, at, got: got[at], wanted: wanted[at] ?? null }];
}
async function walk(path, member, filter, onPage = () => {}) {
    const all = [];
    for (let cursor; cursor !== null;) {
        const page = await get(path, cursor ? { ...filter, cursor } : filter);
        all.push(...page[member]);
        cursor = page.next;
        await onPage(page);
    }
    return all;
}

// ---- fill ----

const payloads = generate(seed, count);
for (const payload of payloads) {
    const reply = await request(hook, 'POST', payload);
    if (reply.status !== 200) throw new Error(`${reply.status}: ${reply.body} ${payload}`);
}
const micros = (time) => BigInt(Date.parse(time)) * 1000n + BigInt((/\.\d{3}(\d{3})Z/.exec(time) ?? [0, 0])[1]);
function exported(folder) {
    tool(['export', '--to', `${scratch}/${folder}`, '--format', 'ndjson']);
    const events = `${scratch}/${folder}/events`;
    const lines = readdirSync(events).flatMap((day) => readdirSync(`${events}/${day}`).map((file) => `${events}/${day}/${file}`))
        .sort((a, b) => (a.split('/').at(-1) < b.split('/').at(-1) ? -1 : 1))
        .flatMap((file) => readFileSync(file, 'utf8').trimEnd().split('\n'));
    return lines.map((line) => JSON.parse(line)).map((event) => ({ ...event, micros: micros(event.received_at) }));
}
const events = exported('export');
console.log(`# ${payloads.length} deliveries, ${events.length} events`);
report('the export has each distinct payload once, in order', [
    ...differs('seqs', events.map((event) => event.seq), [...new Set(payloads)].map((_, i) => i + 1)),
    ...differs('payloads', events.map((event) => JSON.stringify(event.payload)), [...new Set(payloads)]),
    ...differs('deliveries', events.map((event) => event.deliveries),
        [...new Set(payloads)].map((payload) => payloads.filter((one) => one === payload).length)),
]);

const links = reference.link(events);
report('facts are those of the reference', events.flatMap((event) => {
    const wanted = { ...reference.facts(event), conversation_id: links.get(event.seq).id };
    if (links.get(event.seq).derived && wanted.lead_id === null) wanted.lead_id = event.lead_id;
    return differs(event.seq, Object.fromEntries(Object.keys(wanted).map((name) => [name, event[name]])), wanted);
}));

// ---- filters ----

const some = (column, among = events) => d.one(among.filter((event) => event[column] !== null))[column];
function bound(among) {
    const { received_at: at } = d.one(among);
    const shifted = new Date(Date.parse(at) + 7200000).toISOString().slice(0, 23) + (/\.\d{3}(\d{3})Z/.exec(at)?.[1] ?? '') + '+02:00';
    return d.one([at, shifted, '2020-01-01', '24h', '2w']);
}
const asMicros = (text) => (/^\d+[hw]$/.test(text) ? 0n : micros(text.includes('+02:00')
    ? new Date(Date.parse(text)).toISOString().slice(0, 23) + (/\.\d{3}(\d{3})\+/.exec(text)?.[1] ?? '') + 'Z' : text));
function randomFilter(names, among = events) {
    const filter = {};
    for (const name of names) {
        if (!d.chance(0.25)) continue;
        if (['agent', 'conversation', 'lead', 'visitor'].includes(name)) filter[name] = d.chance(0.05) ? 'nobody' : some(`${name}_id`, among);
        if (name === 'type') filter.type = Array.from({ length: 1 + d.below(3) }, () => some('type', among)).join(',').replaceAll('-', d.one(['-', '_']));
        if (name === 'since' || name === 'until') {
            filter[name] = name === 'until' ? d.one(among).received_at : bound(among);
            filter[`${name}Micros`] = asMicros(filter[name]);
        }
        if (name === 'after' || name === 'before') filter[name] = d.below(among.at(-1).seq + 2);
        if (name === 'order') filter.order = d.one(['asc', 'desc']);
    }
    return filter;
}
const ofEvents = ['agent', 'conversation', 'lead', 'visitor', 'type', 'since', 'until', 'after', 'before', 'order'];
// An age ("24h") is fixed in the cursor at the first page, so two askers a moment apart get different cursors.
const isFixed = (filter) => ![filter.since, filter.until].some((text) => text && /^\d+[hw]$/.test(text));

let faults = [];
for (let n = 0; n < 300; n++) {
    const filter = randomFilter(ofEvents);
    const wanted = reference.select(events, filter).map((event) => event.seq);
    const got = (await walk('events', 'events', { ...filter, limit: d.one([1, 3, 20, 1000]) })).map((event) => event.seq);
    faults.push(...differs(asQuery(filter), got, wanted));
}
report('filters equal a scan of the export, page by page', faults);

faults = [];
const listed = await walk('events', 'events', { order: 'asc', limit: 100 });
for (const [i, event] of listed.entries()) {
    const { derived, ...members } = event;
    const wanted = Object.fromEntries(Object.keys(members).map((name) => [name, events[i][name]]));
    faults.push(...differs(event.seq, { ...members, derived: derived ?? false }, { ...wanted, derived: links.get(event.seq).derived }));
}
report('events of the list are those of the export', faults);

// ---- HTTP and the tool ----

faults = [];
const asked = [['events', ofEvents], ['conversations', ['agent', 'conversation', 'lead', 'visitor', 'type', 'since', 'until']],
    ['leads', ['agent', 'conversation', 'lead', 'visitor', 'since', 'until']], ['agents', ['agent', 'since', 'until']],
    ['stats', ['agent', 'type', 'since', 'until']]];
for (let n = 0; n < 60; n++) {
    const [path, names] = asked[n % asked.length];
    const filter = randomFilter(names);
    if (!isFixed(filter)) continue;
    if (path !== 'stats') filter.limit = d.one([1, 5, 100]);
    faults.push(...differs(`${path} ${asQuery(filter)}`, tool([path, '--json'], filter), await ask(path, filter)));
    const next = path !== 'stats' && (await get(path, filter)).next;
    if (next) faults.push(...differs(`${path} ${asQuery(filter)} page 2`, tool([path, '--json'], { ...filter, cursor: next }), await ask(path, { ...filter, cursor: next })));
}
for (let n = 0; n < 20; n++) {
    const conversation = some('conversation_id'), lead = some('lead_id'), seq = 1 + d.below(events.length), limit = d.one([1, 7, 1000]);
    faults.push(...differs(`timeline ${conversation}`, tool(['timeline', conversation, '--json'], { limit }), await ask(`conversations/${encodeURIComponent(conversation)}`, { limit })));
    faults.push(...differs(`history ${lead}`, tool(['history', lead, '--json'], { limit }), await ask(`leads/${encodeURIComponent(lead)}`, { limit })));
    faults.push(...differs(`show ${seq}`, tool(['show', String(seq), '--json']), await ask(`events/${seq}`)));
}
report('HTTP and --json are the same, byte for byte', faults);

// ---- summaries and statistics ----

faults = [];
for (const [path, column] of [['conversations', 'conversation_id'], ['leads', 'lead_id'], ['agents', 'agent_id']]) {
    const names = asked.find(([one]) => one === path)[1];
    for (let n = 0; n < 40; n++) {
        const filter = randomFilter(names);
        const wanted = reference.selectEntities(events, column, filter).sort();
        const got = await walk(path, path, { ...filter, limit: d.one([1, 4, 1000]) });
        faults.push(...differs(`${path} ${asQuery(filter)}`, got.map((one) => one.id).sort(), wanted));
    }
    for (const one of await walk(path, path, { limit: 10 })) {
        const own = events.filter((event) => event[column] === one.id), times = own.map((event) => event.occurred_at).sort();
        faults.push(...differs(`${path} ${one.id}`, [one.events, one.first_at, one.last_at, one.first_seq, one.last_seq],
            [own.length, times[0], times.at(-1), own[0].seq, own.at(-1).seq]));
    }
    const order = (await walk(path, path, { limit: 7 })).map((one) => one.last_seq);
    faults.push(...differs(`${path}: newest first`, order, [...order].sort((a, b) => b - a)));
}
report('summaries equal a scan of the export', faults);

faults = [];
const tally = (list, of) => list.reduce((all, event) => ({ ...all, [of(event)]: (all[of(event)] ?? 0) + 1 }), {});
const sorted = (object) => Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1));
for (let n = 0; n < 30; n++) {
    const filter = randomFilter(['agent', 'type']);
    const stats = await get('stats', filter), own = reference.select(events, filter);
    faults.push(...differs(`totals ${asQuery(filter)}`, [stats.totals.events, stats.totals.deliveries, stats.totals.bytes],
        [own.length, own.reduce((sum, event) => sum + event.deliveries, 0), own.reduce((sum, event) => sum + event.size, 0)]));
    faults.push(...differs(`types ${asQuery(filter)}`, sorted(Object.fromEntries(stats.types.map((one) => [one.type, one.events]))), sorted(tally(own, (event) => event.type))));
    faults.push(...differs(`days ${asQuery(filter)}`, sorted(Object.fromEntries(stats.days.map((one) => [one.day, one.events]))), sorted(tally(own, (event) => event.received_at.slice(0, 10)))));
}
report('statistics equal a scan of the export', faults);

// ---- timelines and histories ----

faults = [];
let compared = 0;
for (const id of new Set(events.map((event) => event.conversation_id).filter(Boolean))) {
    const own = events.filter((event) => event.conversation_id === id);
    const path = `conversations/${encodeURIComponent(id)}`;
    const whole = await get(path, { limit: 1000 });
    const wanted = reference.timeline(own, links);
    const got = whole.items.map(({ fields, visitor, warnings, ...item }) => item);
    const untimed = own.some((event) => reference.messagesOf(event.payload).some((message) => reference.timeOf(message) === null));
    for (const kind of untimed ? ['message', 'event'] : [null]) {
        const only = (items) => items.filter((item) => kind === null || item.kind === kind);
        faults.push(...differs(`timeline ${id}`, only(got), only(wanted)));
    }
    const times = own.map((event) => event.occurred_at).sort();
    faults.push(...differs(`timeline ${id}: head`,
        [whole.conversation.id, whole.conversation.events, whole.conversation.messages, whole.conversation.first_at, whole.conversation.last_at],
        [id, own.length, wanted.filter((item) => item.kind === 'message').length, times[0], times.at(-1)]));
    faults.push(...differs(`timeline ${id}: pages`, await walk(path, 'items', { limit: d.one([1, 2, 5, 13]) }), whole.items));
    compared += whole.items.length;
}
console.log(`# ${compared} items compared`);
report('timelines equal the reference, whole and in pages', faults);

faults = [];
for (const id of new Set(events.map((event) => event.lead_id).filter(Boolean))) {
    const own = reference.ofLead(events, id), { profile, found } = reference.changes(own.filter((event) => event.lead_id === id));
    const history = await get(`leads/${encodeURIComponent(id)}`, { limit: 1000 });
    faults.push(...differs(`history ${id}: changes`, history.changes.map(({ at, ...change }) => change).sort((a, b) => a.seq - b.seq || (a.field < b.field ? -1 : 1)),
        found.sort((a, b) => a.seq - b.seq || (a.field < b.field ? -1 : 1))));
    for (const [field, value] of Object.entries(profile)) faults.push(...differs(`history ${id}: ${field}`, history.lead[field], value));
    faults.push(...differs(`history ${id}: events`, history.events.map((event) => event.seq).sort((a, b) => a - b), own.map((event) => event.seq)));
    faults.push(...differs(`history ${id}: conversations`, history.conversations.map((one) => one.id).sort(),
        [...new Set(own.map((event) => event.conversation_id).filter(Boolean))].sort()));
    for (const [member, type] of [['escalations', 'session-escalated'], ['intents', 'buyer-intent-detected']])
        faults.push(...differs(`history ${id}: ${member}`, history[member].map((one) => one.seq).sort((a, b) => a - b),
            own.filter((event) => event.type === type).map((event) => event.seq)));
    const byEmail = profile.email && (await get('leads', { email: profile.email.toUpperCase() })).leads.map((one) => one.id);
    if (byEmail) faults.push(...differs(`history ${id}: by email`, byEmail, [id]));
}
report('histories equal the reference', faults);

// ---- the fixtures, for which there is no reference, on top ----

const fixtures = new URL('../fixtures/', import.meta.url);
const filesOf = (folder) => readdirSync(new URL(folder, fixtures)).filter((name) => name.endsWith('.json')).sort().map((name) => readFileSync(new URL(folder + name, fixtures)));
const accepted = [...filesOf('sales-day/'), ...filesOf('./')], answers = [];
for (const payload of accepted) answers.push(await request(hook, 'POST', payload));
for (const payload of filesOf('invalid/')) answers.push(await request(hook, 'POST', payload));
faults = answers.filter(({ status }, i) => (i < accepted.length ? status !== 200 : ![400, 422].includes(status))).map(({ body }) => body);
const all = exported('export-of-all');
const mixed = all.slice(events.length);
faults.push(...differs('events', all.length, Math.max(...answers.map(({ body }) => JSON.parse(body).seq ?? 0))));
for (const [i, payload] of accepted.entries()) {
    const event = all[JSON.parse(answers[i].body).seq - 1];
    faults.push(...differs(`seq ${event.seq}`, [event.payload, event.sha256], [JSON.parse(payload), createHash('sha256').update(payload).digest('hex')]));
}
report('the fixtures are stored, those that are invalid are rejected', faults);

faults = [];
for (let n = 0; n < 150; n++) {
    const filter = randomFilter(ofEvents, d.chance(0.8) ? mixed : all);
    const got = await walk('events', 'events', { ...filter, limit: d.one([1, 3, 20, 1000]) });
    faults.push(...differs(asQuery(filter), got.map((event) => event.seq), reference.select(all, filter).map((event) => event.seq)));
    for (const { derived, ...event } of got) faults.push(...differs(event.seq, event, Object.fromEntries(Object.keys(event).map((name) => [name, all[event.seq - 1][name]]))));
}
for (const [path, column] of [['conversations', 'conversation_id'], ['leads', 'lead_id'], ['agents', 'agent_id']]) {
    const names = asked.find(([one]) => one === path)[1];
    for (let n = 0; n < 20; n++) {
        const filter = randomFilter(names, mixed);
        const got = await walk(path, path, { ...filter, limit: d.one([1, 4, 1000]) });
        faults.push(...differs(`${path} ${asQuery(filter)}`, got.map((one) => one.id).sort(), reference.selectEntities(all, column, filter).sort()));
    }
}
report('with the fixtures, too, filters equal a scan of the export', faults);

faults = [];
async function compareTool(words, path, filter = {}, last = []) {
    faults.push(...differs(`${path} ${asQuery(filter)}`, tool([...words, '--json'], filter, last), await ask(path, filter)));
}
const distinct = (column) => [...new Set(mixed.map((event) => event[column]).filter(Boolean))];
for (const id of distinct('conversation_id')) await compareTool(['timeline'], `conversations/${encodeURIComponent(id)}`, { limit: d.one([2, 1000]) }, [id]);
for (const id of distinct('lead_id')) await compareTool(['history'], `leads/${encodeURIComponent(id)}`, { limit: d.one([2, 1000]) }, [id]);
for (const { seq } of mixed) if (d.chance(0.3)) await compareTool(['show', String(seq)], `events/${seq}`);
for (const [path, names] of asked) {
    for (let n = 0; n < 5; n++) {
        const filter = { ...randomFilter(names, mixed), until: all.at(-1).received_at };
        if (isFixed(filter)) await compareTool([path], path, filter);
    }
}
for (let cursor; cursor !== null;) {
    const filter = { limit: 11, ...(cursor && { cursor }) }, page = await get('rejected', filter);
    await compareTool(['rejected', 'list'], 'rejected', filter);
    cursor = page.next;
    for (const { number } of page.rejected) await compareTool(['rejected', 'show', String(number)], `rejected/${number}`);
}
for (const id of distinct('conversation_id')) {
    const path = `conversations/${encodeURIComponent(id)}`, whole = await get(path, { limit: 1000 });
    faults.push(...differs(`timeline ${id}: pages`, await walk(path, 'items', { limit: d.one([1, 2, 5]) }), whole.items));
}
report('with the fixtures, too, HTTP and --json are the same, rejected deliveries included', faults);

// ---- paging while writing ----

let writing = true, written = 0;
const writer = (async () => {
    while (writing) {
        const reply = await request(hook, 'POST', JSON.stringify({ agent_id: 'writer', conversation: { id: `w-${written++ % 9}` }, event: 'new-session', n: written }));
        if (reply.status !== 200) throw new Error(reply.body);
    }
})();
faults = [];
for (let n = 0; n < 4; n++) {
    const before = events.length + (await get('stats', { agent: 'writer' })).totals.events;
    const down = (await walk('events', 'events', { limit: 7 + n })).map((event) => event.seq);
    faults.push(...differs('newest first', down, Array.from({ length: down[0] }, (_, i) => down[0] - i)));
    if (down[0] < before) faults.push('newest first: the newest was not there');
    let pages = 0;
    const up = [];
    for (let cursor; cursor !== null && pages < 120; pages++) {
        const page = await get('events', { order: 'asc', limit: 7 + n, ...(cursor && { cursor }) });
        up.push(...page.events.map((event) => event.seq));
        cursor = page.next;
    }
    faults.push(...differs('oldest first', up, up.map((_, i) => i + 1)));
    if (up.length < Math.min(before, 120 * 7)) faults.push(`oldest first: ${up.length} of ${before}`);
    const conversations = (await walk('conversations', 'conversations', { limit: 5 })).map((one) => one.id);
    if (new Set(conversations).size !== conversations.length) faults.push('a conversation twice');
    const quiet = new Set(events.map((event) => event.conversation_id).filter(Boolean));
    for (const id of conversations) quiet.delete(id);
    if (quiet.size) faults.push(`conversations missed: ${[...quiet]}`);
}
writing = false;
await writer;
console.log(`# ${written} events written meanwhile`);
report('paging while writing neither repeats nor misses', faults);
process.exit(0);
