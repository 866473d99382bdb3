// What arrived, what is quiet, and whether everything is sound: at a glance.
import { get } from '../api.js';
import { html, useEffect, useMemo, useRef, useState } from '../dom.js';
import { count, formatDate, formatNumber, formatShort, setTitle, typeWords } from '../format.js';
import { Icon } from '../icons.js';
import { follow } from '../live.js';
import { go, paths } from '../router.js';
import { attended } from '../session.js';
import { Age, ConversationLink, EventLink, Exact, Mark, Time, Type, typeClass } from '../text.js';
import { Empty, Facts, Fault, Head, Loading, useLoad } from '../ui.js';

const DAY_MS = 86400000;
const RANGES = [7, 30, 90];
const REFRESH_MS = 5000; // at most that often, however many events come
const MOST = 1000; // summaries of a page
const SHOWN = 5; // rows of the short lists

const dayOf = (time) => new Date(time).toISOString().slice(0, 10);

const orNull = (promise) => promise.catch((error) => {
    if (error.name === 'AbortError') throw error;
    return null; // one part that can't be had leaves the others as they are
});

const sinceOf = (days) => dayOf(Date.now() - (days - 1) * DAY_MS);

// What stands above, and what may come a little later.
async function loadFirst(days, options) {
    const since = sinceOf(days);
    const ask = (path, params) => get(path, { ...options, params });
    const [stats, health, newest] = await Promise.all([
        ask('/v1/stats', { since }),
        orNull(ask('/v1/health')),
        orNull(ask('/v1/events', { limit: 1 })),
    ]);
    return { stats, health, newest, since, range: days };
}

async function loadRest(options) {
    const today = dayOf(Date.now());
    const ask = (path, params) => orNull(get(path, { ...options, params }));
    const [conversations, rejected, exports, checkpoint, escalations] = await Promise.all([
        ask('/v1/conversations', { since: today, limit: MOST }),
        ask('/v1/rejected', { limit: SHOWN }),
        ask('/v1/exports'),
        orNull(get('/log/checkpoint', { ...options, as: 'text' })),
        ask('/v1/events', { type: 'session-escalated', limit: SHOWN }),
    ]);
    return { today, conversations, rejected, exports, checkpoint, escalations };
}

// Every day of the range, also those on which nothing came.
function everyDay(stats, range) {
    const known = new Map(stats.days.map((day) => [day.day, day]));
    const now = Date.now();
    return Array.from({ length: range }, (_, at) => {
        const day = dayOf(now - (range - 1 - at) * DAY_MS);
        const { events = 0, types } = known.get(day) ?? {};
        return { day, events, types: { __proto__: null, ...types } }; // a type may have the name of what every object has
    });
}

const sum = (days, type) => days.reduce((total, day) => total + (day.types[type] ?? 0), 0);

// ---- parts ----

const Tile = ({ words, value, href, note }) => html`<li class="tile"><a href=${href}><span class="tile-words">${words}</span>
    <span class="tile-value">${value}</span><span class="tile-note">${note}</span></a></li>`;

function Tiles({ data, days }) {
    const { stats, conversations, since, range } = data;
    const today = data.today ?? dayOf(Date.now());
    const talks = conversations ? `${formatNumber(conversations.conversations.length)}${conversations.next ? '+' : ''}` : '…';
    const last = `in ${range} days`;
    const typed = (type) => `/trail?${new URLSearchParams({ type, since })}`;
    const rejectedCount = stats.totals.rejected;
    return html`<ul class="tiles">
        <${Tile} words="Events" value=${formatNumber(days.reduce((total, day) => total + day.events, 0))} note=${last}
            href=${`/trail?since=${since}`} />
        <${Tile} words="Conversations" value=${talks}
            note="today" href=${`/conversations?since=${today}`} />
        <${Tile} words="Escalations" value=${formatNumber(sum(days, 'session-escalated'))} note=${last}
            href=${typed('session-escalated')} />
        <${Tile} words="Buyer intents" value=${formatNumber(sum(days, 'buyer-intent-detected'))} note=${last}
            href=${typed('buyer-intent-detected')} />
        <${Tile} words="Questions" value=${formatNumber(sum(days, 'new-question'))} note=${last}
            href=${typed('new-question')} />
        <${Tile} words="Rejected" value=${formatNumber(rejectedCount)}
            note=${rejectedCount ? 'kept, with the reason' : 'nothing'} href="/rejected" />
    </ul>`;
}

// uPlot is a third of the page's bytes: it comes when there is something to draw.
function LazyChart(props) {
    const [Chart, setChart] = useState(null);
    useEffect(() => { import('../chart.js').then((module) => setChart(() => module.Chart), () => {}); }, []);
    return Chart ? html`<${Chart} ...${props} />` : html`<div class="chart" />`;
}

