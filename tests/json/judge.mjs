// judge.mjs: an opinion on JSON texts that owes nothing to store/json_scan.c. JSON.parse decides what is JSON and where
// a fault lies; the rest is ours: UTF-8 by its table (Unicode 15, table 3-7) and, against it, by Node; and what
// hooktrail refuses beyond RFC 8259: duplicate keys, lone surrogates, more than 64 levels or 131,072 keys and values.
import { isUtf8 } from 'node:buffer';

const MAX_DEPTH = 64;
const MAX_NODES = 131072;
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

// Lead bytes: how many follow, and the range of the first that does.
function follow(lead) {
    if (lead >= 0xc2 && lead <= 0xdf) return [1, 0x80, 0xbf];
    if (lead >= 0xe0 && lead <= 0xef) return [2, lead === 0xe0 ? 0xa0 : 0x80, lead === 0xed ? 0x9f : 0xbf];
    if (lead >= 0xf0 && lead <= 0xf4) return [3, lead === 0xf0 ? 0x90 : 0x80, lead === 0xf4 ? 0x8f : 0xbf];
    return null;
}

// Where the first malformed sequence begins, and its first byte that can't stand there; null if there is none.
function malformed(bytes) {
    for (let at = 0; at < bytes.length; ) {
        const start = at;
        if (bytes[at] < 0x80) { at++; continue; }
        const expected = follow(bytes[at]);
        if (!expected) return { start, fault: at };
        let [left, low, high] = expected;
        for (at++; left > 0; left--, at++, low = 0x80, high = 0xbf) {
            if (!(bytes[at] >= low && bytes[at] <= high)) return { start, fault: at };
        }
    }
    return null;
}

const hex = (text) => /^[0-9a-fA-F]*$/.test(text);

// In the string that begins at `quote`, up to `end`: the position of a lone surrogate's fault (-1: none) and of the
// closing quote (-1: it isn't there).
function walkString(text, quote, end) {
    let awaits = false; // the second half of a pair
    for (let at = quote + 1; at < end; at++) {
        const c = text[at];
        if (awaits && c !== '\\') return { fault: at, close: -1 };
        if (c === '"') return { fault: -1, close: at };
        if (c !== '\\') continue;
        if (++at >= end) break;
        if (awaits && text[at] !== 'u') return { fault: at, close: -1 };
        if (text[at] !== 'u') continue;
        const digits = text.slice(at + 1, Math.min(at + 5, end));
        if (!hex(digits)) break; // JSON.parse has said so
        if (awaits && digits.length > 0 && !/^d/i.test(digits)) return { fault: at + 1, close: -1 };
        if (awaits && digits.length > 1 && !/^d[c-f]/i.test(digits)) return { fault: at + 2, close: -1 };
        if (!awaits && /^d[c-f]/i.test(digits)) return { fault: at + 2, close: -1 };
        awaits = !awaits && /^d[89ab]..$/i.test(digits);
        at += digits.length;
    }
    return { fault: -1, close: -1 };
}

// The first thing in text[0, end), well-formed so far, that JSON allows and hooktrail doesn't; null if there is none.
function beyondJson(text, end) {
    const open = []; // a Set of keys for an object, null for an array
    let nodes = 0;
    let wantsKey = false;
    for (let at = 0; at < end; at++) {
        const c = text[at];
        if (c === ' ' || c === '\t' || c === '\n' || c === '\r' || c === ':') continue;
        if (c === ']' || c === '}') { open.pop(); wantsKey = false; continue; }
        if (c === ',') { wantsKey = open[open.length - 1] !== null; continue; }
        if ((c === '[' || c === '{') && open.length === MAX_DEPTH) return { why: 'depth', at };
        if (++nodes > MAX_NODES) return { why: 'nodes', at };
        if (c === '[' || c === '{') {
            open.push(c === '{' ? new Set() : null);
            wantsKey = c === '{';
        } else if (c === '"') {
            const { fault, close } = walkString(text, at, end);
            if (fault >= 0) return { why: 'surrogate', at: fault };
            if (close < 0) return null;
            if (wantsKey) {
                const key = JSON.parse(text.slice(at, close + 1));
                const keys = open[open.length - 1];
                if (keys.has(key)) return { why: 'duplicate', at: at + 1 };
                keys.add(key);
                wantsKey = false;
            }
            at = close;
        } else {
            while (at + 1 < end && /[-+.\w]/.test(text[at + 1])) at++;
        }
    }
    return null;
}

// Where JSON.parse sees the fault: {at}, or {token} where it names no more than the character; null if there is none.
function parse(text) {
    try {
        JSON.parse(text);
        return null;
    } catch (error) {
        const position = / position (\d+)/.exec(error.message);
        if (position) return { at: Number(position[1]), message: error.message };
        if (error.message === 'Unexpected end of JSON input') return { at: text.length, message: error.message };
        // "NaN", "undefined" and "[object Object]" have a message of their own.
        if (error.message === `"${text}" is not valid JSON`)
            return { at: text[0] === '[' ? 1 : 0, message: error.message };
        const token = /^Unexpected token '(.)'/su.exec(error.message);
        if (!token) throw new Error(`not understood: ${error.message}`);
        return { token: token[1], message: error.message };
    }
}

// JSON.parse sometimes names the character alone. Then the fault is where text up to there could go on and the character
// is the one: of these the last one that it could mean.
function locate(text, fault) {
    if (fault.at !== undefined) return fault.at;
    for (let at = text.indexOf(fault.token); at >= 0; at = text.indexOf(fault.token, at + 1)) {
        const before = parse(text.slice(0, at));
        const upTo = parse(text.slice(0, at + fault.token.length));
        if ((!before || before.at === at) && upTo && upTo.at !== at + fault.token.length) return at;
    }
    throw new Error(`no place for ${fault.message}`);
}

const bytesBefore = (text, at) => Buffer.byteLength(text.slice(0, at));

function judgeText(text) {
    const fault = parse(text);
    const at = fault ? locate(text, fault) : text.length;
    const beyond = beyondJson(text, at);
    if (beyond) return { valid: false, why: beyond.why, offset: bytesBefore(text, beyond.at) };
    if (!fault) return { valid: true, why: 'valid', offset: 0 };
    return { valid: false, why: 'syntax', offset: bytesBefore(text, at), message: fault.message };
}

// {valid, why, offset}: `why` is valid, syntax, utf8, or what is beyond JSON.
export function judge(bytes) {
    const bad = malformed(bytes);
    if ((bad === null) !== isUtf8(bytes)) throw new Error(`Node sees other UTF-8 in ${bytes.toString('hex')}`);
    if (!bad) return judgeText(decoder.decode(bytes));
    // Up to the malformed sequence, and a character in its stead: in a string that alone is no fault.
    const verdict = judgeText(`${decoder.decode(bytes.subarray(0, bad.start))}\ufffd`);
    if (!/^Unterminated string/.test(verdict.message)) return verdict;
    return { valid: false, why: 'utf8', offset: bad.fault };
}
