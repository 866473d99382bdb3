// held.mjs URL TOKEN PID COUNT: COUNT wrong secrets with bodies, each over a connection of its own, that stays. None must be answered
// soon, and the bodies must not be kept meanwhile. Prints "PASS name" or "FAIL name: what".
import net from 'node:net';
import { readFileSync } from 'node:fs';

const [url, token, pid, count] = process.argv.slice(2);
const { hostname: host, port } = new URL(url);
const AT_ONCE = 20, SIZE = 60000, SOON_MS = 4000, MiB = 1 << 20, GROWTH = 32 * MiB;

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const memory = () => Number(/^RssAnon:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
const wrong = `POST /hooks/wrong HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${SIZE}\r\n\r\n${'x'.repeat(SIZE)}`;
let soon = 0;

async function slowed() {
    const text = await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } })).text();
    return Number(/limit_hits_total\{limit="failed_secrets"\} (\d+)/.exec(text)[1]);
}

function guess() {
    const begin = performance.now();
    const socket = net.connect({ host, port: Number(port) }, () => socket.write(wrong));
    socket.on('error', () => {});
    socket.once('data', () => { if (performance.now() - begin < SOON_MS) soon++; });
}

await fetch(`${url}/hooks/wrong`, { method: 'POST', body: 'x' }); // the only one of this minute that is answered at once
const before = memory();
for (let sent = 0; sent < count; sent += AT_ONCE) {
    for (let n = 0; n < AT_ONCE; n++) guess();
    while (await slowed() < sent + AT_ONCE) await later(2);
}
const growth = memory() - before;
await later(SOON_MS);
console.log(`${soon ? 'FAIL' : 'PASS'} of ${count} wrong secrets that wait at once none is answered soon: {${soon}}`);
const told = `${(count * SIZE / MiB).toFixed(0)} MiB of bodies, ${(growth / MiB).toFixed(1)} MiB of memory`;
console.log(growth < GROWTH ? `PASS and their bodies are not kept (${told})` : `FAIL and their bodies are not kept: ${told}`);
process.exit(0);
