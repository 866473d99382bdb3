// hangup.mjs URL ENDPOINT TOKEN COUNT ACKS [SEED]: clients of every kind, COUNT requests by 48 at once, of which some six in ten
// hang up at a random point: while connecting, within the TLS handshake, in the head, in the body, waiting for the answer, within it,
// during a stream; by FIN, by half a close, or by RST. The others must be answered as they should be. While nobody listens they
// wait. ACKS gets "seq sha256" of every delivery acknowledged; standard error, how many requests are done; standard output,
// PASS or FAIL and a name for each test, and counts.
import net from 'node:net';
import tls from 'node:tls';
import { createHash } from 'node:crypto';
import { openSync, writeSync } from 'node:fs';
import { Duplex } from 'node:stream';

const CLIENTS = 48, EARLY = 0.12, PATIENCE = 60000;
const [url, endpoint, token, count, acksFile, seed = '1'] = process.argv.slice(2);
const { hostname: host, port, protocol } = new URL(url);
const isTls = protocol === 'https:';
const acks = openSync(acksFile, 'a');
const tally = new Map(); // what has happened, by name
let left = Number(count), sent = 0, state = Number(seed), isListening = true;

const note = (name) => tally.set(name, (tally.get(name) ?? 0) + 1);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// mulberry32: the same choices for the same seed.
function random() {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
const below = (limit) => Math.floor(random() * limit);
const pick = (list) => list[below(list.length)];

// ---- what is asked: {name, head, body, statuses, digest} ----

const post = (name, path, body, statuses, more = '') => ({
    name, statuses, body, digest: createHash('sha256').update(body).digest('hex'),
    head: `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${more}\r\n`,
});
const get = (name, path, statuses = [200]) => ({
    name, statuses, body: '', isStream: name === 'stream',
    head: `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\n\r\n`,
});

function delivery(number, more) {
    const body = JSON.stringify({ event: 'session-active', agent_id: 'a', conversation: { id: `c-${number % 50}` },
        messages: [{ role: 'user', content: `number ${seed} ${number} ${'x'.repeat(number * 37 % 3000)}` }] });
    return post('delivery', endpoint, body, [200], more);
}

function chunked() {
    const whole = delivery(sent++);
    const size = Buffer.byteLength(whole.body).toString(16);
    const head = whole.head.replace(/Content-Length: \d+/, 'Transfer-Encoding: chunked');
    return { ...whole, head, body: `${size}\r\n${whole.body}\r\n0\r\n\r\n` };
}

const LARGE = `{"agent_id":"a","conversation_id":"large","text":"${'x'.repeat(400000)}"}`;
const asks = [
    () => delivery(sent++), () => delivery(sent++), () => delivery(sent++), () => delivery(sent++),
    () => delivery(below(sent + 1)), () => delivery(sent++, 'Expect: 100-continue\r\n'), chunked,
    () => post('large', endpoint, LARGE, [200]),
    () => post('broken', endpoint, '{"agent_id":', [400]),
    () => post('over-long', endpoint, 'x'.repeat(600000), [413]),
    () => post('stranger', '/hooks/nobody', '{}', [404]),
    () => get('events', '/v1/events?limit=50'), () => get('timeline', '/v1/conversations/large'),
    () => get('timeline', `/v1/conversations/c-${below(50)}?limit=20`, [200, 404]), () => get('payload', '/v1/events/1/payload'),
    () => get('stats', '/v1/stats'), () => get('metrics', '/metrics'), () => get('description', '/openapi.json'),
    () => get('stream', '/v1/stream?after=0'), () => get('stream', '/v1/stream'),
];

// ---- a connection ----

const hello = isTls && await new Promise((resolve) => {
    tls.connect({ socket: new Duplex({ read() {}, write: resolve }) }).on('error', () => {});
});

// {raw, stream}: the socket, and what is spoken over. Null if nobody listens.
function connect() {
    return new Promise((resolve) => {
        const raw = net.connect(Number(port), host, () => { isListening = true; resolve({ raw, stream: raw }); });
        raw.on('error', () => resolve(null));
    });
}

// A socket as TLS sees it: so that it can be broken off underneath, which a socket that TLS has taken over can't.
function wire(raw) {
    const through = new Duplex({
        read: () => raw.resume(),
        write: (part, _, done) => raw.write(part, () => done()),
        final: (done) => raw.end(done),
        destroy: (_, done) => { raw.destroy(); done(); },
    });
    raw.on('data', (part) => { if (!through.push(part)) raw.pause(); });
    raw.on('close', () => through.push(null));
    return through;
}

function secure({ raw }) {
    return new Promise((resolve) => {
        const stream = tls.connect({ socket: wire(raw), rejectUnauthorized: false, maxVersion: pick(['TLSv1.2', 'TLSv1.3']) });
        stream.on('error', () => resolve(null));
        stream.on('close', () => resolve(null));
        stream.on('secureConnect', () => resolve({ raw, stream }));
        // Through a wire TLS is not always told of the end.
        raw.on('close', () => setTimeout(() => stream.destroy(), 200));
    });
}

async function open() {
    const connection = await connect();
    return connection && isTls ? secure(connection) : connection;
}

// Ends it in one of three ways.
async function hangUp({ raw, stream }) {
    note('aborted');
    if (random() < 0.5) await later(below(4));
    const how = pick(['FIN', 'half', 'RST']);
    note(how);
    if (how === 'RST') raw.resetAndDestroy();
    else if (how === 'half') {
        stream.end();
        await later(below(30));
    }
    stream.destroy();
    raw.destroy();
}

// The next bytes that come; null at the end, or when there are none for so long.
function some({ stream }, patience) {
    return new Promise((resolve) => {
        const names = ['data', 'end', 'close'];
        const give = (part) => {
            clearTimeout(timer);
            names.forEach((name) => stream.off(name, give));
            stream.pause();
            resolve(part ?? null);
        };
        const timer = setTimeout(give, patience);
        names.forEach((name) => stream.on(name, give));
        if (stream.destroyed) give();
        else stream.resume();
    });
}

// ---- requests that are answered ----

// The whole answer: {status, body}; null if it ends before.
async function answer(connection) {
    let got = '';
    for (;;) {
        const end = got.indexOf('\r\n\r\n');
        if (end >= 0 && got.startsWith('HTTP/1.1 100')) got = got.slice(end + 4);
        else if (end >= 0) {
            const length = Number(/^content-length: (\d+)/im.exec(got.slice(0, end))?.[1] ?? 0);
            if (got.length >= end + 4 + length)
                return { status: Number(got.slice(9, 12)), closes: /^connection: close/im.test(got), body: got.slice(end + 4) };
        }
        const part = await some(connection, PATIENCE);
        if (!Buffer.isBuffer(part)) return null;
        got += part.toString('latin1');
    }
}

function judge(ask, { status, body }) {
    if (status === 503) note('503');
    else if (!ask.statuses.includes(status)) note(`unexpected: ${ask.name} ${status}`);
    else if (ask.digest && status === 200) {
        const { seq, sha256 } = JSON.parse(body);
        if (sha256 !== ask.digest) note(`unexpected: ${ask.name} acknowledges another`);
        writeSync(acks, `${seq} ${sha256}\n`);
    }
}

// Whether the connection may be used again.
async function complete(connection, ask) {
    connection.stream.write(ask.head + ask.body);
    const begun = Date.now();
    const got = await answer(connection);
    note(got ? 'answered' : 'cut');
    if (!got && Date.now() - begun >= PATIENCE) note(`unexpected: ${ask.name} is not answered`);
    if (got) judge(ask, got);
    return got !== null && !got.closes && ask.name !== 'over-long';
}

// ---- requests that are not ----

const head = async ({ stream }, ask) => stream.write(ask.head.slice(0, below(ask.head.length)));
const body = async ({ stream }, ask) => stream.write(ask.head + ask.body.slice(0, below(ask.body.length)));
const wait = async ({ stream }, ask) => stream.write(ask.head + ask.body);
async function read(connection, ask) {
    await wait(connection, ask);
    for (let parts = 1 + below(3); parts > 0; parts--) await some(connection, 50);
}

async function handshake({ raw }) {
    const isWhole = random() < 0.5;
    raw.write(isWhole ? hello : hello.subarray(0, below(hello.length)));
    if (isWhole) await some({ stream: raw }, 50);
}

// Before there is a connection, or before it is secured. False if nobody listens.
async function abortEarly() {
    if (random() < 0.3) {
        note('while connecting');
        const raw = net.connect(Number(port), host);
        raw.on('error', () => {});
        note('aborted');
        await later(below(2));
        raw.destroy();
        return true;
    }
    const connection = await connect();
    if (!connection) return false;
    note(isTls ? 'in the handshake' : 'once connected');
    if (isTls) await handshake(connection);
    await hangUp(connection);
    return true;
}

async function abort(connection, ask) {
    const phases = [['in the head', head], ask.body ? ['in the body', body] : ['reading', read], ['waiting', wait],
        [ask.isStream ? 'during a stream' : 'reading', read]];
    const [name, phase] = pick(phases);
    note(name);
    await phase(connection, ask);
    await hangUp(connection);
}

// ---- clients ----

// One connection, with one request or several. Returns how many were made.
async function visit() {
    if (random() < EARLY && isListening) return await abortEarly() ? 1 : 0;
    const connection = await open();
    if (!connection) return 0;
    for (let made = 1; ; made++) {
        const ask = pick(asks)();
        if (ask.isStream || random() < 0.51) {
            await abort(connection, ask);
            return made;
        }
        if (!await complete(connection, ask) || random() < 0.3) {
            connection.stream.destroy();
            connection.raw.destroy();
            return made;
        }
    }
}

async function client() {
    while (left > 0) {
        const made = await visit();
        if (made === 0) {
            note('nobody listened');
            isListening = false;
            await later(20);
        }
        left -= made;
    }
}

const told = setInterval(() => console.error(String(Math.min(Number(count), Number(count) - left))), 50);
await Promise.all(Array.from({ length: CLIENTS }, client));
clearInterval(told);
const unexpected = [...tally.keys()].filter((name) => name.startsWith('unexpected'));
console.log(`${tally.get('aborted') > 0.58 * Number(count) ? 'PASS' : 'FAIL'} six in ten hang up`);
console.log(`${unexpected.length ? 'FAIL' : 'PASS'} every answer is as it should be`);
for (const name of ['once connected', 'in the handshake', 'in the head', 'in the body', 'waiting', 'reading', 'during a stream', 'RST', 'FIN', 'half'])
    if (!tally.has(name) && name !== (isTls ? 'once connected' : 'in the handshake')) console.log(`FAIL some hang up: ${name}`);
for (const [name, times] of [...tally].sort()) console.log(`counted ${times} ${name}`);
process.exit(0);
