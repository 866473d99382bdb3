// A timeline made ready to be drawn as a chat: which items begin a day, which go on where the same person spoke before.
import { dayKey, formatClock, formatDay, typeWords, zone } from './format.js';
import { fullName } from './profile.js';

const TOGETHER_MS = 5 * 60 * 1000;
export const CHUNK = 40; // items that are drawn, and skipped, together

const ROLES = {
    user: ['visitor', 'Visitor'], visitor: ['visitor', 'Visitor'], customer: ['visitor', 'Visitor'], lead: ['visitor', 'Visitor'],
    assistant: ['assistant', 'Assistant'], ai: ['assistant', 'Assistant'], bot: ['assistant', 'Assistant'],
    agent: ['human', 'Agent'], human: ['human', 'Agent'], operator: ['human', 'Agent'], staff: ['human', 'Agent'],
    system: ['system', 'System'], tool: ['system', 'Tool'],
};

// Which side somebody is on, and what they are called. Which roles there are is not documented: others are named as they are.
export function roleOf(role) {
    if (typeof role !== 'string' || role === '') return { side: 'other', name: 'Unknown' };
    const key = role.toLowerCase();
    const [side, name] = Object.hasOwn(ROLES, key) ? ROLES[key] : ['other', role];
    return { side, name };
}

const inLine = (name) => name?.replace(/\s+/gu, ' ');

// What those who speak are called, by their side: the agent by its name, the visitor by the one that was left last, unless
// that is the agent's.
export function namesOf(conversation, items) {
    const assistant = inLine(conversation?.agent_name);
    const visitor = inLine(fullName(items.findLast(({ fields }) => fullName(fields))?.fields));
    return { assistant, visitor: visitor?.toLowerCase() === assistant?.toLowerCase() ? undefined : visitor };
}

// The side that somebody is on, and what to call them where `names` is that of the conversation.
export function speakerOf(role, names) {
    const { side, name } = roleOf(role);
    return { side, name: names[side] || name };
}

function isContinued(before, item) {
    return before?.kind === 'message' && item.kind === 'message' && before.role === item.role
        && Date.parse(item.at) - Date.parse(before.at) < TOGETHER_MS;
}

const isSame = (a, b) => a.length === b.length && a.every((item, at) => item === b[at]);

// Chunks of {item, day, goesOn}: `day` is a time where a new one begins in the zone that is shown. Chunks of which nothing
// changed stay the same objects, so that they are not drawn again when more comes.
export function arrange(items, before = []) {
    const chunks = [];
    let day = 0;
    for (let from = 0; from < items.length; from += CHUNK) {
        const part = items.slice(from, from + CHUNK);
        const old = before[chunks.length];
        const dayBefore = day;
        for (const item of part) if (item.at) day = dayKey(item.at);
        const same = old?.zone === zone.get() && old.dayBefore === dayBefore && isSame(old.items, part);
        chunks.push(same ? old : { items: part, zone: zone.get(), dayBefore, rows: rowsOf(part, items[from - 1], dayBefore) });
    }
    return chunks;
}

function rowsOf(part, previous, day) {
    return part.map((item) => {
        const key = item.at ? dayKey(item.at) : day;
        const row = { item, day: key !== day && item.at, goesOn: key === day && isContinued(previous, item) };
        day = key;
        previous = item;
        return row;
    });
}

const sameItem = (a, b) => JSON.stringify(a) === JSON.stringify(b);

// What was shown, with what is there now: items that stayed the same remain the same objects.
export function reconcile(before, now) {
    return now.map((item, at) => before[at] && (before[at] === item || sameItem(before[at], item)) ? before[at] : item);
}

const marksOf = (item) => ['edited', 'removed', 'derived'].filter((mark) => item[mark]).map((mark) => ` (${mark})`).join('');

function happened({ type, fields, reason }) {
    const told = [fullName(fields), fields?.email, reason].filter((part) => typeof part === 'string' && part !== '');
    return typeWords(type) + (told.length ? `: ${told.join(', ')}` : '');
}

// What goes on in another line stands behind where lines begin, so that nobody can write a line of somebody else's.
const indented = (text) => text.replace(/\r\n?|[\n\u0085\u2028\u2029]/g, '\n       ');

// As text, for a mail or a ticket, as the command line has it: the days, who said what, and what happened beside it.
export function transcript(items, names) {
    const lines = rowsOf(items).flatMap(({ item, day }) => {
        const words = item.kind === 'message' ? `${inLine(speakerOf(item.role, names).name)}: ${item.content ?? ''}` : `-- ${happened(item)} --`;
        const line = indented((item.at ? `${formatClock(item.at)}  ` : '') + words + marksOf(item));
        return day ? ['', `---- ${formatDay(day)} ----`, '', line] : [line];
    });
    return `${lines.join('\n').trim()}\n`;
}
