// Readers of every kind that are started and killed with SIGKILL at random: the tool beside the daemon, and clients of the API.
// Some are never read from, or slowly. They come in waves: what a killed one leaves must be found without another reader's help.
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { conversationOf, conversationId, hasLead, leadId } from './deliveries.mjs';

const MOST = 6, EVERY_MS = 400, LIFE_MS = 700, LONGEST_MS = 5000;
const one = (list) => list[Math.floor(Math.random() * list.length)];

export class Readers {
    // wave, pause: seconds.
    constructor({ hooktrail, data, url, headers, scratch, sender, wave, pause }) {
        Object.assign(this, { hooktrail, data, url, headers, scratch, sender, wave, pause });
        this.alive = new Set();
        this.started = this.killed = this.ended = 0;
        this.failures = [];
    }

    recent() { return Math.max(0, this.sender.sent - 100 - Math.floor(Math.random() * 20000)); }
    anywhere() { return Math.floor(Math.random() * this.sender.sent * 0.9); }
    lead() {
        let conversation = conversationOf(this.recent());
        while (!hasLead(conversation)) conversation++;
        return leadId(conversation);
    }
    tool(...words) { return [this.hooktrail, ...words, '--data', this.data]; }
    client(path, ...words) { return ['curl', '-sN', '-H', `@${this.headers}`, ...words, this.url + path]; }

    choose() {
        const conversation = () => conversationId(conversationOf(this.recent()));
        return one([
            () => this.tool('events', '--order', 'asc', '--after', String(this.anywhere())),
            () => this.tool('events'),
            () => this.tool('events', '--agent', `agent-${this.anywhere() % 20}`),
            () => this.tool('events', '--follow', '--after', String(this.recent())),
            () => this.tool('events', '--follow'),
            () => this.tool('timeline', conversation()),
            () => this.tool('history', this.lead()),
            () => this.tool('stats'),
            () => this.tool('export', '--format', 'ndjson', '--to', `${this.scratch}/export-${this.started}`),
            () => this.client(`/v1/events?limit=[900-1000]&after=${this.anywhere()}&order=asc`),
            () => this.client(`/v1/conversations?limit=[900-1000]`),
            () => this.client(`/v1/conversations/${conversation()}?limit=[1-1000]`),
            () => this.client('/v1/stream'),
            () => this.client(`/v1/stream?after=${this.anywhere()}`),
            () => this.client(`/v1/stream?after=${this.anywhere()}`, '--limit-rate', '1k'),
        ])();
    }

    begin() {
        const words = this.choose();
        const stalled = Math.random() < 0.3;
        const number = this.started++;
        const child = spawn('nice', ['-n', '10', ...words], { stdio: ['ignore', stalled ? 'pipe' : 'ignore', 'ignore'] });
        this.alive.add(child);
        const life = Math.min(LONGEST_MS, -Math.log(1 - Math.random()) * LIFE_MS);
        const timer = setTimeout(() => child.kill('SIGKILL'), life);
        child.on('exit', (code, signal) => {
            clearTimeout(timer);
            this.alive.delete(child);
            if (signal === 'SIGKILL') this.killed++;
            else if (code === 0 || code === 3) this.ended++; // 3: not yet in the index, or a lead that has none
            else this.failures.push(`${words.slice(1).join(' ')}: ${code ?? signal}`);
            rmSync(`${this.scratch}/export-${number}`, { recursive: true, force: true });
        });
    }

    start() {
        this.since = performance.now();
        this.timer = setInterval(() => {
            const phase = ((performance.now() - this.since) / 1000) % (this.wave + this.pause);
            if (phase < this.wave && this.alive.size < MOST) this.begin();
        }, EVERY_MS);
    }

    async stop() {
        clearInterval(this.timer);
        while (this.alive.size) {
            for (const child of this.alive) child.kill('SIGKILL');
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    }
}
