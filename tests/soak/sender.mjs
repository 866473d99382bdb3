// Sends deliveries at a steady rate, as a sender does that keeps what is acknowledged: open loop, over kept-alive connections with
// one request at a time each.
import net from 'node:net';
import { createHash } from 'node:crypto';
import { delivery } from './deliveries.mjs';

const CONNECTIONS = 512, TICK_MS = 5;

export class Sender {
    constructor(hook, rate, most) {
        const { hostname, port, pathname } = new URL(hook);
        Object.assign(this, { host: hostname, port: Number(port), path: pathname, rate });
        this.seqs = new Uint32Array(most); // by number: the seq acknowledged
        this.digests = new BigUint64Array(most + 1); // by seq: the beginning of the digest acknowledged
        this.sent = this.answered = this.bytes = this.repeats = this.refused = this.broken = this.reconnections = 0;
        this.retries = [];
        this.faults = [];
        this.idle = [];
        for (let n = 0; n < CONNECTIONS; n++) this.connect();
    }

    get due() { return this.last ?? Math.min(Math.floor((performance.now() - this.begin) / 1000 * this.rate), this.seqs.length); }

    start() {
        this.begin = performance.now();
        this.timer = setInterval(() => this.pump(), TICK_MS);
    }

    // Resolves when all that was due has been answered.
    async stop() {
        this.last = this.due;
        while (this.answered < this.last) await new Promise((resolve) => setTimeout(resolve, 20));
        clearInterval(this.timer);
    }

    fault(what) { if (this.faults.push(what) > 20) this.faults.pop(); }

    connect() {
        const socket = net.connect({ host: this.host, port: this.port, noDelay: true });
        const line = { socket, text: '', job: null };
        socket.setEncoding('latin1');
        socket.on('connect', () => { this.idle.push(line); this.pump(); });
        socket.on('data', (part) => this.take(line, part));
        socket.on('error', (error) => this.fault(`connection: ${error.message}`));
        socket.on('close', () => this.lose(line));
    }

    // What had no answer is sent again.
    lose(line) {
        if (line.job) this.retries.push(line.job.number);
        line.job = null;
        this.idle = this.idle.filter((other) => other !== line);
        this.reconnections++;
        if (!this.ended) this.connect();
    }

    pump() {
        while (this.idle.length && (this.retries.length || this.sent < this.due)) {
            this.send(this.idle.pop(), this.retries.length ? this.retries.pop() : this.sent++);
        }
    }

    send(line, number) {
        const job = { number, ...delivery(number) };
        line.job = job;
        this.bytes += job.body.length;
        line.socket.write(Buffer.concat([Buffer.from(`POST ${this.path} HTTP/1.1\r\nHost: soak\r\nContent-Type: application/json\r\nContent-Length: ${job.body.length}\r\n\r\n`), job.body]));
    }

    take(line, part) {
        line.text += part;
        const end = line.text.indexOf('\r\n\r\n');
        if (end < 0) return;
        const head = line.text.slice(0, end), size = Number(/content-length: (\d+)/i.exec(head)?.[1]);
        if (line.text.length < end + 4 + size) return;
        const body = line.text.slice(end + 4), job = line.job;
        line.text = '';
        line.job = null;
        this.judge(job, Number(head.slice(9, 12)), body);
        if (/^connection: close/im.test(head)) { line.socket.end(); return; }
        this.idle.push(line);
        this.pump();
    }

    judge(job, status, body) {
        if (status === 503) {
            this.refused++;
            setTimeout(() => { this.retries.push(job.number); this.pump(); }, 200);
            return;
        }
        this.answered++;
        if (job.broken && status === 400) { this.broken++; return; }
        if (job.broken || status !== 200) { this.fault(`${status} to ${job.number}: ${body}`); return; }
        this.acknowledge(job, JSON.parse(body));
    }

    acknowledge(job, answer) {
        const digest = createHash('sha256').update(job.body).digest();
        if (answer.sha256 !== digest.toString('hex')) this.fault(`another digest to ${job.number}`);
        const known = this.seqs[job.of];
        if (known && known !== answer.seq) this.fault(`${job.of} was ${known}, is ${answer.seq}`);
        if (answer.duplicate) this.repeats++;
        this.seqs[job.of] = answer.seq;
        this.digests[answer.seq] = digest.readBigUInt64BE();
    }

    end() {
        this.ended = true;
        for (const line of this.idle) line.socket.destroy();
    }
}
