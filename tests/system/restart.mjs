// restart.mjs URL STOPFILE CLIENTS TALLY: CLIENTS senders, each over a connection of its own, deliver until STOPFILE appears,
// and try again what was not acknowledged, as often as it takes; one in eight delivers once more what was. Of each request
// that was sent as a whole it is known what came of it. Writes to TALLY a line for each payload, "SHA256 SEQ ANSWERS": the
// number it was given, always the same, and how many answers 200 there were. Prints the counts as JSON.
import net from 'node:net';
import { createHash } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';

const [url, stopFile, clients, tallyFile] = process.argv.slice(2);
const target = new URL(url);
const counts = { acknowledged: 0, repeated: 0, refused: 0, unanswered: 0, cut: 0, turned_away: 0, unreachable: 0, wrong: 0, given_up: 0 };
const tally = new Map();
let number = 0;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const stopping = () => existsSync(stopFile);

// What came: { status, body, closes }; or how it ended instead: 'unreachable', before the request was sent; 'turned_away', on a
// connection that was perhaps never accepted, for the kernel makes it before the daemon does; 'unanswered'; 'cut'.
class Connection {
    open() {
        return new Promise((resolve) => {
            const socket = net.connect(Number(target.port), target.hostname);
            this.socket = socket;
            this.received = '';
            this.served = false;
            this.settle = () => {};
            socket.setNoDelay(true);
            socket.on('connect', () => resolve(true));
            socket.on('data', (part) => { this.received += part.toString('latin1'); this.look(); });
            socket.on('error', () => {});
            socket.on('close', () => { this.gone = true; resolve(false); this.settle(this.received ? 'cut' : this.served ? 'unanswered' : 'turned_away'); });
        });
    }

    look() {
        const end = this.received.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = this.received.slice(0, end);
        const size = Number(/\r\ncontent-length: (\d+)/i.exec(head)[1]);
        if (this.received.length < end + 4 + size) return;
        const body = this.received.slice(end + 4, end + 4 + size);
        this.received = '';
        this.served = true;
        this.settle({ status: Number(head.slice(9, 12)), body, closes: /\r\nconnection: close/i.test(head) });
    }

    request(body) {
        return new Promise((resolve) => {
            if (this.gone) { resolve('unreachable'); return; }
            this.settle = resolve;
            this.socket.write(`POST ${target.pathname} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n`
                + `Content-Length: ${body.length}\r\n\r\n${body}`);
        });
    }
}

function note(body, answer) {
    const digest = createHash('sha256').update(body).digest('hex');
    const { seq, sha256, duplicate } = JSON.parse(answer.body);
    const known = tally.get(digest) ?? { seq, answers: 0 };
    if (sha256 !== digest || seq !== known.seq || duplicate !== known.answers > 0) {
        counts.wrong++;
        console.error(`payload ${digest}: ${answer.body.trim()}, but it was event ${known.seq}, with ${known.answers} answers`);
    }
    known.answers++;
    tally.set(digest, known);
    counts[duplicate ? 'repeated' : 'acknowledged']++;
}

async function client() {
    let connection = null;
    const attempt = async (body) => {
        if (!connection || connection.gone) {
            connection = new Connection();
            if (!await connection.open()) return 'unreachable';
        }
        return connection.request(body);
    };
    const deliver = async (body) => {
        for (let tries = 0; tries < 3000; tries++) {
            const answer = await attempt(body);
            if (answer.closes) { connection.socket.destroy(); connection = null; }
            if (answer.status === 200) { note(body, answer); return; }
            if (answer.status === 503) counts.refused++;
            else if (answer.status) counts.wrong++;
            else counts[answer]++;
            await pause(10);
        }
        counts.given_up++;
    };
    while (!stopping()) {
        const mine = number++;
        const body = JSON.stringify({ event: 'new-session', agent_id: `agent-${mine % 7}`, conversation: { id: `c-${mine % 97}` },
            messages: [{ role: 'user', content: `number ${mine} ${'x'.repeat(mine % 700)}` }] });
        await deliver(body);
        if (mine % 8 === 3) await deliver(body);
    }
    connection?.socket.destroy();
}

await Promise.all(Array.from({ length: Number(clients) }, client));
writeFileSync(tallyFile, [...tally].map(([digest, { seq, answers }]) => `${digest} ${seq} ${answers}\n`).join(''));
console.log(JSON.stringify(counts));
process.exit(counts.wrong + counts.given_up > 0 ? 1 : 0);
