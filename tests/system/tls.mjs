// tls.mjs pipeline URL COUNT | continued HOOK PID | dawdle URL MS: clients that no library would be. Each prints one line.
import net from 'node:net';
import tls from 'node:tls';

const [what, url, argument] = process.argv.slice(2);
const { port, pathname } = new URL(url);
const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const secure = () => new Promise((resolve) => {
    const socket = tls.connect({ port, host: '127.0.0.1' }, () => resolve(socket));
    socket.on('error', () => {});
});

// COUNT requests in one go, more than the daemon is willing to hold; how many replies come within three seconds.
async function pipeline() {
    const socket = await secure();
    let got = '', replies = 0;
    socket.on('data', (data) => {
        got = (got + data.toString('latin1')).replace(/HTTP\/1\.1 200 /g, () => (replies++, ''));
        got = got.slice(-20);
    });
    socket.write(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Padding: ${'p'.repeat(60)}\r\n\r\n`.repeat(Number(argument)));
    for (let i = 0; i < 60 && replies < Number(argument); i++) await later(50);
    socket.destroy();
    return `${replies} replies`;
}

// A head that wants 100 Continue and a chunk that is none, as two records that the daemon finds in one go when it wakes.
async function continued() {
    const socket = await secure();
    let got = '', closed = '';
    socket.on('data', (data) => (got += data));
    socket.on('end', () => (closed = 'closed'));
    await later(50);
    process.kill(Number(argument), 'SIGSTOP');
    await later(20);
    socket.write(`POST ${pathname} HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n`);
    await later(20);
    socket.write('zz\r\n');
    await later(50);
    process.kill(Number(argument), 'SIGCONT');
    for (let i = 0; i < 40 && !closed; i++) await later(50);
    socket.destroy();
    return `${(got.match(/HTTP\/1\.1 \d+/g) ?? []).map((line) => line.slice(9)).join(' ')} ${closed}`;
}

// One who says nothing, and one who begins a handshake byte by byte: whether they are closed within MS.
async function dawdle() {
    const hello = Buffer.from('1603010200010001fc0303', 'hex');
    const outcomes = [Buffer.alloc(0), hello].map((bytes) => new Promise((resolve) => {
        const socket = net.connect(port, '127.0.0.1');
        let at = 0;
        const timer = setInterval(() => { if (at < bytes.length) socket.write(bytes.subarray(at, ++at)); }, 100);
        const end = (text) => { clearInterval(timer); socket.destroy(); resolve(text); };
        socket.on('error', () => end('closed'));
        socket.on('end', () => end('closed'));
        setTimeout(() => end('open'), Number(argument)).unref();
    }));
    return (await Promise.all(outcomes)).join(' ');
}

console.log(await { pipeline, continued, dawdle }[what]());
process.exit(0);