function DayTable({ days, types }) {
    return html`<div class="scroll-x" tabindex="0" role="group" aria-label="Events by day and type"><table class="grid numbers">
        <thead><tr><th scope="col">Day (UTC)</th><th scope="col">All</th>
        ${types.map((type) => html`<th scope="col" key=${type}><${Exact} text=${typeWords(type)} /></th>`)}</tr></thead>
        <tbody>${days.toReversed().map((day) => html`<tr key=${day.day}><th scope="row"><a
            href=${`/trail?${new URLSearchParams({ since: day.day, until: dayOf(Date.parse(day.day) + DAY_MS) })}`}>
            ${day.day}</a></th>
            <td>${formatNumber(day.events)}</td>${types.map((type) => html`<td key=${type}>
                ${formatNumber(day.types[type] ?? 0)}</td>`)}</tr>`)}</tbody></table></div>`;
}

// The most frequent first.
const typesOf = (days) => [...new Set(days.flatMap((day) => Object.keys(day.types)))].sort((a, b) => sum(days, b) - sum(days, a));

function Days({ data, days }) {
    const [hidden, setHidden] = useState(new Set());
    const [table, setTable] = useState(false);
    const all = useMemo(() => typesOf(days), [days]);
    const types = useMemo(() => all.filter((type) => !hidden.has(type)), [all, hidden]);
    const toggle = (type) => setHidden((before) => {
        const next = new Set(before);
        if (!next.delete(type)) next.add(type);
        return next;
    });
    return html`<section class="card" aria-labelledby="days"><div class="section-head"><h2 id="days">Events per day <span
        class="faint">UTC</span></h2>
        <div class="tabs" role="group" aria-label="How days are shown"><button type="button" aria-pressed=${!table}
            onClick=${() => setTable(false)}>Chart</button>
            <button type="button" aria-pressed=${table} onClick=${() => setTable(true)}>Table</button></div></div>
        ${table ? html`<${DayTable} days=${days} types=${all} />` : html`<${LazyChart} days=${days} types=${types} />
            <ul class="legend">${all.map((type) => html`<li key=${type}><button type="button"
                class="quiet small ${typeClass(type)}" aria-pressed=${!hidden.has(type)}
                onClick=${() => toggle(type)}><span class="dot" aria-hidden="true"></span><${Exact}
                    text=${typeWords(type)} /></button></li>`)}</ul>`}
        ${data.stats.totals.events === 0 && html`<p class="faint">No events in this time.</p>`}</section>`;
}

const Quiet = () => html`<${Mark} kind="warn"
    title="Nothing has come for a time in which something came in each of the weeks before"><${Icon}
    name="quiet" />quiet</${Mark}>`;

function LastEvents({ data }) {
    const { health, stats } = data;
    const events = new Map(stats.types.map((type) => [type.type, type.events]));
    const types = (health?.types ?? []).toSorted((a, b) => Date.parse(b.last_at) - Date.parse(a.last_at));
    return html`<section class="card" aria-labelledby="last"><h2 id="last">Last event of each type</h2>
        ${types.length === 0 && html`<p class="faint">Nothing has arrived yet.</p>`}
        <ul class="rows">${types.map((type) => html`<li key=${type.type}><a
            href=${`/trail?${new URLSearchParams({ type: type.type })}`}><${Type} type=${type.type} /></a>
            <span class="rows-end">${type.unusually_quiet && html`<${Quiet} />`}<span class="faint number">
                ${formatNumber(events.get(type.type) ?? 0)}</span><${Age} at=${type.last_at} /></span></li>`)}</ul></section>`;
}

function Agents({ data }) {
    const { health, stats } = data;
    const events = new Map(stats.agents.map((agent) => [agent.agent_id, agent.events]));
    const agents = (health?.agents ?? []).slice(0, 8);
    if (agents.length === 0) return null;
    return html`<section class="card" aria-labelledby="agents"><h2 id="agents">Agents</h2>
        <ul class="rows">${agents.map((agent) => html`<li key=${agent.agent_id}><a
            href=${`/trail?${new URLSearchParams({ agent: agent.agent_id })}`}><${Exact}
            text=${agent.agent_name || agent.agent_id} /></a>
            <span class="rows-end">${agent.unusually_quiet && html`<${Quiet} />`}<span class="faint number">
                ${formatNumber(events.get(agent.agent_id) ?? 0)}</span><${Age}
                at=${agent.last_at} /></span></li>`)}</ul></section>`;
}

function Escalations({ data }) {
    const events = data.escalations?.events ?? [];
    if (events.length === 0) return null;
    return html`<section class="card" aria-labelledby="escalations"><h2 id="escalations">Newest escalations</h2>
        <ul class="rows">${events.map((event) => html`<li key=${event.seq}>${event.conversation_id ? html`<${ConversationLink}
            id=${event.conversation_id} />`
            : html`<${EventLink} seq=${event.seq}>Event ${event.seq}</${EventLink}>`}<span class="rows-end"><${Age}
                at=${event.occurred_at ?? event.received_at} /></span></li>`)}</ul></section>`;
}

