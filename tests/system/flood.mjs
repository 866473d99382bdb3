// flood.mjs URL COUNT: delivers COUNT different payloads of agent "flood", 64 at a time, each once, and prints for each: status,
// Retry-After (or -), conversation id.
import http from 'node:http';

const [url, count] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 64 });

function deliver(number) {
    const id = `flood-${number}`;
    return new Promise((resolve, reject) => {
        const request = http.request(url, { method: 'POST', agent }, (reply) => {
            reply.resume();
            reply.on('end', () => resolve(`${reply.statusCode} ${reply.headers['retry-after'] ?? '-'} ${id}`));
        });
        request.on('error', reject);
        request.end(JSON.stringify({ agent_id: 'flood', conversation_id: id }));
    });
}

console.log((await Promise.all(Array.from({ length: Number(count) }, (_, number) => deliver(number)))).join('\n'));
process.exit(0);
