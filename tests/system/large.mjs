// large.mjs HOOK EVENTS WINDOW: one conversation of EVENTS events, each with the newest WINDOW messages of it, one of them new.
// Prints how many were stored.
import http from 'node:http';

const [hook, events, window] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
const message = (n) => ({
    id: `m-${n}`, role: n % 2 ? 'assistant' : 'user', content: `message ${String(n).padStart(4, '0')} ${'lorem ipsum '.repeat(n % 20)}`,
    created_at: new Date(1700000000000 + n * 1000).toISOString(),
});
const post = (event) => new Promise((resolve, reject) => {
    const body = JSON.stringify({
        event: 'session-active', agent_id: 'a', conversation: { id: 'large' },
        messages: Array.from({ length: Number(window) }, (_, i) => message(event + i)),
    });
    const request = http.request(hook, { method: 'POST', agent }, (reply) => {
        reply.resume();
        reply.on('end', () => resolve(reply.statusCode === 200 ? 1 : 0));
    });
    request.on('error', reject);
    request.end(body);
});
const stored = await Promise.all(Array.from({ length: Number(events) }, (_, event) => post(event)));
console.log(stored.reduce((a, b) => a + b));
process.exit(0);
