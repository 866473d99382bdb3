// Filters of the query engine, as they stand in the address: what one sees can be sent to somebody else.
import { get, query } from './api.js';
import { html, useRef, useState } from './dom.js';
import { formatShort, typeWords } from './format.js';
import { Icon } from './icons.js';
import { go } from './router.js';
import { Exact, typeClass } from './text.js';
import { Menu, useLoad } from './ui.js';

export const EVENT_FILTERS = ['type', 'agent', 'conversation', 'lead', 'visitor', 'since', 'until', 'after', 'before', 'order'];

// The filters that an address has; what else is there is none of the engine's business.
export function readFilters(search, names) {
    const given = new URLSearchParams(search);
    return Object.fromEntries(names.filter((name) => given.get(name)).map((name) => [name, given.get(name)]));
}

const PERIODS = [['', 'Any time'], ['1h', 'Last hour'], ['24h', 'Last 24 hours'], ['7d', 'Last 7 days'], ['30d', 'Last 30 days']];

const setFilters = (where, filters) => go(where.pathname + query(filters));

const choices = async (options) => {
    const few = { ...options, params: { limit: 200 } };
    const [stats, agents] = await Promise.all([get('/v1/stats', options), get('/v1/agents', few)]);
    return { types: stats.types.map(({ type }) => type).filter(Boolean), agents: agents.agents };
};

function TypeMenu({ value, types, set }) {
    const chosen = new Set((value ?? '').split(',').filter(Boolean));
    const toggle = (type) => {
        if (!chosen.delete(type)) chosen.add(type);
        set([...chosen].join(','));
    };
    const label = chosen.size === 0 ? 'Type' : chosen.size === 1 ? html`<${Exact}
        text=${typeWords([...chosen][0])} />` : `${chosen.size} types`;
    const all = [...new Set([...types, ...chosen])].sort();
    return html`<${Menu} label=${label} active=${chosen.size > 0}>${() => html`<fieldset><legend
        class="offscreen">Types</legend>
        ${all.map((type) => html`<label class="option ${typeClass(type)}" key=${type}>
            <input type="checkbox" checked=${chosen.has(type)} onChange=${() => toggle(type)} />
            <span class="dot" aria-hidden="true"></span><${Exact} text=${typeWords(type)} /></label>`)}
        ${all.length === 0 && html`<p class="faint">No events yet</p>`}</fieldset>`}</${Menu}>`;
}

function AgentMenu({ value, agents, set }) {
    const named = agents.find(({ id }) => id === value);
    const label = value ? html`<${Exact} text=${named?.name || value} />` : 'Agent';
    const option = (id, words, close) => html`<label class="option" key=${id}>
        <input type="radio" name="agent" checked=${(value ?? '') === id} onChange=${() => set(id)} onClick=${close} /><${Exact}
            text=${words} /></label>`;
    return html`<${Menu} label=${label} active=${Boolean(value)}>${() => html`<fieldset><legend class="offscreen">Agent</legend>
        ${option('', 'Any agent')}${agents.map(({ id, name }) => option(id, name || id))}</fieldset>`}</${Menu}>`;
}

const isDate = (value) => /^\d{4}-\d{2}-\d{2}$/.test(value ?? '');

function periodWords({ since, until }) {
    const words = (value) => PERIODS.find(([age]) => age === value)?.[1]
        ?? (isDate(value) || /^\d+\w$/.test(value) ? value : formatShort(value));
    if (since && until) return `${words(since)} to ${words(until)}`;
    if (since) return PERIODS.some(([age]) => age === since) ? words(since) : `Since ${words(since)}`;
    return until ? `Until ${words(until)}` : 'Time';
}

function PeriodMenu({ filters, set }) {
    const { since, until } = filters;
    const date = (name, words) => html`<label class="field">${words}
        <input type="date" value=${isDate(filters[name]) ? filters[name] : ''}
            onChange=${(event) => set({ [name]: event.target.value })} /></label>`;
    return html`<${Menu} label=${html`<${Exact} text=${periodWords(filters)} />`} active=${Boolean(since || until)}>
        ${() => html`
        <fieldset><legend class="offscreen">Time received</legend>
        ${PERIODS.map(([age, words]) => html`<label class="option" key=${age}><input type="radio" name="period"
            checked=${(since ?? '') === age && !until} onChange=${() => set({ since: age, until: '' })} />${words}</label>`)}
        <div class="fields">${date('since', 'From')}${date('until', 'Before')}</div>
        <p class="faint">Dates begin at midnight, UTC.</p></fieldset>`}</${Menu}>`;
}

