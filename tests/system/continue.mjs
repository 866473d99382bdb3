// continue.mjs URL ENDPOINT TOKEN PID MUTE: what comes behind a 100 Continue that can't get out, for the client (MUTE, of mute.c) has
// filled the way to himself with answers that he doesn't read: chunks without end, and a chunk whose size is malformed; this also
// behind libevent's own 417. And clients who leave there, while the answer to a wrong secret is kept back from them. Prints "PASS name"
// or "FAIL name: what".
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [url, endpoint, token, pid, mute] = process.argv.slice(2);
const { port } = new URL(url);
const MiB = 1 << 20, ROUNDS = 2, TRIES = 5, PLENTY = 1000, CLIENTS = 40, STEP = 20, ID = 60, ALL = 48 * MiB;
const PATIENCE_MS = 8000, KEPT_BACK_MS = 10500, GROWTH = 16 * MiB;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const memory = () => Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const api = async (path) => (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).text();
const ask = (more = 0) => `GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${'x'.repeat(1 + more)}\r\n\r\n`;
const expecting = (what, path = endpoint) => `POST ${path} HTTP/1.1\r\nHost: localhost\r\nExpect: ${what}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const chunk = `ff00\r\n${'y'.repeat(0xff00)}\r\n`;
const body = JSON.stringify({ event: 'malformed', conversation: { id: 'c' } });
const malformed = `${body.length.toString(16)} \r\n${body}\r\n0\r\n\r\n`;

async function answers(route = 'healthz', status = 200) {
    const line = new RegExp(`http_requests_total\\{route="${route}",status="${status}"\\} (\\d+)`);
    return Number(line.exec(await api('/metrics'))?.[1] ?? 0);
}

// As many answers, which are longer by so many bytes in all.
const asks = (count, more) => Array.from({ length: count }, (_, n) => ask(Math.max(0, Math.min(ID, more - n * ID)))).join('');

// A client for each text of questions, who reads none of the answers; once no more are made.
async function fill(texts) {
    const before = await answers();
    const clients = texts.map((text) => {
        const client = spawn(mute, [port], { stdio: ['pipe', 'inherit', 'inherit'] });
        client.stdin.on('error', () => {});
        client.stdin.write(text);
        return client;
    });
    for (let made = 0, last = -1; made === 0 || made !== last; last = made, await later(100)) made = await answers() - before;
    return clients;
}

// Clients whose answers have all got out, each time some bytes longer: to some of them not a 100 Continue more does.
async function full() {
    const before = await answers();
    const [client] = await fill([asks(PLENTY, 0)]);
    client.kill('SIGKILL');
    const count = await answers() - before - 2;
    return fill(Array.from({ length: CLIENTS }, (_, n) => asks(count, n * STEP)));
}

// Sends the head, then the text, again and again if it has no end, until the daemon closes.
async function send(client, head, text, endless = false) {
    const begin = performance.now();
    client.stdin.write(head);
    await later(100);
    client.stdin.write(text);
    for (let sent = 0; client.exitCode === null && performance.now() - begin < PATIENCE_MS; sent += text.length) {
        const more = endless && sent < ALL && !client.stdin.writableNeedDrain;
        await later(more ? 0 : 50);
        client.stdin.write(more ? text : '\r\n');
    }
    const ended = client.exitCode !== null;
    client.kill('SIGKILL');
    return { ended, seconds: (performance.now() - begin) / 1000 };
}

const before = memory();
let peak = before;
const watch = setInterval(() => (peak = Math.max(peak, memory())), 10);
const all = [];
for (let round = 0; round < ROUNDS; round++) {
    for (const one of [[expecting('100-continue'), chunk, true], [expecting('100-continue'), malformed], [expecting('more'), malformed]]) {
        const clients = await full();
        all.push(...await Promise.all(clients.map((client) => send(client, ...one))));
    }
}
clearInterval(watch);
const longest = Math.max(...all.map(({ seconds }) => seconds)), growth = peak - before;
const told = `${all.length} clients, ended within ${longest.toFixed(1)} s, ${(growth / MiB).toFixed(1)} MiB of memory`;
const taken = JSON.parse(await api('/v1/events?type=malformed')).events.length;
console.log(`${all.every(({ ended }) => ended) ? 'PASS' : 'FAIL'} behind what does not get out the deadline holds (${told})`);
console.log(`${growth < GROWTH ? 'PASS' : 'FAIL'} so does the limit of a body`);
console.log(`${taken ? 'FAIL' : 'PASS'} and nothing malformed is taken: {${taken}}`);

const guess = () => fetch(`${url}/hooks/wrong`, { method: 'POST', body: 'x' });
await guess(); // the only wrong secret of this minute that is answered at once
let freed = 0;
for (let round = 0; round < TRIES && freed === 0; round++) {
    const answered = await answers('hooks', 404);
    const clients = await full();
    for (const client of clients) client.stdin.write(expecting('100-continue', '/hooks/wrong'));
    await later(200);
    for (const client of clients) client.stdin.write('2\r\n{}\r\n0\r\n\r\n');
    await later(200);
    for (const client of clients) client.kill('SIGKILL');
    await later(1000);
    freed += await answers('hooks', 404) - answered;
    if (freed === 0) await later(KEPT_BACK_MS); // no try must be told from the next
}
console.log(`${freed ? 'PASS' : 'FAIL'} and who leaves there while his answer is kept back is seen to have left: {${freed}}`);
process.exit(0);
