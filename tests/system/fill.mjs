// fill.mjs HOOK SEED COUNT: delivers the payloads of COUNT made-up conversations and prints how many were stored.
import http from 'node:http';
import { generate } from './generate.mjs';

const [hook, seed, count] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });

const post = (payload) => new Promise((resolve, reject) => {
    const request = http.request(hook, { method: 'POST', agent }, (reply) => {
        reply.resume();
        reply.on('end', () => (reply.statusCode === 200 ? resolve() : reject(new Error(`status ${reply.statusCode}`))));
    });
    request.on('error', reject);
    request.end(payload);
});
const payloads = generate(Number(seed), Number(count));
await Promise.all(payloads.map(post));
console.log(new Set(payloads).size);
process.exit(0);
