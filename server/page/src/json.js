// JSON as it was received: taken apart without changing a digit, an escape or the order of what is in it, as JSON.parse
// would. A node is {kind, raw} for scalars, {kind, items: [{key, node}]} for 'object' and 'array'; `raw` and `key` are
// the very characters of the text.

const MAX_DEPTH = 256; // the daemon takes 64
const SPACE = /[ \t\r\n]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const SCALAR = /-?[0-9][0-9.eE+-]*|true|false|null/y;

export function parseJson(text) {
    const reader = new Reader(text);
    const node = reader.value(0);
    reader.skip();
    if (reader.at !== text.length) reader.fail();
    return node;
}

class Reader {
    constructor(text) {
        this.text = text;
        this.at = 0;
    }

    fail() {
        throw new SyntaxError(`not JSON at ${this.at}`);
    }

    match(pattern) {
        pattern.lastIndex = this.at;
        const match = pattern.exec(this.text);
        if (!match) this.fail();
        this.at += match[0].length;
        return match[0];
    }

    skip() {
        this.match(SPACE);
    }

    take(char) {
        if (this.text[this.at] !== char) return false;
        this.at++;
        return true;
    }

    value(depth) {
        if (depth > MAX_DEPTH) this.fail();
        this.skip();
        if (this.take('{')) return this.container('object', '}', depth);
        if (this.take('[')) return this.container('array', ']', depth);
        if (this.text[this.at] === '"') return { kind: 'string', raw: this.match(STRING) };
        const raw = this.match(SCALAR);
        return { kind: /[-0-9]/.test(raw[0]) ? 'number' : 'word', raw };
    }

    container(kind, end, depth) {
        const items = [];
        this.skip();
        if (this.take(end)) return { kind, items };
        for (;;) {
            items.push(this.item(kind, depth));
            this.skip();
            if (this.take(end)) return { kind, items };
            if (!this.take(',')) this.fail();
        }
    }

    item(kind, depth) {
        if (kind === 'array') return { key: null, node: this.value(depth + 1) };
        this.skip();
        const key = this.match(STRING);
        this.skip();
        if (!this.take(':')) this.fail();
        return { key, node: this.value(depth + 1) };
    }
}

// The same, indented.
export function prettyJson(node, indent = '') {
    if (!node.items) return node.raw;
    const [open, close] = node.kind === 'object' ? '{}' : '[]';
    if (node.items.length === 0) return open + close;
    const inner = `${indent}  `;
    const lines = node.items.map(({ key, node: child }) => `${inner}${key === null ? '' : `${key}: `}${prettyJson(child, inner)}`);
    return `${open}\n${lines.join(',\n')}\n${indent}${close}`;
}

// A number of more digits than JavaScript's have: as it was received wherever it is shown, or made JSON of again.
class LongNumber {
    constructor(source) {
        this.source = source;
    }

    toString() {
        return this.source;
    }

    toJSON() {
        return JSON.rawJSON(this.source);
    }
}

const SAFE_DIGITS = 15;
const MAYBE_LONG = /[:,[]\s*-?\d(?:[\d.e+-]{15}|[\d.]*e\+?\d{3})/i;

const isKept = (value, source) => String(value) === source || (source.length <= SAFE_DIGITS && Number.isFinite(value));

// A browser that does not tell what a value was read from has it as JSON.parse makes it.
function keepDigits(key, value, context) {
    if (typeof value !== 'number' || !context?.source || isKept(value, context.source)) return value;
    return new LongNumber(context.source);
}

// JSON.parse for what comes from the daemon; as quick as that unless there may be such a number.
export const readJson = (text) => MAYBE_LONG.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
