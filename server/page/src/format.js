// Times, numbers and words as people read them.
import { createSetting } from './store.js';

export const zone = createSetting('zone', 'local'); // 'local' or 'UTC'

const formats = new Map();

function format(kind, options) {
    const key = `${zone.get()} ${kind}`;
    if (!formats.has(key)) {
        const timeZone = zone.get() === 'UTC' ? 'UTC' : undefined;
        formats.set(key, new Intl.DateTimeFormat('en-GB', { timeZone, ...options }));
    }
    return formats.get(key);
}

const DAY = { year: 'numeric', month: 'short', day: 'numeric' };
const CLOCK = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' };

const shown = (at, kind, options) => {
    const time = Date.parse(at);
    return Number.isNaN(time) ? String(at ?? '') : format(kind, options).format(time);
};

export const formatDay = (at) => shown(at, 'day', { weekday: 'long', ...DAY });
export const formatDate = (day) => shown(day, 'date', { ...DAY, timeZone: 'UTC' }); // '2026-11-01': a day of the statistics, which go by UTC
export const formatClock = (at) => shown(at, 'clock', CLOCK);
export const formatSecond = (at) => shown(at, 'second', { ...CLOCK, second: '2-digit' });
export const formatShort = (at) => shown(at, 'short', { month: 'short', day: 'numeric', ...CLOCK });
export const formatFull = (at) => shown(at, 'full', { ...DAY, ...CLOCK, second: '2-digit', timeZoneName: 'short' });

// One for each day of the zone; without Intl, which is slow for thousands of messages.
export function dayKey(at) {
    const date = new Date(at);
    if (zone.get() === 'UTC') return Math.floor(date.getTime() / 86400000);
    return (date.getFullYear() * 12 + date.getMonth()) * 31 + date.getDate();
}

const STEPS = [[60, 1, 's'], [3600, 60, 'min'], [86400, 3600, 'h'], [86400 * 60, 86400, 'd'],
    [86400 * 730, 86400 * 30.44, 'mo'], [Infinity, 86400 * 365.25, 'y']];

// '3 min', '5 d': the age of something that was at that time.
export function formatAge(at, now = Date.now()) {
    const seconds = Math.max(0, (now - Date.parse(at)) / 1000);
    if (Number.isNaN(seconds)) return '';
    const [, unit, name] = STEPS.find(([limit]) => seconds < limit);
    return `${Math.floor(seconds / unit)} ${name}`;
}

const numbers = new Intl.NumberFormat('en-GB');
export const formatNumber = (value) => numbers.format(value);

// 1 event, 1,204 events
export const count = (value, one, many = `${one}s`) => `${formatNumber(value)} ${value === 1 ? one : many}`;

export function formatBytes(size) {
    if (size < 1024) return `${size} B`;
    const units = ['KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
    let value = size / 1024;
    let unit = 0;
    while (value >= 1024 && unit < units.length - 1) {
        value /= 1024;
        unit++;
    }
    return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

// A type's name as words: 'new-contact' is 'New contact'.
export function typeWords(type) {
    const words = String(type).replaceAll('-', ' ');
    return words.charAt(0).toUpperCase() + words.slice(1);
}

// ---- what can't be seen ----

// Control and format characters, joiners, variation selectors, blanks that aren't a space: two ids that look alike may
// differ in one of them.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/gu;

// The text in pieces: {text} as it is, {code} 'U+202E' for a character that one would not see. In what is shown by the
// line (`lines`) the ends of lines and tabs are seen.
export function revealed(text, lines = false) {
    const pieces = [];
    let from = 0;
    for (const match of text.matchAll(UNSEEN)) {
        if (lines && (match[0] === '\n' || match[0] === '\t')) continue;
        if (match.index > from) pieces.push({ text: text.slice(from, match.index) });
        const point = match[0].codePointAt(0).toString(16).toUpperCase();
        pieces.push({ code: `U+${point.padStart(4, '0')}` });
        from = match.index + match[0].length;
    }
    if (from < text.length) pieces.push({ text: text.slice(from) });
    return pieces;
}

// As plain text, for where there are no elements: the title of a window.
export const revealedText = (text) => revealed(String(text))
    .map((piece) => piece.code ? `<${piece.code}>` : piece.text).join('');

const PLAIN = /^[ -~]*$/; // most of what is shown: then the long list of classes is not gone through

export const hasUnseen = (text) => !PLAIN.test(text) && text.search(UNSEEN) >= 0;

export function setTitle(words, id) {
    document.title = `${id === undefined ? words : `${words} ${revealedText(id)}`} · hooktrail`;
}
