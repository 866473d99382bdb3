// requests.mjs URL ENDPOINT TOKEN TABLE: sends each request of the table (tests/system/requests.txt says what is in it)
// on a connection of its own, with a marker behind it: a whole delivery. Checks the answers, whether the daemon closed,
// and by its own count of deliveries that none was taken but those it has answered, and the marker only where it may be.
// Inside TLS where the URL says https (its authority in $NODE_EXTRA_CA_CERTS): there none is cut in two. Prints "PASS name" or
// "FAIL name: what".
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import tls from 'node:tls';

const [url, endpoint, token, table] = process.argv.slice(2);
const port = Number(new URL(url).port);
const secure = new URL(url).protocol === 'https:';
const AT_ONCE = 24;
const PATIENCE = Number(process.env.PATIENCE ?? 20000); // ms
const LINGER = 30; // ms in which no further answer may come
const BETWEEN = 2; // ms between the two parts of a request that is cut

// ---- the table ----

const bodyOf = (kind, number) => `{"event":"row","conversation":{"id":"${kind}-${String(number).padStart(3, '0')}"}}`;
const deliver = (body) => `POST ${endpoint} HTTP/1.1\\r\\nHost: marker\\r\\nContent-Length: ${body.length}\\r\\n\\r\\n${body}`;

function expand(text, json, marker) {
    const size = json.length, hex = size.toString(16);
    const words = {
        post: `POST ${endpoint} HTTP/1.1\\r\\nHost: x\\r\\n`, get: 'GET /healthz HTTP/1.1\\r\\nHost: x\\r\\n', hook: endpoint,
        plain: `Content-Length: ${size}`, coded: 'Transfer-Encoding: chunked', chunk: `${hex}\\r\\n${json}\\r\\n`,
        last: '0\\r\\n\\r\\n', end: '\\r\\n\\r\\n', json, size, hex, marker,
    };
    return text
        .replace(/\{([^{}]*)\*(\d+)\}/g, (_, piece, times) => piece.repeat(Number(times)))
        .replace(/\{([a-z]+)\}/g, (whole, word) => words[word] ?? whole);
}

const escapes = { r: '\r', n: '\n', t: '\t', 0: '\0', '\\': '\\' };
const unescape = (text) =>
    text.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex, letter) => (hex ? String.fromCharCode(parseInt(hex, 16)) : escapes[letter]));

function read(line, number) {
    const [, answers, end, name, split, text] = /^([\d,]+) (close|keep) (.*?)( \(split\))? \| (.*)$/.exec(line);
    const json = bodyOf('row', number), mark = bodyOf('mark', number);
    const [first, rest = ''] = expand(text, json, deliver(mark)).split('{wait}').map(unescape);
    const waits = rest ? first.length : 0;
    const marker = unescape(deliver(mark));
    return { name, answers, keeps: end === 'keep', split: Boolean(split), bytes: first + rest, waits, marker, json, mark };
}

const rows = readFileSync(table, 'utf8').split('\n').filter((line) => /^\d/.test(line)).map(read);

// ---- one exchange ----

const answersIn = (text) => text.match(/^HTTP\/1\.[01] \d+/gm)?.map((line) => line.slice(9)) ?? [];

// Sends the row, cut in two at `cut` unless that is 0. Resolves with what came, and whether the daemon closed.
function exchange(row, cut) {
    const wanted = row.answers.split(',').length + 1;
    const whole = row.bytes + row.marker;
    return new Promise((resolve) => {
        const wire = net.connect({ port, host: '127.0.0.1', noDelay: true });
        wire.on('error', () => {});
        const socket = secure ? tls.connect({ socket: wire, host: '127.0.0.1' }) : wire;
        let got = '', lingers = false, held = '';
        const end = (closed) => {
            clearTimeout(timer);
            socket.destroy();
            resolve({ got, closed });
        };
        const timer = setTimeout(end, PATIENCE, false);
        socket.setEncoding('latin1');
        socket.on('data', (data) => {
            got += data;
            socket.write(held, 'latin1');
            held = '';
            if (!row.keeps || lingers || answersIn(got).length < wanted || !got.endsWith('}\n')) return;
            lingers = true;
            setTimeout(end, cut ? 0 : LINGER, false);
        });
        socket.on('end', () => end(true));
        socket.on('close', () => end(true));
        socket.on('error', () => end(true));
        if (row.waits) held = whole.slice(row.waits);
        if (!cut) return socket.write(row.waits ? whole.slice(0, row.waits) : whole, 'latin1');
        socket.write(whole.slice(0, cut), 'latin1', () => setTimeout(() => socket.write(whole.slice(cut), 'latin1'), BETWEEN));
    });
}

// ---- all of them ----

const digest = (body) => createHash('sha256').update(body).digest('hex');
const acknowledged = new Map(); // how often each body was, by what we were told

function note(row, { got }) {
    for (const body of [row.json, row.mark])
        acknowledged.set(body, (acknowledged.get(body) ?? 0) + got.split(digest(body)).length - 1);
}

function judge(row, { got, closed }) {
    const wanted = row.keeps ? `${row.answers},200` : row.answers;
    if (answersIn(got).join() !== wanted || closed !== !row.keeps) return { wanted, closed, got: got.slice(0, 400) };
    return null;
}

async function play({ row, cut }) {
    const reply = await exchange(row, cut);
    note(row, reply);
    const fault = judge(row, reply);
    if (fault && !row.fault) row.fault = { cut, ...fault };
}

const plays = rows.flatMap((row) => {
    const cuts = row.split && !secure ? Array.from({ length: row.bytes.length - 1 }, (_, i) => i + 1) : [];
    return [0, ...cuts].map((cut) => ({ row, cut }));
});
const exchanges = plays.length;
async function work() {
    for (let next = plays.shift(); next; next = plays.shift()) await play(next);
}
await Promise.all(Array.from({ length: AT_ONCE }, work));

// ---- what the daemon has counted ----

const list = await (await fetch(`${url}/v1/events?type=row&limit=1000`, { headers: { authorization: `Bearer ${token}` } })).json();
const counted = new Map(list.events.map((event) => [event.conversation_id, event.deliveries]));
const countOf = (body) => counted.get(JSON.parse(body).conversation.id) ?? 0;

for (const row of rows) {
    const sent = 1 + (row.split && !secure ? row.bytes.length - 1 : 0);
    const told = acknowledged.get(row.json), stored = countOf(row.json), marked = countOf(row.mark);
    if (told !== stored) row.fault ??= { told, stored };
    if (marked !== (row.keeps ? sent : 0)) row.fault ??= { marked, sent };
    console.log(row.fault ? `FAIL ${row.name}: ${JSON.stringify(row.fault)}` : `PASS ${row.name}`);
}
console.log(rows.length >= 150 ? `PASS ${rows.length} requests in ${exchanges} exchanges` : 'FAIL the table is short: it has too few requests');
