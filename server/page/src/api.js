// The HTTP API: one function for every request, one kind of error.
import { readJson } from './json.js';
import { createStore } from './store.js';

// What went wrong, in the words of the daemon (RFC 9457) or, where nothing answered, in ours. Status 0: no answer.
export class Problem extends Error {
    constructor(status, title, detail, document = {}) {
        super(detail || title);
        this.status = status;
        this.title = title;
        this.detail = detail;
        this.document = document;
    }
}

export const isGone = (error) => error?.status === 404 || error?.status === 410; // never there, or erased

export const online = createStore(true); // whether the daemon answered last

const KNOCK_MS = 3000;

// Knocks until the daemon answers; what failed meanwhile is then asked for again (useLoad, usePages).
async function knock() {
    try {
        await fetch('/healthz', { credentials: 'omit', cache: 'no-store' });
        online.set(true);
    } catch {
        setTimeout(knock, KNOCK_MS);
    }
}

function lost() {
    if (!online.get()) return;
    online.set(false);
    setTimeout(knock, KNOCK_MS);
}

const hooks = { csrf: () => '', renew: async () => {}, unauthorized: () => {}, used: () => {} };

// The session plugs itself in here; the API knows no more of it.
export function configure(plugs) {
    Object.assign(hooks, plugs);
}

const MAX_WAIT_S = 3; // for a daemon that says Retry-After: longer than that is an error to be shown
const ATTEMPTS = 3;
const TIMEOUT_MS = 30000;

export function query(params) {
    const pairs = Object.entries(params ?? {}).filter(([, value]) => value !== undefined && value !== null && value !== '');
    return pairs.length ? `?${new URLSearchParams(pairs)}` : '';
}

// A member of a path. A half of a surrogate pair can be in a JSON string but in no address: it becomes U+FFFD.
export function segment(id) {
    return encodeURIComponent(String(id).toWellFormed());
}

async function problemOf(response) {
    let document = {};
    try {
        document = await response.json();
    } catch {
        // a proxy's page, or a body that was cut off
    }
    return new Problem(response.status, document.title || `The server answered ${response.status}`,
        document.detail || '', document);
}

const pause = (seconds) => new Promise((done) => { setTimeout(done, seconds * 1000); });

async function attempt(method, path, options, early) {
    const headers = { Accept: 'application/json, */*' };
    if (options.body !== undefined) headers['Content-Type'] = 'application/json';
    if (method !== 'GET') headers['X-CSRF-Token'] = hooks.csrf();
    const signals = [AbortSignal.timeout(TIMEOUT_MS)];
    if (options.signal) signals.push(options.signal);
    try {
        const response = await early ?? await fetch(path, {
            method,
            headers,
            body: options.body === undefined ? undefined : JSON.stringify(options.body),
            signal: AbortSignal.any(signals),
            credentials: 'same-origin',
            cache: 'no-store', // what people said is not left behind on whatever machine one signed in at
            redirect: 'error',
        });
        online.set(true);
        hooks.used();
        return response;
    } catch (error) {
        if (options.signal?.aborted) throw error;
        lost();
        throw new Problem(0, 'No connection', 'hooktraild does not answer. It is asked again as soon as it does.');
    }
}

// Only a reading request is repeated by itself: of another one nobody knows whether it was done.
async function patient(method, path, options) {
    for (let left = ATTEMPTS; ; left--) {
        const response = await attempt(method, path, options, left === ATTEMPTS ? options.early : null);
        const wait = Number(response.headers.get('Retry-After'));
        const busy = response.status === 503 || response.status === 429;
        if (method !== 'GET' || !busy || left <= 1 || !(wait <= MAX_WAIT_S)) return response;
        await pause(wait);
    }
}

export async function request(method, path, options = {}) {
    const response = await patient(method, path + query(options.params), options);
    if (response.status === 401 && !options.signsIn) hooks.unauthorized();
    if (!response.ok) {
        const problem = await problemOf(response);
        if (problem.document.pointer !== 'X-CSRF-Token' || options.renewed) throw problem;
        await hooks.renew(); // another tab has signed in since; nothing was done yet
        return request(method, path, { ...options, renewed: true });
    }
    if (options.as === 'bytes') return new Uint8Array(await response.arrayBuffer());
    if (options.as === 'text') return response.text();
    return response.status === 204 ? null : readJson(await response.text());
}

export const get = (path, options) => request('GET', path, options);
export const post = (path, options) => request('POST', path, options);
export const del = (path, options) => request('DELETE', path, options);
