// generate.mjs: JSON texts by a seed, some valid, most with a fault or two: generator(seed) gives a function that
// returns the next one as bytes.

// sfc32 (Doty-Humphrey, PractRand).
function random(seed) {
    let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162, seed >>> 0];
    const next = () => {
        const t = (((a + b) | 0) + d) | 0;
        d = (d + 1) | 0;
        a = b ^ (b >>> 9);
        b = (c + (c << 3)) | 0;
        c = ((c << 21) | (c >>> 11)) + t | 0;
        return t >>> 0;
    };
    for (let i = 0; i < 15; i++) next();
    return next;
}

const bytes = (...list) => Buffer.from(list);
const utf8Faults = [
    bytes(0x80), bytes(0xbf), bytes(0xc0, 0xaf), bytes(0xc1, 0xbf), bytes(0xc3), bytes(0xdf, 0x7f), bytes(0xe0, 0x80, 0x80),
    bytes(0xe0, 0x9f, 0xbf), bytes(0xe2, 0x82), bytes(0xe2), bytes(0xed, 0xa0, 0x80), bytes(0xed, 0xbf, 0xbf), bytes(0xf0, 0x9f, 0x98),
    bytes(0xf0, 0x9f), bytes(0xf0), bytes(0xf0, 0x8f, 0xbf, 0xbf), bytes(0xf4, 0x90, 0x80, 0x80), bytes(0xf5, 0x80, 0x80, 0x80),
    bytes(0xf8, 0x88, 0x80, 0x80, 0x80), bytes(0xfe), bytes(0xff), bytes(0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80), bytes(0xef, 0xbb),
];
const tokens = [
    '{', '}', '[', ']', ',', ':', '"', '\\', '0', '1', '-', '+', '.', 'e', 'E', 'true', 'false', 'null', 'tru', 'nul', '""', '\\"', '\\u',
    '\\ud800', '\\udc00', '\\ud83d\\ude00', '\\u0000', ' ', '\n', '\t', '\r', '\0', '\x01', '\x1f', '\x7f', '//', '/*', "'", '\ufeff',
    '\u00a0', '\u2028', 'é', '€', '😀', '01', '-0', '1.', '.5', '1e', 'NaN', '{}', '[]', '"a":1', ',"a":2', '"a"',
].map((text) => Buffer.from(text));
const keys = ['a', 'b', 'id', '', '\\u0061', '\\u0062', 'lead', 'é', '\\u00e9', '😀', '\\ud83d\\ude00', '__proto__', 'a\\u0000', '/', '\\/'];

export function generator(seed) {
    const next = random(seed);
    const below = (limit) => next() % limit;
    const pick = (list) => list[below(list.length)];
    const space = () => (below(5) ? '' : pick([' ', '\n', '\t', '\r', '\r\n ', '  ']));
    const digits = (most) => Array.from({ length: 1 + below(most) }, () => below(10)).join('');
    const codeUnit = () => `\\u${below(0x10000).toString(16).padStart(4, '0')}`;

    function number() {
        let text = below(3) ? '' : '-';
        text += below(4) ? `${1 + below(9)}${below(2) ? digits(20) : ''}` : '0';
        if (below(3) === 0) text += `.${digits(24)}`;
        if (below(3) === 0) text += pick(['e', 'E']) + pick(['', '+', '-']) + digits(below(9) ? 3 : 12);
        return text;
    }

    function character() {
        switch (below(10)) {
            case 0: return pick(['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t']);
            case 1: return below(8) ? `\\u${below(0xd800).toString(16).padStart(4, '0')}` : codeUnit(); // at times half a pair
            case 2: return `\\ud${(0x800 + below(0x400)).toString(16)}\\uD${(0xc00 + below(0x400)).toString(16)}`;
            case 3: return String.fromCodePoint(0x80 + below(0x780));
            case 4: return String.fromCodePoint(pick([0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x2028, 0xfeff, 0x800 + below(0xc000)]));
            case 5: return String.fromCodePoint(0x10000 + below(0x100000));
            default: return pick(['a', 'z', '0', ' ', '{', ']', ',', ':', "'", '/', '\x7f', 'plain text that goes on for a while']);
        }
    }

    const string = () => `"${Array.from({ length: below(8) }, character).join('')}"`;
    const key = (i) => (below(2) ? `"${i}${pick(keys)}"` : below(4) ? `"${pick(keys)}"` : string());

    function value(depth) {
        const kind = below(depth > 0 ? 9 : 6);
        if (kind < 2) return string();
        if (kind < 4) return number();
        if (kind < 6) return pick(['true', 'false', 'null', '{}', '[]', '""']);
        const object = kind === 8 || below(2) === 0;
        const items = Array.from({ length: below(6) }, (_, i) =>
            `${space()}${object ? `${key(i)}${space()}:${space()}` : ''}${value(depth - 1)}${space()}`);
        return object ? `{${items.join(',')}${space()}}` : `[${items.join(',')}${space()}]`;
    }

    // About as deep as is allowed, or a bit deeper.
    function deep() {
        const levels = Array.from({ length: 58 + below(9) }, () => pick([['[', ']'], ['{"a":', '}'], ['[0,', ',1]'], [' { "b" : ', ' } ']]));
        return levels.map(([open]) => open).join('') + value(1) + levels.reverse().map(([, close]) => close).join('');
    }

    function mutate(text) {
        const at = below(text.length + 1);
        const until = Math.min(text.length, at + 1 + below(below(4) ? 3 : text.length + 1));
        const put = (what, to = at) => Buffer.concat([text.subarray(0, at), what, text.subarray(to)]);
        switch (below(11)) {
            case 0: return put(bytes(below(256)), at + 1);
            case 1: return put(bytes((text[at] ?? 0) ^ (1 << below(8))), at + 1);
            case 2: return put(pick(tokens));
            case 3: return put(pick(tokens), until);
            case 4: return put(Buffer.alloc(0), until);
            case 5: return put(text.subarray(at, until));
            case 6: return text.subarray(0, at);
            case 7: return text.subarray(at);
            case 8: return put(pick(utf8Faults));
            case 9: return put(Buffer.from(pick([number(), string(), character(), codeUnit(), value(1)])), until);
            default: return Buffer.concat([pick([Buffer.from('\ufeff'), Buffer.from(' '), pick(tokens)]), text, below(2) ? pick(tokens) : Buffer.alloc(0)]);
        }
    }

    return () => {
        const kind = below(40);
        if (kind === 0) return Buffer.from(Array.from({ length: 1 + below(4) }, () => (below(2) ? below(256) : pick(tokens)[0])));
        let text = Buffer.from(`${space()}${kind < 4 ? deep() : value(below(5))}${space()}`);
        for (let faults = pick([0, 1, 1, 1, 2, 3]); faults > 0; faults--) text = mutate(text);
        return text;
    };
}
