// Small pieces that show one fact: an id, a time, a type.
import { html, useEffect, useState } from './dom.js';
import { formatAge, formatFull, hasUnseen, revealed, typeWords, zone } from './format.js';
import { paths } from './router.js';
import { createStore, useStore } from './store.js';

// ---- text ----

// Where identity matters (ids, addresses, names of fields): apart from the direction of what surrounds it, and nothing
// in it unseen.
export function Exact({ text, lines, class: name = '' }) {
    const value = String(text);
    if (!hasUnseen(value)) return html`<bdi class=${name}>${value}</bdi>`;
    return html`<bdi class=${name}>${revealed(value, lines).map((piece) => piece.code
        ? html`<span class="unseen" title="a character that cannot be seen">${piece.code}</span>` : piece.text)}</bdi>`;
}

// What people wrote: as they wrote it, in its own direction.
export const Prose = ({ text, class: name = '' }) => html`<div class="prose ${name}" dir="auto">${String(text)}</div>`;

// ---- times ----

const tick = createStore(Date.now()); // ages grow by themselves
setInterval(() => { if (!document.hidden) tick.set(Date.now()); }, 20000);

export function Time({ at, show = formatFull, class: name = '' }) {
    useStore(zone);
    if (!at) return html`<span class="faint">no time</span>`;
    return html`<time class=${name} datetime=${at} title=${`${formatFull(at)}\n${at}`}>${show(at)}</time>`;
}

// The same for long lists, whose rows are drawn again when the zone changes: without a watcher each.
export const timeOf = (at, show) => at ? html`<time datetime=${at} title=${at}>${show(at)}</time>` : html`<span
    class="faint">no time</span>`;

export function Age({ at, class: name }) {
    const now = useStore(tick);
    return html`<${Time} class=${name} at=${at} show=${(value) => `${formatAge(value, Math.max(now, Date.now()))} ago`} />`;
}

// ---- types ----

const KNOWN = new Set(['new-session', 'new-contact', 'session-active', 'session-escalated', 'buyer-intent-detected',
    'new-question', 'visitor-identified', 'erased']);
export const typeClass = (type) => `type-${KNOWN.has(type) ? type : 'other'}`;

export const Type = ({ type }) => html`<span class="type ${typeClass(type)}">
    <span class="dot" aria-hidden="true"></span><${Exact} text=${typeWords(type)} /></span>`;

export const Mark = ({ kind = '', title, children }) => html`<span class="mark ${kind}" title=${title}>${children}</span>`;

// ---- links to what there is ----

export const EventLink = ({ seq, children }) => html`<a class="seq" href=${paths.event(seq)}>${children ?? `#${seq}`}</a>`;

export const ConversationLink = ({ id, children }) => html`<a class="id" href=${paths.conversation(id)}>
    ${children ?? html`<${Exact} text=${id} />`}</a>`;

export const LeadLink = ({ id, children }) => html`<a class="id" href=${paths.lead(id)}>
    ${children ?? html`<${Exact} text=${id} />`}</a>`;

// ---- copying ----

// Without TLS a browser lends out no clipboard, but for this machine: then the old way.
async function copyText(text) {
    if (navigator.clipboard) return navigator.clipboard.writeText(text);
    const area = document.createElement('textarea');
    area.value = text;
    area.className = 'offscreen';
    (document.querySelector('dialog[open]') ?? document.body).append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    if (!done) throw new Error('the browser did not let the text be copied');
    return undefined;
}

export function Copy({ text, label = 'Copy', what = '', class: name = 'quiet', ...rest }) {
    const [state, setState] = useState('');
    useEffect(() => {
        if (!state) return undefined;
        const timer = setTimeout(() => setState(''), 1600);
        return () => clearTimeout(timer);
    }, [state]);
    const copy = async () => {
        try {
            await copyText(typeof text === 'function' ? await text() : text);
            setState('Copied');
        } catch {
            setState('Not copied');
        }
    };
    return html`<button type="button" class="copy ${name}" onClick=${copy}
        aria-label=${what ? `${state || label} ${what}` : undefined} ...${rest}>
        <span aria-live="polite">${state || label}</span></button>`;
}
