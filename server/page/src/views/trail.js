// The trail: every event, the newest on top, and those that come while one looks.
import { get } from '../api.js';
import { html, useEffect, useRef, useState } from '../dom.js';
import { EVENT_FILTERS, FilterBar, readFilters } from '../filters.js';
import { count, formatNumber, formatShort, setTitle, typeWords } from '../format.js';
import { Icon } from '../icons.js';
import { useKeys } from '../keys.js';
import { List, usePages } from '../list.js';
import { follow } from '../live.js';
import { Pages } from '../pages.js';
import { keep, paths, recall } from '../router.js';
import { ConversationLink, Exact, LeadLink, Mark, timeOf, Type } from '../text.js';
import { Empty, Head } from '../ui.js';

const SIZE = 100; // events of a page
const MAX_HELD = 1000; // events that wait to be shown; when there are more, the list begins anew

const COLUMNS = [['at', 'Received'], ['type', 'Type'], ['agent', 'Agent'], ['conversation', 'Conversation'], ['lead', 'Lead'],
    ['marks', 'Marks'], ['seq', 'Event']].map(([key, name]) => ({ key, name }));

export const Marks = ({ event }) => html`
    ${event.deliveries > 1 && html`<${Mark}
        title=${`delivered ${event.deliveries} times`}>×${formatNumber(event.deliveries)}</${Mark}>`}
    ${event.warnings.length > 0 && html`<${Mark} kind="warn" title=${event.warnings.join('\n')}>
        ${count(event.warnings.length, 'warning')}</${Mark}>`}
    ${event.derived && html`<${Mark}
        title="It names no conversation; it was recognised by the messages that it repeats">derived</${Mark}>`}
    ${event.unreadable && html`<${Mark} kind="bad" title="The payload could not be read">unreadable</${Mark}>`}`;

export const drawEvent = (event) => html`
    <span role="cell" class="cell-at">${timeOf(event.received_at, formatShort)}</span>
    <span role="cell" class="cell-type"><a class="row-link" href=${paths.event(event.seq)}
        title=${typeWords(event.type)} aria-label=${`${typeWords(event.type)}, event ${event.seq}`}><${Type} type=${event.type} /></a></span>
    <span role="cell" class="cell-agent">${event.agent_name || event.agent_id ? html`<${Exact}
        text=${event.agent_name || event.agent_id} />` : ''}</span>
    <span role="cell" class="cell-conversation">${event.conversation_id && html`<${ConversationLink}
        id=${event.conversation_id} />`}</span>
    <span role="cell" class="cell-lead">${event.lead_id && html`<${LeadLink} id=${event.lead_id} />`}</span>
    <span role="cell" class="cell-marks"><${Marks} event=${event} /></span>
    <span role="cell" class="cell-seq">${event.seq}</span>`;

// A page that was let go, and is wanted again, is found by the seq of its first row; so is one after what was let go.
function fetchPage(filters) {
    const step = filters.order === 'asc' ? -1 : 1;
    const bound = filters.order === 'asc' ? 'after' : 'before';
    return async ({ cursor, page, signal }) => {
        const from = page?.top ?? cursor?.from;
        const params = from ? { ...filters, [bound]: from.seq + step } : { ...filters, cursor };
        const { events, next } = await get('/v1/events', { params: { ...params, limit: page?.count ?? SIZE }, signal });
        return { rows: events, next };
    };
}

const isLive = (filters) => filters.order !== 'asc' && !filters.until && !filters.before;

// What came while the reader was elsewhere in the list, or had paused.
class Held {
    constructor() {
        this.rows = [];
        this.count = 0;
    }

    add(rows) {
        this.count += rows.length;
        this.rows = this.count <= MAX_HELD ? [...rows, ...this.rows] : [];
    }

    get overflown() {
        return this.count > MAX_HELD;
    }
}

// The list of one address, kept with its entry of the history: {pages, place, held, newest}.
function makeState(filters) {
    return { pages: new Pages(fetchPage(filters)), place: { top: 0 }, held: new Held(), newest: undefined };
}