const MORE = [['conversation', 'Conversation'], ['lead', 'Lead'], ['visitor', 'Visitor'],
    ['after', 'After event'], ['before', 'Before event']];

function MoreMenu({ filters, set, names }) {
    const form = useRef();
    const fields = MORE.filter(([name]) => names.includes(name));
    const submit = (close) => (event) => {
        event.preventDefault();
        const values = Object.fromEntries(new FormData(form.current));
        close();
        set(values);
    };
    return html`<${Menu} label="More" class="last">${(close) => html`<form key=${query(filters)} ref=${form}
        onSubmit=${submit(close)}>
        ${fields.map(([name, words]) => html`<label class="field" key=${name}>${words}
            <input name=${name} defaultValue=${filters[name] ?? ''} maxlength="256" autocomplete="off" spellcheck=${false}
                ...${name === 'after' || name === 'before' ? { inputmode: 'numeric', pattern: '[0-9]*' } : {}} /></label>`)}
        ${names.includes('order') && html`<label class="field">Order
            <select name="order" defaultValue=${filters.order ?? ''}>
                <option value="" selected=${filters.order !== 'asc'}>Newest first</option>
                <option value="asc" selected=${filters.order === 'asc'}>Oldest first</option></select></label>`}
        <p><button type="submit" class="primary">Filter</button></p></form>`}</${Menu}>`;
}

// What takes a filter away goes with it: the first of the filters takes the focus.
const removing = (act) => (event) => {
    event.currentTarget.closest('.filters').querySelector('button').focus();
    act();
};

// A filter that has no menu of its own stands as a chip that one can take away.
function Chips({ filters, set }) {
    const shown = [...MORE, ['email', 'Email']].filter(([name]) => filters[name]);
    return html`${shown.map(([name, words]) => html`<span class="chip on" key=${name}>
        <span class="chip-text">${words} <${Exact} text=${filters[name]} /></span>
        <button type="button" class="chip-x" aria-label=${`Remove the filter ${words}`} onClick=${removing(() => set({ [name]: '' }))}>
            <${Icon} name="close" /></button>
    </span>`)}
    ${filters.order === 'asc' && html`<span class="chip on"><span class="chip-text">Oldest first</span>
        <button type="button" class="chip-x" aria-label="Newest first again" onClick=${removing(() => set({ order: '' }))}><${Icon}
            name="close" /></button></span>`}`;
}

// names: those that the list takes
export function FilterBar({ where, names, children }) {
    const filters = readFilters(where.search, [...names, 'email']);
    const [asked, setAsked] = useState(false);
    const { data } = useLoad(async (options) => (asked ? choices(options) : null), asked);
    const set = (change) => setFilters(where, { ...filters, ...change });
    const { types = [], agents = [] } = data ?? {};
    const any = Object.keys(filters).length > 0;
    return html`<div class="filters" role="group" aria-label="Filters" onPointerEnter=${() => setAsked(true)}
        onFocusIn=${() => setAsked(true)}>
        ${names.includes('type') && html`<${TypeMenu} value=${filters.type} types=${types} set=${(type) => set({ type })} />`}
        ${names.includes('agent') && html`<${AgentMenu} value=${filters.agent} agents=${agents}
            set=${(agent) => set({ agent })} />`}
        ${names.includes('since') && html`<${PeriodMenu} filters=${filters} set=${set} />`}
        ${MORE.some(([name]) => names.includes(name)) && html`<${MoreMenu} filters=${filters} set=${set} names=${names} />`}
        <${Chips} filters=${filters} set=${set} />
        ${any && html`<button type="button" class="quiet" onClick=${removing(() => go(where.pathname))}>Clear</button>`}
        ${children}
    </div>`;
}