function Rejections({ data }) {
    const list = data.rejected?.rejected ?? [];
    if (list.length === 0) return null;
    return html`<section class="card" aria-labelledby="rejections"><h2 id="rejections">Newest rejected</h2>
        <ul class="rows">${list.map((each) => html`<li key=${each.number}><a class="cut" href=${paths.rejection(each.number)}>
            <${Exact} text=${each.detail || each.title} /></a>
            <span class="rows-end"><${Mark} kind="bad">${each.status}</${Mark}><${Age}
                at=${each.received_at} /></span></li>`)}</ul></section>`;
}

// A signed note of C2SP: origin, size, root, and then signatures.
function readCheckpoint(note) {
    const [origin, size, root] = (note ?? '').split('\n');
    return /^\d+$/.test(size ?? '') ? { origin, size: Number(size), root } : null;
}

function State({ data }) {
    const newest = data.newest?.events[0];
    const checkpoint = readCheckpoint(data.checkpoint);
    const open = newest && checkpoint ? newest.seq - checkpoint.size : 0;
    return html`<section class="card" aria-labelledby="state"><h2 id="state">Trail</h2><${Facts} rows=${[
        ['Newest event', newest ? html`<${EventLink} seq=${newest.seq}>${formatNumber(newest.seq)}</${EventLink}> <${Age}
            class="faint" at=${newest.received_at} />` : 'none yet'],
        ['Checkpoint', checkpoint ? html`<${Mark} kind=${open > 0 ? '' : 'good'}>
            ${open > 0 ? `${formatNumber(open)} not signed yet` : 'all signed'}</${Mark}> at ${formatNumber(checkpoint.size)}` : 'none yet'],
        ['Root', checkpoint && html`<span class="mono"><${Exact} text=${checkpoint.root} /></span>`],
        ['Log', checkpoint && html`<span class="mono"><${Exact} text=${checkpoint.origin} /></span>`],
    ]} /></section>`;
}

function Exports({ data }) {
    const list = data.exports?.exports ?? [];
    return html`<section class="card" aria-labelledby="exports"><h2 id="exports">Exports</h2>
        ${list.length === 0 && html`<p class="faint">None has a name yet: <code>hooktrail export --name nightly</code></p>`}
        <ul class="rows">${list.map((each) => html`<li key=${each.name}><span><${Exact}
            text=${each.name} /> ${each.state !== 'done' && html`<${Mark} kind="warn">${each.state}</${Mark}>`}</span>
            <span class="rows-end">${each.behind > 0 ? html`<span class="faint">
                ${count(each.behind, 'event')} behind</span>` : html`<${Mark} kind="good">up to date</${Mark}>`}
            ${each.done_at ? html`<${Age} at=${each.done_at} />` : html`<span
                class="faint">never ran</span>`}</span></li>`)}</ul></section>`;
}

// ---- the view ----

// Events after that seq are a reason to look again, unless nobody sits here: what is asked for keeps the session alive.
function useRefresh(again, after) {
    const reload = useRef();
    reload.current = again;
    useEffect(() => {
        if (after === undefined) return undefined;
        let timer = null;
        const look = () => {
            timer = null;
            if (attended()) reload.current();
        };
        const stop = follow({ after, onEvents: () => { timer ??= setTimeout(look, REFRESH_MS); } });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, [after === undefined]);
}

export function Overview({ where }) {
    const asked = Number(new URLSearchParams(where.search).get('days'));
    const range = RANGES.includes(asked) ? asked : 30;
    const first = useLoad((options) => loadFirst(range, options), `overview ${range}`, true);
    const rest = useLoad(loadRest, 'rest');
    const { error } = first;
    const data = first.data && { ...first.data, ...rest.data };
    const reload = () => {
        first.reload();
        rest.reload();
    };
    useRefresh(reload, data?.newest ? data.newest.events[0]?.seq ?? 0 : undefined);
    useEffect(() => { setTitle('Overview'); }, []);
    const days = useMemo(() => first.data && everyDay(first.data.stats, first.data.range), [first.data]);
    const nothing = data && data.newest?.events.length === 0;
    return html`<div class="view scroll overview"><${Head} title="Overview">
            <div class="tabs" role="group" aria-label="Days shown">${RANGES.map((value) => html`<button type="button"
                key=${value} aria-pressed=${value === range}
                onClick=${() => go(`/?days=${value}`, { replace: true })}>${value} days</button>`)}</div></${Head}>
        ${error && html`<${Fault} error=${error} retry=${reload} />`}
        ${!data && !error && html`<${Loading} lines=${10} />`}
        ${nothing && html`<${Empty} title="Nothing has arrived yet">
            <p>Put the endpoint’s URL into Aimdoc, or try <code>hooktrail send --samples</code>.</p></${Empty}>`}
        ${data && html`<${Tiles} data=${data} days=${days} />
            <${Days} data=${data} days=${days} />
            <div class="cards"><${LastEvents} data=${data} /><${Agents} data=${data} /><${Escalations} data=${data} />
                <${Rejections} data=${data} />
                ${rest.data && html`<${State} data=${data} /><${Exports} data=${data} />`}</div>
            <p class="faint asof">Since <${Time} at=${data.since} show=${formatDate} />. <${Time} at=${new Date().toISOString()}
                show=${(at) => `As of ${formatShort(at)}`} /></p>`}
    </div>`;
}
