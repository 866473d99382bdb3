// endless.mjs URL ENDPOINT TOKEN PID: what never ends: lines, heads, chunks, trailers, and data behind a request that is still being
// answered; over sockets, or inside TLS where the URL says https. Each is sent until the daemon ends the connection, and then over another,
// until 100 MB are out or some seconds have gone; meanwhile its memory is looked at. Prints "PASS name" or "FAIL name: what".
import net from 'node:net';
import tls from 'node:tls';
import { readFileSync } from 'node:fs';

const [url, endpoint, token, pid] = process.argv.slice(2);
const port = Number(new URL(url).port), secure = new URL(url).protocol === 'https:';
const MiB = 1 << 20, ALL = 100e6, PATIENCE_MS = 12000, CASE_MS = Number(process.env.ENDLESS_MS ?? 500), GROWTH = 16 * MiB;

// What the process has of its own: the mapped files of the store are the page cache's.
let least = Infinity;
function memory() {
    const now = Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
    least = Math.min(least, now);
    return now;
}
const post = `POST ${endpoint} HTTP/1.1\r\nHost: localhost\r\n`;
const get = (path) => `GET ${path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`;
const chunked = `${post}Transfer-Encoding: chunked\r\n\r\n`;
const piece = (text) => Buffer.from(text.repeat(Math.ceil(65536 / text.length)));

// [what is sent first, what is sent again and again, whether answers are read]
const cases = {
    'a request line': ['GET /', piece('a')],
    'blank lines before a request': ['', piece('\r\n')],
    'a header': [`${post}X: `, piece('a')],
    'a header of blanks': [`${post}X:`, piece(' ')],
    'headers': [post, piece('X: a\r\n')],
    'a chunk size': [chunked, piece('0')],
    'a chunk extension': [`${chunked}5;`, piece('a')],
    'a quoted chunk extension': [`${chunked}5;a="`, piece('\\"')],
    'chunks of a byte': [chunked, piece('1\r\na\r\n')],
    'a chunk': [`${chunked}fffffffff\r\n`, piece('a')],
    'a body': [`${post}Content-Length: 99999999999\r\n\r\n`, piece('a')],
    'a trailer': [`${chunked}0\r\nX: `, piece('a')],
    'trailers': [`${chunked}0\r\n`, piece('X: a\r\n')],
    'data behind a last answer': [get('/healthz').replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), piece('a')],
    'data behind a malformed request': ['BAD\r\n\r\n', piece('a')],
    'data during a stream': [get('/v1/stream'), piece('a')],
    'requests during a stream': [get('/v1/stream'), piece(get('/healthz'))],
    'heads without end during a stream': [get('/v1/stream'), piece('GET / HTTP/1.1\r\nX: a\r\n')],
    'requests during a stream that nobody reads': [get('/v1/stream?after=0'), piece(get('/v1/stream')), false],
    'requests whose long answers nobody reads': [get('/v1/events/1/payload'), piece(get('/v1/events/1/payload')), false],
    'deliveries whose answers nobody reads': ['', piece(`${post}Content-Length: 2\r\n\r\n{}`), false],
};

function connect() {
    const wire = net.connect(port, '127.0.0.1');
    wire.on('error', () => {});
    return secure ? tls.connect({ socket: wire, host: '127.0.0.1' }) : wire;
}

function send(first, again, reads = true) {
    return new Promise((resolve) => {
        const socket = connect(), begin = performance.now();
        let sent = 0, most = memory(), ended = false;
        const end = () => {
            clearInterval(watch);
            socket.destroy();
            resolve({ sent, growth: most - least, ended, seconds: (performance.now() - begin) / 1000 });
        };
        const watch = setInterval(() => {
            most = Math.max(most, memory());
            if (performance.now() - begin > PATIENCE_MS) end();
        }, 10);
        const close = () => { ended = true; end(); };
        const more = () => {
            while (sent < ALL && !socket.destroyed) {
                sent += again.length;
                if (!socket.write(again)) return;
            }
        };
        if (reads) socket.on('data', () => {});
        socket.on('end', close);
        socket.on('close', close);
        socket.on('error', close);
        socket.on('drain', more);
        socket.write(first);
        more();
    });
}

// What the daemon takes once, and keeps: threads' arenas, the compressor's tables.
const fresh = memory();
for (const one of Object.values(cases)) if (one[2] !== false) await send(...one);
const used = memory() - fresh;
console.log(`${used < 2 * GROWTH ? 'PASS' : 'FAIL'} each once (${(used / MiB).toFixed(1)} MiB of memory)`);
least = Infinity;

// What clients don't take is not kept for them by the kernel either.
async function unread(count) {
    const sockets = Array.from({ length: count }, connect);
    for (const socket of sockets) {
        socket.pause();
        socket.on('error', () => {});
        socket.write('GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(60));
    }
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const here = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
    const queues = readFileSync('/proc/net/tcp', 'utf8').split('\n').map((line) => line.trim().split(/\s+/))
        .filter(([, local, , state]) => local?.endsWith(here) && state === '01').map((fields) => parseInt(fields[4], 16));
    for (const socket of sockets) socket.destroy();
    return { count: queues.length, most: Math.max(...queues) };
}
const { count, most } = await unread(50);
const kept = `answers that ${count} clients do not read: at most ${(most / 1024).toFixed(0)} KiB of one in the kernel`;
console.log(count >= 50 && most < MiB / 2 ? `PASS ${kept}` : `FAIL ${kept}`);

for (const [name, one] of Object.entries(cases)) {
    const begin = performance.now();
    let sent = 0, growth = 0, ended = true, connections = 0, longest = 0;
    while (ended && sent < ALL && performance.now() - begin < CASE_MS) {
        const next = await send(...one);
        connections++;
        sent += next.sent;
        growth = Math.max(growth, next.growth);
        longest = Math.max(longest, next.seconds);
        ended = next.ended;
    }
    const told = `${(sent / 1e6).toFixed(0)} MB, ${connections} connections, ended within ${longest.toFixed(1)} s, ${(growth / MiB).toFixed(1)} MiB of memory`;
    console.log(ended && growth < GROWTH ? `PASS ${name} (${told})` : `FAIL ${name}: ${ended ? 'ended' : 'not ended'}, ${told}`);
}
