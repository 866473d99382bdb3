// Server-Sent Events taken apart (WHATWG HTML, 9.2.6), as far as /v1/stream uses them: `id`, `event`, `data`, comments.
// The browser's EventSource is no use here: it gives each type of event to a listener of that name only, and new types may
// come at any time; nor does it tell a session that has ended from a daemon that restarts.

const MAX_LINE = 4 << 20; // nothing that the daemon sends is near it: what is longer is none of its doing

export class EventParser {
    constructor(take) {
        this.take = take; // ({id, event, data})
        this.rest = '';
        this.clear();
    }

    clear() {
        this.event = { id: null, event: 'message', data: null };
    }

    push(text) {
        const lines = (this.rest + text).split('\n');
        this.rest = lines.pop();
        if (this.rest.length > MAX_LINE) throw new Error('a line of the stream is too long');
        for (const line of lines) this.line(line.endsWith('\r') ? line.slice(0, -1) : line);
    }

    line(line) {
        if (line === '') {
            if (this.event.data !== null) this.take(this.event);
            this.clear();
            return;
        }
        const colon = line.indexOf(':');
        if (colon === 0) return; // a comment: the daemon lives
        const field = colon < 0 ? line : line.slice(0, colon);
        const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
        if (field === 'data') this.event.data = this.event.data === null ? value : `${this.event.data}\n${value}`;
        else if (field === 'id' || field === 'event') this.event[field] = value;
    }
}
