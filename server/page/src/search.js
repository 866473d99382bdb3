// One box that finds a person or what they said by whatever one has: a seq, an email address, a conversation's or a
// lead's id.
import { get, Problem, segment } from './api.js';
import { html, useEffect, useRef, useState } from './dom.js';
import { Icon } from './icons.js';
import { useKeys } from './keys.js';
import { go, paths } from './router.js';

const MAX_SEQ = 1e15;

async function exists(path, signal) {
    try {
        await get(path, { params: { limit: 1 }, signal });
        return true;
    } catch (error) {
        if (error instanceof Problem && [400, 404, 410].includes(error.status)) return error.status === 410;
        throw error;
    }
}

async function byEmail(email, signal) {
    const { leads } = await get('/v1/leads', { params: { email }, signal });
    if (leads.length === 1) return paths.lead(leads[0].id);
    return leads.length ? `/leads?email=${encodeURIComponent(email)}` : null;
}

async function byId(id, signal) {
    const [conversation, lead, found] = await Promise.all([
        exists(`/v1/conversations/${segment(id)}`, signal),
        exists(`/v1/leads/${segment(id)}`, signal),
        get('/v1/events', { params: { visitor: id, limit: 1 }, signal }),
    ]);
    if (conversation) return paths.conversation(id);
    if (lead) return paths.lead(id);
    return found.events.length ? `/trail?visitor=${encodeURIComponent(id)}` : null;
}

// Where what was looked for is, or null. A number may be somebody's id as well: the event comes first.
export async function find(text, signal) {
    const seq = /^#?([1-9][0-9]*)$/.exec(text);
    if (seq && Number(seq[1]) < MAX_SEQ && await exists(`/v1/events/${seq[1]}`, signal)) return paths.event(seq[1]);
    return (text.includes('@') && await byEmail(text, signal)) || byId(text, signal);
}

export function Search() {
    const input = useRef();
    const abort = useRef();
    const [state, setState] = useState({ text: '', word: '' });
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
    return html`<form class="search" role="search" onSubmit=${look}>
        <${Icon} name="search" />
        <input ref=${input} type="search" name="q" aria-label="Search by conversation, lead, email or event number" onInput=${clear}
            onBlur=${clear} placeholder="Conversation, lead, email, event number" autocomplete="off" spellcheck="false" maxlength="300" />
        <kbd aria-hidden="true">/</kbd>
        <p class=${state.word ? 'search-word' : 'search-word none'} role="status">${state.word}</p>
    </form>`;
}
