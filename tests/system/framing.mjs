// framing.mjs URL ENDPOINT TOKEN: bodies at the limit, connections of many requests, clients that leave, 100 Continue; over
// sockets, or inside TLS where the URL says https (its authority in $NODE_EXTRA_CA_CERTS). What is malformed is in
// requests.txt. Prints "PASS name" or "FAIL name: what".
import net from 'node:net';
import tls from 'node:tls';

const [url, endpoint, token] = process.argv.slice(2);
const port = Number(new URL(url).port);
const secure = new URL(url).protocol === 'https:';
const MAX_BODY = 1 << 20;
const host = 'Host: x\r\n';
const post = (headers, body = '') => `POST ${endpoint} HTTP/1.1\r\n${host}${headers}\r\n${body}`;

// The connection, and what reads and writes on it.
function connect() {
    const wire = net.connect(port, '127.0.0.1');
    wire.on('error', () => {});
    return { wire, socket: secure ? tls.connect({ socket: wire, host: '127.0.0.1' }) : wire };
}

// Sends the text, or several in a row; resolves with what came and whether the other side closed within `wait` ms.
function exchange(texts, wait = 4000) {
    return new Promise((resolve) => {
        const { socket } = connect();
        let got = '';
        const end = (closed) => {
            clearTimeout(timer);
            socket.destroy();
            resolve({ got, closed, replies: got.match(/^HTTP\/1\.[01] \d+/gm)?.map((line) => line.slice(9)) ?? [] });
        };
        const timer = setTimeout(() => end(false), wait);
        socket.setEncoding('latin1');
        socket.on('data', (data) => (got += data));
        socket.on('end', () => end(true));
        socket.on('error', () => end(true));
        for (const text of [texts].flat()) socket.write(text, 'latin1');
    });
}

const api = async (path, options = {}) =>
    fetch(url + path, { headers: { authorization: `Bearer ${token}` }, ...options });
const lastRejected = async () => {
    const list = await (await api('/v1/rejected?limit=1')).json();
    return (await api(`/v1/rejected/${list.rejected[0].number}`)).json();
};
const check = (name, passed, what) =>
    console.log(passed ? `PASS ${name}` : `FAIL ${name}: ${JSON.stringify(what).slice(0, 500)}`);

// ---- 100 Continue: what is answered behind it arrives ----

const expecting = (headers) => post(`Connection: close\r\nExpect: 100-continue\r\n${headers}`);
const wanted = JSON.stringify({ event: 'new-session', conversation: { id: 'expected' } });
const expected = {
    'a delivery': [[expecting(`Content-Length: ${wanted.length}\r\n`), wanted], '200'],
    'a wrong secret': [[expecting('Content-Length: 2\r\n').replace(endpoint, '/hooks/no-such'), '{}'], '404'],
    'a malformed chunk': [[expecting('Transfer-Encoding: chunked\r\n'), 'zz\r\n'], '400'],
    'a body that is none': [[expecting('Content-Length: 2\r\n'), '{]'], '400'],
    'a chunk beyond the limit': [[expecting('Transfer-Encoding: chunked\r\n'), `200000\r\n${'y'.repeat(5000)}`], '413'],
};
for (const [name, [texts, status]] of Object.entries(expected)) {
    for (const whole of [false, true]) {
        const { got, replies } = await exchange(whole ? texts.join('') : texts);
        check(`${name} behind 100 Continue${whole ? ', all at once' : ''}`, replies.filter((code) => code !== '100').join() === status, got);
    }
}

// ---- bodies at the limit and beyond ----

const exact = '{"event":"big","x":"'.padEnd(MAX_BODY - 2, 'z') + '"}';
const chunked = (text, size) => {
    let out = '';
    for (let at = 0; at < text.length; at += size) {
        const part = text.slice(at, at + size);
        out += `${part.length.toString(16)}\r\n${part}\r\n`;
    }
    return `${out}0\r\n\r\n`;
};
const close = 'Connection: close\r\n';
const atLimit = await exchange(post(`${close}Content-Length: ${exact.length}\r\n`, exact));
check('a body of max_body is taken', atLimit.replies.join() === '200', atLimit);
const atLimitChunked = await exchange(post(`${close}Transfer-Encoding: chunked\r\n`, chunked(exact, 50000)));
check('and is the same in chunks', atLimitChunked.got.includes('"duplicate":true'), atLimitChunked);

