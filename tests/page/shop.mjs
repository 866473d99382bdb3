// A store such as a shop would have after a month: conversations of a fictitious one, delivered at the times at which they
// would have been (libfaketime), some twice, some broken. The same each time, but for the day that it is made.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { AGENTS, FOCUS, PEOPLE, TALKS } from './talks.mjs';

const DAY_MS = 86400000;
const ROLES = { u: 'user', a: 'assistant', h: 'human' };
const QUIET_AGENT = 2;
const QUIET_DAYS = 6; // for that long nobody has written to it

// ---- numbers and ids that are the same each time ----

function* dice(seed) {
    for (let x = seed; ;) {
        x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
        yield x / 2 ** 32;
    }
}
const rolls = dice(7);
const roll = (n) => Math.floor(rolls.next().value * n);

export function uuid(name) {
    const hex = createHash('sha256').update(name).digest('hex');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

const iso = (time) => new Date(time).toISOString();

function leadOf(person, turn) {
    const [first, last, company, job] = PEOPLE[person];
    const plain = `${first}.${last}`.normalize('NFD').replace(/[^A-Za-z.]/g, '').toLowerCase();
    return { id: uuid(`lead ${person}`), email: `${plain}@example.com`, first_name: first, last_name: last,
        ...company && { company, job_title: turn > 0 && person % 3 === 0 ? `Senior ${job}` : job },
        ...turn > 0 && { phone: `+49 8382 555 0${100 + person}` },
        attributes: { newsletter: person % 2 === 0, ...company && { employees: 20 + 15 * person } } };
}

// ---- a talk as its deliveries ----

const EXTRA = {
    'new-contact': ({ person, turn }) => ({ lead: leadOf(person, turn) }),
    'session-escalated': ({ reason }) => ({ escalation_reason: reason }),
    'buyer-intent-detected': ({ reason }) => ({ buyer_intent_reason: reason }),
    'new-question': ({ reason }) => ({ question: reason }),
};

// The visitor is identified: without the conversation around it, as Aimdoc documents it.
function identified({ person, id }) {
    const [first, last, company, job] = PEOPLE[person];
    return { event: 'visitor-identified', visitor: { visitor_id: uuid(`visitor ${person}`), lead_id: uuid(`lead ${person}`), latest_conversation_id: id,
        summary: { status: 'identified', display_name: `${first} ${last}`, subtitle: `${job} at ${company}` } } };
}

function snapshot(talk, event, messages, extra) {
    const { id, begin, agent, person } = talk;
    return { event, agent_id: AGENTS[agent].id, agent_name: AGENTS[agent].name, visitor: { visitor_id: uuid(`visitor ${person}`) },
        conversation: { id, started_at: iso(begin), updated_at: messages.at(-1).created_at, messages: [...messages] }, ...extra };
}

function deliveriesOf(talk) {
    const deliveries = [];
    const messages = [];
    let { begin: now } = talk;
    const deliver = (payload) => deliveries.push({ at: now + 400 + roll(900), payload });
    for (const [what, text] of talk.lines) {
        if (what === 'next day') {
            deliver(snapshot(talk, 'session-active', messages));
            now = talk.later;
        } else if (ROLES[what]) {
            if (messages.length) now += (what === 'u' ? 20000 + roll(90000) : 2500 + roll(3000));
            messages.push({ id: uuid(`${talk.id} ${messages.length}`), role: ROLES[what], content: text, created_at: iso(now) });
            if (messages.length === 1) deliver(snapshot(talk, 'new-session', messages));
        } else {
            now += 1000;
            deliver(what === 'visitor-identified' ? identified(talk) : snapshot(talk, what, messages, EXTRA[what]({ ...talk, reason: text })));
        }
    }
    now += 30000;
    deliver(snapshot(talk, 'session-active', messages));
    return deliveries;
}

// ---- a month ----

function talksOf(day, today, now, turns) {
    const weekend = [0, 6].includes(new Date(day).getUTCDay());
    const wanted = weekend ? 1 + roll(2) : 3 + roll(4) + Math.round(2 * Math.sin(day / DAY_MS / 4));
    const talks = [];
    for (let i = 0; i < wanted; i++) {
        const talk = TALKS[roll(TALKS.length)];
        const begin = day + 7 * 3600000 + roll(11 * 3600) * 1000;
        const person = roll(PEOPLE.length);
        if (begin > now - 1800000 || (talk.agent === QUIET_AGENT && day > today - QUIET_DAYS * DAY_MS)) continue;
        turns[person] = (turns[person] ?? -1) + 1;
        talks.push({ ...talk, id: uuid(`talk ${day - today} ${i}`), begin, person, turn: turns[person] });
    }
    return talks;
}

export function month(now) {
    const today = now - now % DAY_MS;
    const turns = {};
    const talks = Array.from({ length: 30 }, (_, at) => talksOf(today - (29 - at) * DAY_MS, today, now, turns)).flat();
    for (let i = 0; i < 6; i++) talks.push({ ...TALKS[(5 * i + 1) % TALKS.length], agent: i % 2, id: uuid(`talk now ${i}`), begin: now - (i + 1) * 2400000, person: 3 + 2 * i, turn: 0 });
    const begin = today - 11 * 3600000;
    talks.push({ ...FOCUS, id: uuid('the focus'), begin, later: now - 900000, turn: 1 });
    const deliveries = talks.flatMap(deliveriesOf);
    for (const each of deliveries.filter((_, at) => at % 23 === 11)) deliveries.push({ ...each, at: each.at + 31000 }); // tried again
    return { deliveries: deliveries.sort((a, b) => a.at - b.at), focus: uuid('the focus'), lead: uuid('lead 0') };
}

// ---- what is no JSON, or says nothing ----

const ORDER = { order: 'FH-30911', customer: 'Grace Kim', items: ['Trekker 3', 'Rain cape'] };
export const BROKEN = [
    '{"event":"new-question","agent_id":"0b8e3a6c-5d1f-4c72-9a40-7f2e11d0c5a1","question":"Does the rack fit',
    `${JSON.stringify(ORDER, null, 2)}\n`,
    Buffer.concat([Buffer.from('{"event":"new-contact","lead":{"id":"77","first_name":"Ren'), Buffer.from([0xe9]), Buffer.from('"}}')]),
    '{"event":"session-active","agent_id":"a","agent_id":"b","conversation":{"id":"c"}}',
];

// Too large for the limit that was set then.
const TOO_LARGE = { event: 'session-active', agent_id: AGENTS[1].id, agent_name: AGENTS[1].name, conversation: { id: uuid('talk now 0') }, log: 'x'.repeat(2000) };

// ---- the store ----

const FAKETIME = '/usr/lib';
function faketime() {
    for (const folder of readdirSync(FAKETIME)) {
        const file = path.join(FAKETIME, folder, 'faketime/libfaketimeMT.so.1');
        if (existsSync(file)) return file;
    }
    return null;
}

// Delivers the month to a new store. Without libfaketime all of it comes now.
export async function openShop(daemon) {
    const now = Date.now();
    const shop = month(now);
    const offset = path.join(daemon.folder, 'offset');
    const setClock = (at) => {
        writeFileSync(`${offset}.new`, String(Math.min(0, (at - Date.now()) / 1000)));
        renameSync(`${offset}.new`, offset);
    };
    const library = faketime();
    const env = library ? { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: offset, FAKETIME_NO_CACHE: '1',
        FAKETIME_DONT_FAKE_MONOTONIC: '1', FAKETIME_FORCE_MONOTONIC_FIX: '0' } : {};
    daemon.init();
    setClock(shop.deliveries[0].at - 60000);
    await daemon.start({}, env);
    for (const [number, { at, payload }] of shop.deliveries.entries()) {
        setClock(at);
        const { code, seq } = await daemon.post(payload);
        if (code !== 200) throw new Error(`a delivery of the shop: ${code}`);
        if (payload.event === 'new-contact' && payload.conversation.id === shop.focus) shop.contact = seq;
        if (number % 120 === 60) await daemon.post(BROKEN[Math.floor(number / 120) % BROKEN.length]);
    }
    await daemon.stop();
    await daemon.start({ max_body: '1KiB' });
    await daemon.post(TOO_LARGE);
    await daemon.stop();
    await daemon.start();
    mkdirSync(path.join(daemon.folder, 'warehouse'), { recursive: true });
    for (const name of ['website', 'newsletter']) daemon.cli('endpoint', 'add', '--name', name);
    for (const [name, scope] of [['support', 'read'], ['warehouse', 'read'], ['carla', 'read,admin']]) daemon.addToken(name, scope);
    daemon.cli('export', '--to', path.join(daemon.folder, 'warehouse'), '--name', 'nightly');
    return shop;
}
