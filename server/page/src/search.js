// One box that finds a person or what they said by whatever one has: a seq, an email address, a conversation's or a
// lead's id.
import { get, Problem, segment } from './api.js';
import { html, useEffect, useRef, useState } from './dom.js';
import { Icon } from './icons.js';
import { useKeys } from './keys.js';
import { go, paths } from './router.js';

const MAX_SEQ = 1e15;

const ask = (path, params, signal) => get(path, { params: { ...params, limit: 1 }, signal });

async function bySeq(seq, signal) {
    const { events } = await ask('/v1/events', { after: seq - 1, before: seq + 1 }, signal);
    return events.length ? paths.event(seq) : null;
}

async function byEmail(email, signal) {
    const { leads } = await get('/v1/leads', { params: { email }, signal });
    if (leads.length === 1) return paths.lead(leads[0].id);
    return leads.length ? `/leads?email=${encodeURIComponent(email)}` : null;
}

// What was erased is in no list any more, but the daemon knows that it was there.
async function isErased(path, signal) {
    try {
        await get(path, { signal });
    } catch (error) {
        if (error instanceof Problem) return error.status === 410;
        throw error;
    }
    return true;
}

async function byId(id, signal) {
    const [{ conversations }, { leads }, { events }] = await Promise.all([
        ask('/v1/conversations', { conversation: id }, signal),
        ask('/v1/leads', { lead: id }, signal),
        ask('/v1/events', { visitor: id }, signal),
    ]);
    if (conversations.length) return paths.conversation(id);
    if (leads.length) return paths.lead(id);
    if (events.length) return `/trail?visitor=${encodeURIComponent(id)}`;
    if (await isErased(`/v1/conversations/${segment(id)}`, signal)) return paths.conversation(id);
    return await isErased(`/v1/leads/${segment(id)}`, signal) ? paths.lead(id) : null;
}

// Where what was looked for is, or null. A number may be somebody's id as well: the event comes first.
export async function find(text, signal) {
    const seq = /^#?([1-9][0-9]*)$/.exec(text);
    return (seq && Number(seq[1]) < MAX_SEQ && await bySeq(Number(seq[1]), signal))
        || (text.includes('@') && await byEmail(text, signal))
        || byId(text, signal);
}

export function Search() {
    const input = useRef();
    const abort = useRef();
    const [state, setState] = useState({ word: '' });
    useKeys({ '/': () => { input.current.focus(); input.current.select(); } });
    useEffect(() => () => abort.current?.abort(), []);
    const look = async (event) => {
        event.preventDefault();
        const text = input.current.value.trim();
        if (!text) return;
        abort.current?.abort();
        abort.current = new AbortController();
        const { signal } = abort.current;
        setState({ busy: true, word: 'Searching …' });
        try {
            const href = await find(text, signal);
            if (signal.aborted) return;
            setState({ word: href ? '' : 'Nothing has that id, address or number.' });
            if (!href) return;
            input.current.value = '';
            input.current.blur();
            go(href);
        } catch (error) {
            if (!signal.aborted) setState({ word: error.detail || error.message });
        }
    };
    const clear = () => { if (state.word && !state.busy) setState({ word: '' }); };
    const retype = () => { // who types on wants something else: what is under way must not take the text away
        abort.current?.abort();
        if (state.word) setState({ word: '' });
    };
    return html`<form class="search" role="search" onSubmit=${look}>
        <${Icon} name="search" />
        <input ref=${input} type="search" name="q" aria-label="Search by conversation, lead, email or event number"
            onInput=${retype}
            onBlur=${clear} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck=${false}
                maxlength="256" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${state.word ? 'search-word' : 'search-word none'} role="status">${state.word}</p>
    </form>`;
}