const long = `{"a":"${'x'.repeat(MAX_BODY)}"}`;
async function checkTooLarge(name, text, size, beginning) {
    const { got, closed, replies } = await exchange(text);
    check(`${name} is 413 and closes`, closed && replies.join() === '413' && got.includes('problem+json'), { got, closed });
    const kept = await lastRejected();
    check(`${name}: its head is kept`, kept.status === 413 && kept.kept === 4096 && kept.body.startsWith(beginning), kept);
    check(`${name}: its size is told`, size(kept.size), kept.size);
}
await checkTooLarge('an over-long body', post(`Content-Length: ${long.length}\r\n`, long), (n) => n === long.length, '{"a":"xx');
await checkTooLarge('an over-long chunked body', post('Transfer-Encoding: chunked\r\n', chunked(long, 60000)), (n) => n > MAX_BODY, '{"a":"xx');
await checkTooLarge('a huge chunk', post('Transfer-Encoding: chunked\r\n', `7fffffff\r\n${'y'.repeat(5000)}`), (n) => n === 0x7fffffff, 'yyyy');
const announced = await exchange(post('Content-Length: 9999999999\r\n'));
check('a body that is only announced is 413 soon', announced.closed && announced.replies.join() === '413', announced);
check('and nothing of it is kept', (await lastRejected()).kept === 0, await lastRejected());

const bare = ({ got }) => got.replace(/^(Date|X-Request-Id): .*\r\n/gm, '');
const unknown = (path, length) => `POST ${path} HTTP/1.1\r\n${host}${close}Content-Length: ${length}\r\n\r\n${'q'.repeat(length)}`;
for (const length of [2, MAX_BODY + 1]) {
    const secret = await exchange(unknown('/hooks/not-a-secret', length));
    const path = await exchange(unknown('/not/a/path', length));
    check(`a wrong secret is like an unknown path (${length} bytes)`, secret.replies.join() === '404' && bare(secret) === bare(path), secret);
}

// ---- one connection, many requests ----

const body = (i) => JSON.stringify({ event: 'new-session', conversation: { id: `pipelined-${i}` } });
let pipeline = '';
for (let i = 0; i < 20; i++) pipeline += post(`Content-Length: ${body(i).length}\r\n`, body(i));
const pipelined = await exchange(`${pipeline}GET /healthz HTTP/1.1\r\n${host}${close}\r\n`);
const seqs = [...pipelined.got.matchAll(/"seq":(\d+)/g)].map((match) => Number(match[1]));
check('pipelined deliveries are answered in order', pipelined.replies.length === 21 && seqs.length === 20 && seqs.every((seq, i) => i === 0 || seq > seqs[i - 1]), pipelined);
const behind = await exchange(`GET /healthz HTTP/1.1\r\n${host}\r\n${post('Content-Length: 2000000\r\n', 'q'.repeat(2000000))}`);
check('an over-long body behind another request is 413', behind.closed && behind.replies.join() === '200,413', behind);
const headed = await exchange(`HEAD /healthz HTTP/1.1\r\n${host}\r\nGET /readyz HTTP/1.1\r\n${host}${close}\r\n`);
check('HEAD has no body', headed.replies.join() === '200,200' && !headed.got.includes('alive'), headed);

// ---- clients that leave ----

const before = (await (await api('/v1/stats')).json()).totals.events;
await Promise.all(
    Array.from({ length: 50 }, (_, i) => new Promise((resolve) => {
        const text = JSON.stringify({ event: 'left', conversation: { id: `left-${i}` } });
        const { wire, socket } = connect();
        socket.on('error', () => {});
        socket.on('close', resolve);
        socket.write(post(`Content-Length: ${text.length}\r\n`, text), () => (i % 2 ? wire.resetAndDestroy() : socket.destroy()));
    })),
);
const beginnings = ['POS', post('Content-Length: 100\r\n', 'abc'), post('Transfer-Encoding: chunked\r\n', '5\r\nab')];
for (const text of beginnings) await exchange(text, 50);
let after = before;
for (let i = 0; i < 40 && after < before + 25; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    after = (await (await api('/v1/stats')).json()).totals.events;
}
check('what clients sent before they left is stored', after >= before + 25, { before, after });
check('the daemon serves on', (await api('/healthz')).status === 200);
