// Events as they come: /v1/stream, taken up again where it broke, so that none is missed and none comes twice.
import { online, query } from './api.js';
import { end } from './session.js';
import { EventParser } from './sse.js';

const SILENCE_MS = 40000; // the daemon says something every 15 seconds: after this long the connection is dead
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 3000; // it is one machine that few people look at: soon back matters more than few attempts
const MAX_WAITING = 2000;
const HIDDEN_MS = 30000; // a tab that nobody looks at gives its connection back: a browser has six for one host

// follow({params, after, onEvents, onState}) gives onEvents arrays of events, at most one a frame, in the order of the
// trail. State: 'connecting', 'live', 'lost', 'refused'. Returns a function that ends it.
export function follow(options) {
    const stream = new Stream(options);
    stream.open();
    return () => stream.close();
}

class Stream {
    constructor({ params, after, onEvents, onState }) {
        this.params = params ?? {};
        this.last = after; // the seq up to which everything has been given; undefined: whatever comes from now on
        this.onEvents = onEvents;
        this.onState = onState ?? (() => {});
        this.wait = FIRST_WAIT_MS;
        this.waiting = [];
        this.closed = false;
        this.onVisibility = () => this.visibility();
        this.onOnline = () => this.again(0);
        document.addEventListener('visibilitychange', this.onVisibility);
        addEventListener('online', this.onOnline);
    }

    close() {
        this.closed = true;
        document.removeEventListener('visibilitychange', this.onVisibility);
        removeEventListener('online', this.onOnline);
        cancelAnimationFrame(this.frame);
        this.stop();
    }

    stop() {
        this.abort?.abort();
        this.abort = null;
        clearTimeout(this.retry);
        clearTimeout(this.silence);
    }

    visibility() {
        clearTimeout(this.hiding);
        if (document.hidden) this.hiding = setTimeout(() => { this.asleep = true; this.stop(); }, HIDDEN_MS);
        else if (this.asleep) this.again(0);
    }

    again(wait) {
        if (this.closed) return;
        this.asleep = false;
        this.stop();
        this.retry = setTimeout(() => this.open(), wait);
    }

    async open() {
        const abort = new AbortController();
        this.abort = abort;
        this.onState('connecting');
        try {
            await this.read(abort);
        } catch {
            // the network's error says no more than that it broke
        }
        if (this.closed || this.abort !== abort || this.refused) return;
        this.onState('lost');
        this.again(this.wait);
        this.wait = Math.min(this.wait * 2, MAX_WAIT_MS);
    }

    async read(abort) {
        const headers = { Accept: 'text/event-stream' };
        if (this.last !== undefined) headers['Last-Event-ID'] = String(this.last);
        this.heard(abort);
        const response = await fetch(`/v1/stream${query(this.params)}`,
            { headers, signal: abort.signal, credentials: 'same-origin', cache: 'no-store' });
        if (!response.ok) return this.refuse(response);
        online.set(true);
        this.onState('live');
        const parser = new EventParser((event) => this.take(event));
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        for (;;) {
            const { done, value } = await reader.read();
            if (done) return undefined;
            this.wait = FIRST_WAIT_MS;
            this.heard(abort);
            parser.push(value);
        }
    }

    // 401: the session is over. Another 4xx stays as it is however often one asks: the filter is at fault.
    refuse(response) {
        if (response.status === 401) end('expired');
        this.refused = response.status >= 400 && response.status < 500 && response.status !== 429;
        if (this.refused) this.onState('refused');
    }

    heard(abort) {
        clearTimeout(this.silence);
        this.silence = setTimeout(() => abort.abort(), SILENCE_MS);
    }

    take({ id, data }) {
        if (id === null) return; // none of the trail's
        this.last = Number(id);
        this.waiting.push(JSON.parse(data));
        if (this.waiting.length === 1) this.frame = requestAnimationFrame(() => this.give());
        if (this.waiting.length >= MAX_WAITING) this.give(); // a hidden tab has no frames
    }

    give() {
        cancelAnimationFrame(this.frame);
        const events = this.waiting;
        this.waiting = [];
        if (!this.closed) this.onEvents(events);
    }
}
