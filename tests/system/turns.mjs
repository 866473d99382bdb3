// turns.mjs URL TOKEN fill HOOK EVENTS: delivers EVENTS events of the conversation "long".
// turns.mjs URL TOKEN beside HOOK READS: asks for it READS times at once, and until the last answer has come, whether all is well
// and to take deliveries, one after the other. Prints how many of each were answered meanwhile, and the slowest, as JSON.
// turns.mjs URL TOKEN stop READS: asks READS times at once, prints "asked", and in the end which answers came, as JSON.
import http from 'node:http';

const [url, token, mode, ...rest] = process.argv.slice(2);
const agent = new http.Agent({ keepAlive: true, maxSockets: 300 });
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

// The status and body of the answer; status 0 where none came.
function ask(target, method = 'GET', body = '', headers = {}) {
    return new Promise((resolve) => {
        http.request(target, { agent, method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } }, (reply) => {
            let text = '';
            reply.setEncoding('utf8');
            reply.on('data', (part) => { text += part; });
            reply.on('error', () => resolve({ status: 0 }));
            reply.on('end', () => resolve({ status: reply.statusCode, text }));
        }).on('error', () => resolve({ status: 0 })).end(body);
    });
}

const read = () => ask(`${url}/v1/conversations/long?limit=10`, 'GET', '', { authorization: `Bearer ${token}` });
const deliver = (hook, conversation, number) => ask(hook, 'POST', JSON.stringify({
    event: 'partial-conversation', conversation: { id: conversation }, number,
    messages: Array.from({ length: 8 }, (_, i) => ({ role: 'user', content: `${number} ${i} ${'words '.repeat(16)}` })),
}));

// The connections are there before, so that all reads come at once.
async function ask_all(count) {
    await Promise.all(Array.from({ length: count }, () => ask(`${url}/healthz`)));
    return Array.from({ length: count }, read);
}

async function fill(hook, events) {
    let next = 0, wrong = 0;
    await Promise.all(Array.from({ length: 128 }, async () => {
        while (next < events) if ((await deliver(hook, 'long', next++)).status !== 200) wrong++;
    }));
    process.exit(wrong > 0 ? 1 : 0);
}

async function beside(hook, count) {
    const counts = { reads: 0, healthz: 0, deliveries: 0, slowest_healthz_ms: 0, slowest_delivery_ms: 0, wrong: 0 };
    let running = true;
    const repeat = async (request, name, slowest) => {
        for (let i = 0; running; i++) {
            const begin = performance.now();
            if ((await request(i)).status !== 200) counts.wrong++;
            if (running) counts[name]++;
            counts[slowest] = Math.max(counts[slowest], Math.round(performance.now() - begin));
            await pause(1);
        }
    };
    const reads = await ask_all(count);
    await pause(50);
    const others = [repeat(() => ask(`${url}/healthz`), 'healthz', 'slowest_healthz_ms'),
        repeat((i) => deliver(hook, 'other', i), 'deliveries', 'slowest_delivery_ms')];
    for (const answer of await Promise.all(reads)) counts[answer.status === 200 ? 'reads' : 'wrong']++;
    running = false;
    await Promise.all(others);
    console.log(JSON.stringify(counts));
    process.exit(0);
}

async function stop(count) {
    const reads = await ask_all(count);
    await pause(300);
    console.log('asked');
    const counts = { done: 0, refused: 0, other: 0 };
    for (const { status, text } of await Promise.all(reads)) {
        if (status === 200) counts.done++;
        else if (status === 503 && JSON.parse(text).detail === 'the daemon is shutting down') counts.refused++;
        else counts.other++;
    }
    console.log(JSON.stringify(counts));
    process.exit(0);
}

if (mode === 'fill') await fill(rest[0], Number(rest[1]));
if (mode === 'beside') await beside(rest[0], Number(rest[1]));
if (mode === 'stop') await stop(Number(rest[0]));
