// continue.mjs URL ENDPOINT TOKEN PID MUTE: what comes behind a 100 Continue that can't get out, for the client (MUTE, of mute.c) has
// filled the way to himself with answers that he doesn't read: chunks without end, and a chunk whose size is malformed; this also
// behind libevent's own 417. Prints "PASS name" or "FAIL name: what".
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const [url, endpoint, token, pid, mute] = process.argv.slice(2);
const { port } = new URL(url);
const MiB = 1 << 20, ROUNDS = 2, PLENTY = 2000, ALL = 64 * MiB, PATIENCE_MS = 8000, GROWTH = 16 * MiB;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const memory = () => Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const api = async (path) => (await fetch(url + path, { headers: { authorization: `Bearer ${token}` } })).text();
const ask = 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n';
const expecting = (what) => `POST ${endpoint} HTTP/1.1\r\nHost: localhost\r\nExpect: ${what}\r\nTransfer-Encoding: chunked\r\n\r\n`;
const chunk = `ff00\r\n${'y'.repeat(0xff00)}\r\n`;
const body = JSON.stringify({ event: 'malformed', conversation: { id: 'c' } });
const malformed = `${body.length.toString(16)} \r\n${body}\r\n0\r\n\r\n`;

const answers = async () => Number(/http_requests_total\{route="healthz",status="200"\} (\d+)/.exec(await api('/metrics'))?.[1] ?? 0);

// Clients by each of which so many answers are asked for, and none read; once no more are made.
async function fill(counts) {
    const before = await answers();
    const clients = counts.map((count) => {
        const client = spawn(mute, [port], { stdio: ['pipe', 'inherit', 'inherit'] });
        client.stdin.on('error', () => {});
        client.stdin.write(ask.repeat(count));
        return client;
    });
    for (let made = 0, last = -1; made === 0 || made !== last; last = made, await later(100)) made = await answers() - before;
    return clients;
}

// As many answers as get out, or so: with one more the last would wait, with these the next to wait is 100 Continue.
async function most() {
    const before = await answers();
    const [client] = await fill([PLENTY]);
    client.kill('SIGKILL');
    return await answers() - before - 1;
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
    const count = await most(), counts = [-2, -1, 0, 1, 2].map((more) => count + more);
    for (const one of [[expecting('100-continue'), chunk, true], [expecting('100-continue'), malformed], [expecting('more'), malformed]]) {
        const clients = await fill(counts);
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
process.exit(0);
