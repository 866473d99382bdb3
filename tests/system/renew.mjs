// renew.mjs HOOK COUNT: delivers over COUNT connections that are kept alive, until SIGTERM; then says how that went, and whose
// certificate the connections were made with.
import https from 'node:https';

const [hook, count] = process.argv.slice(2);
let deliveries = 0, failures = 0, connections = 0, stopping = false;
const names = new Set();

function deliver(agent, number) {
    return new Promise((resolve) => {
        const request = https.request(hook, { method: 'POST', agent }, (reply) => {
            if (reply.statusCode !== 200) failures++;
            reply.resume();
            reply.on('end', resolve);
        });
        request.on('socket', (socket) => {
            if (socket.counted) return;
            socket.counted = true;
            connections++;
            socket.once('secureConnect', () => names.add(socket.getPeerCertificate().subject.CN));
        });
        request.on('error', () => { failures++; resolve(); });
        request.end(JSON.stringify({ agent_id: 'renew', conversation_id: `renew-${number}` }));
    });
}

async function run() {
    const agent = new https.Agent({ keepAlive: true, maxSockets: 1 });
    while (!stopping) {
        await deliver(agent, deliveries++);
        if (deliveries === 100) console.log('under load');
    }
    agent.destroy();
}

process.on('SIGTERM', () => (stopping = true));
await Promise.all(Array.from({ length: Number(count) }, run));
console.log(`${deliveries} deliveries on ${count} connections, ${failures} failures, ${connections - count} reconnections, certificate ${[...names].join()}`);