function useTrail(where) {
    const filters = readFilters(where.search, EVENT_FILTERS);
    const [turn, setTurn] = useState(0);
    const key = `${where.key} ${where.search} ${turn}`;
    const state = useRef({});
    if (state.current.key !== key) {
        state.current = { key, ...(turn === 0 && recall(key)) || makeState(filters) };
        keep(key, state.current);
    }
    const pages = usePages(() => state.current.pages, key);
    return { filters, state: state.current, pages, renew: () => setTurn((value) => value + 1) };
}

function useLive({ filters, state, pages, renew }, paused, onState) {
    const atTop = useRef(true);
    const isPaused = useRef(paused);
    isPaused.current = paused;
    const show = () => {
        const { held } = state;
        state.held = new Held();
        if (held.overflown) renew();
        else if (held.count) pages.prepend(held.rows, SIZE);
    };
    const take = (events) => {
        state.newest = events.at(-1).seq;
        state.held.add(events.reverse());
        if (!isPaused.current && atTop.current) show();
        else pages.onChange();
    };
    const begun = pages.count > 0 || pages.atEnd;
    useEffect(() => {
        if (!begun || !isLive(filters)) return undefined;
        state.newest ??= pages.row(0)?.seq ?? Number(filters.after ?? 0);
        const { type, agent, conversation, lead, visitor, since } = filters;
        const params = { type, agent, conversation, lead, visitor, since };
        return follow({ params, after: state.newest, onEvents: take, onState });
    }, [begun, pages]);
    return { show, onTop: (value) => { atTop.current = value; } };
}

const STATES = { connecting: 'Connecting …', live: 'Live', lost: 'Reconnecting …', refused: 'Not live' };

// How many there are to be shown, as words.
function freshWords(fresh) {
    if (fresh === 0) return 'To the newest';
    return `${fresh > MAX_HELD ? 'more than ' : ''}${formatNumber(Math.min(fresh, MAX_HELD))} new`;
}

function LiveState({ state, paused, setPaused }) {
    return html`<span class="live is-${paused ? 'paused' : state}" role="status"><span class="pulse" aria-hidden="true"></span>
        ${paused ? 'Paused' : STATES[state]}</span>
        <button type="button" aria-pressed=${paused} title="p" onClick=${() => setPaused(!paused)}>
            <${Icon} name=${paused ? 'play' : 'pause'} />${paused ? 'Go on' : 'Pause'}</button>`;
}

export function Trail({ where }) {
    const trail = useTrail(where);
    const { filters, state, pages, renew } = trail;
    const [paused, setPaused] = useState(false);
    const [live, setLive] = useState('connecting');
    const { show, onTop } = useLive(trail, paused, setLive);
    useEffect(() => { setTitle('Trail'); }, []);
    const toTop = () => {
        document.querySelector('.list').scrollTop = 0;
        if (pages.dropped) renew();
        else show();
    };
    const pause = (value) => {
        setPaused(value);
        if (!value && state.place.top === 0) show();
    };
    useKeys({ p: () => pause(!paused), '.': toTop });
    const fresh = state.held.count;
    return html`<div class="view fill">
        <${Head} title="Trail">${isLive(filters) && html`<${LiveState} state=${live} paused=${paused}
            setPaused=${pause} />`}</${Head}>
        <${FilterBar} where=${where} names=${EVENT_FILTERS} />
        <div class="list-frame">
            <div class="fresh" role="status">${(fresh > 0 || pages.dropped > 0) && html`<button type="button" class="pill"
                onClick=${toTop}>
                <${Icon} name="up" />
                    ${freshWords(fresh)}</button>`}</div>
            <${List} pages=${pages} label="Events" columns=${COLUMNS} draw=${drawEvent} place=${state.place} onTop=${onTop}
                class="trail"
                empty=${html`<${Empty} title="No events">${Object.keys(filters).length
                    ? html`<p>Nothing in the trail passes these filters.</p>` : html`
                        <p>Deliveries appear here as they come.</p>`}</${Empty}>`} />
        </div>
    </div>`;
}
