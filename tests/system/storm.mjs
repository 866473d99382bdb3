// storm.mjs URL STOPFILE ACKS: delivers unique payloads over 16 connections until STOPFILE appears, as a sender does that
// retries what was not acknowledged, and writes one line for each acknowledgement: seq, sha256, duplicate.
import http from 'node:http';
import https from 'node:https';
import { createHash } from 'node:crypto';
import { existsSync, openSync, writeSync } from 'node:fs';

const [url, stopFile, acksFile] = process.argv.slice(2);
const target = new URL(url);
const scheme = target.protocol === 'https:' ? https : http;
const agent = new scheme.Agent({ keepAlive: true, maxSockets: 16, rejectUnauthorized: false });
const acks = openSync(acksFile, 'a');
let sent = 0, acknowledged = 0, stopping = false;

function payload(number) {
    const conversation = `c-${number % 97}`;
    return JSON.stringify({
        event: number % 5 === 0 ? 'session-active' : 'new-session',
        agent_id: `agent-${number % 7}`,
        conversation: { id: conversation, created_at: new Date(1700000000000 + number * 1000).toISOString() },
        messages: [{ role: 'user', content: `number ${number} ${'x'.repeat(number % 700)}`,
                     created_at: new Date(1700000000000 + number * 1000).toISOString() }],
    });
}

function post(body) {
    return new Promise((resolve, reject) => {
        const request = scheme.request({ host: target.hostname, port: target.port, path: target.pathname, method: 'POST', agent,
            timeout: 5000, headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) } }, (reply) => {
            const parts = [];
            reply.on('data', (part) => parts.push(part));
            reply.on('end', () => resolve({ status: reply.statusCode, body: Buffer.concat(parts).toString() }));
            reply.on('error', reject);
        });
        request.on('error', reject);
        request.on('timeout', () => request.destroy(new Error('timeout')));
        request.end(body);
    });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function deliver(body) {
    const digest = createHash('sha256').update(body).digest('hex');
    for (let tries = 0; tries < 2000; tries++) {
        const reply = await post(body).catch(() => null);
        if (reply && reply.status === 200) {
            const answer = JSON.parse(reply.body);
            if (answer.sha256 !== digest) throw new Error(`acknowledged ${answer.sha256} for ${digest}`);
            writeSync(acks, `${answer.seq} ${digest} ${answer.duplicate}\n`);
            acknowledged++;
            return;
        }
        if (reply && reply.status !== 503) throw new Error(`status ${reply.status}: ${reply.body}`);
        await pause(10);
    }
    throw new Error('never acknowledged');
}

async function worker() {
    while (!stopping) {
        await deliver(payload(sent++));
        stopping ||= existsSync(stopFile);
    }
}

await Promise.all(Array.from({ length: 16 }, worker));
console.log(`${sent} ${acknowledged}`);
process.exit(sent === acknowledged ? 0 : 1);
