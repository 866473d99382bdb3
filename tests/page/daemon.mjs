// The program under test: hooktraild and hooktrail on one data directory. A daemon that begins again has the address of before.
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

const READY_MS = 20000;

export class Daemon {
    constructor(folder) {
        this.folder = folder;
        this.data = path.join(folder, 'data');
        this.port = 0;
        this.log = '';
        this.out = process.env.HOOKTRAIL_OUT ?? 'build/release';
        mkdirSync(folder, { recursive: true });
    }

    init() {
        const { endpoint, token } = JSON.parse(this.cli('init', '--json'));
        Object.assign(this, { endpoint, token });
    }

    cli(...args) {
        return execFileSync(path.join(this.out, 'hooktrail'), [...args, '--data', this.data],
            { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
    }

    addToken(name, scope) {
        return JSON.parse(this.cli('token', 'add', '--name', name, '--scope', scope, '--json')).token;
    }

    // settings: {session_idle: '2s'}; env: for libfaketime
    async start(settings = {}, env = {}) {
        const options = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
        this.child = spawn(path.join(this.out, 'hooktraild'), ['--data', this.data, '--listen', `127.0.0.1:${this.port}`, ...options],
            { env: { ...process.env, ...env }, stdio: ['ignore', 'ignore', 'pipe'] });
        this.ended = new Promise((done) => { this.child.once('exit', done); });
        process.once('exit', this.kill = () => this.child.kill('SIGKILL'));
        this.url = await this.#ready();
        this.port = Number(new URL(this.url).port);
        this.hook = this.url + this.endpoint;
    }

    #ready() {
        return new Promise((done, fail) => {
            let text = '';
            const timer = setTimeout(() => fail(new Error(`hooktraild is not ready: ${text}`)), READY_MS);
            this.child.once('exit', () => fail(new Error(`hooktraild ended: ${text}`)));
            this.child.stderr.setEncoding('utf8').on('data', (part) => {
                text += part;
                this.log = (this.log + part).slice(-20000);
                const url = /listening on (http\S+)/.exec(text)?.[1];
                if (!url) return;
                clearTimeout(timer);
                done(url);
            });
        });
    }

    // Gives its exit status, or the signal that ended it.
    async stop(signal = 'SIGTERM') {
        const { child } = this;
        process.off('exit', this.kill);
        child.kill(signal);
        await this.ended;
        return child.exitCode ?? child.signalCode;
    }

    // Delivers an object, or a body as it is; gives the answer's document, with its status.
    async post(payload, { suffix = '', headers = {}, hook = this.hook } = {}) {
        const body = typeof payload === 'string' || payload instanceof Uint8Array ? payload : JSON.stringify(payload);
        const response = await fetch(hook + suffix, { method: 'POST', headers: { 'Content-Type': 'application/json', ...headers }, body });
        return { code: response.status, ...await response.json().catch(() => ({})) };
    }

    async get(place, token = this.token) {
        const response = await fetch(this.url + place, { headers: { Authorization: `Bearer ${token}` } });
        return response.json();
    }
}
