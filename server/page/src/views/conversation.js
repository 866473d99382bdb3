// A conversation as it was: what was said, once each, and what happened beside it.
import { get, segment } from '../api.js';
import { Component, html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../dom.js';
import { Drawer } from '../drawer.js';
import { count, formatClock, formatDay, formatFull, setTitle, zone } from '../format.js';
import { Icon } from '../icons.js';
import { useKeys } from '../keys.js';
import { follow } from '../live.js';
import { fieldWords, isEmpty, written } from '../profile.js';
import { back, paths } from '../router.js';
import { useStore } from '../store.js';
import { Copy, EventLink, Exact, LeadLink, Mark, Prose, Time, timeOf, Type } from '../text.js';
import { arrange, reconcile, roleOf, transcript } from '../timeline.js';
import { Empty, Facts, Fault, Head, Loading } from '../ui.js';

const PAGE = 1000; // items of one answer: as many as the daemon gives
const SETTLE_MS = 250; // events come in bursts: the timeline is asked for once

// ---- loading, and following what comes ----

// The timeline from a cursor on, behind the items that stand before it; onPart gets each state of it on the way. `tail` is
// where its last page begins.
async function loadTimeline(id, signal, onPart, { cursor, items = [] } = {}) {
    for (;;) {
        const page = await get(`/v1/conversations/${segment(id)}`, { params: { limit: PAGE, cursor }, signal });
        const tail = { cursor, items };
        items = items.concat(page.items);
        const state = { conversation: page.conversation, items, tail, whole: page.next === null };
        onPart?.(state);
        if (state.whole) return state;
        cursor = page.next;
    }
}

const isComplete = ({ conversation, items }) => conversation.messages + conversation.events === items.length;

// What is there now: of a long conversation the last page, as long as that adds up.
async function loadAgain(id, signal, tail) {
    const state = tail.items.length ? await loadTimeline(id, signal, null, tail) : null;
    return state && isComplete(state) ? state : loadTimeline(id, signal);
}

function useTimeline(id) {
    const [state, setState] = useState({ items: [] });
    const [turn, setTurn] = useState(0);
    const abort = useRef();
    const tail = useRef();
    const show = (next, signal, news) => {
        if (signal.aborted) return;
        tail.current = next.tail;
        setState((before) => ({ ...next, items: reconcile(before.items, next.items), news: (before.news ?? 0) + news }));
    };
    useEffect(() => {
        abort.current = new AbortController();
        const { signal } = abort.current;
        loadTimeline(id, signal, (part) => show(part, signal, 0))
            .catch((error) => { if (!signal.aborted) setState({ items: [], error }); });
        return () => abort.current.abort();
    }, [id, turn]);
    const refresh = async () => {
        const { signal } = abort.current;
        show(await loadAgain(id, signal, tail.current), signal, 1);
    };
    return { ...state, refresh, reload: () => { setState({ items: [] }); setTurn(turn + 1); } };
}

const newestSeq = (items) => items.reduce((newest, item) => Math.max(newest, item.seq, item.edited?.seq ?? 0, item.removed?.seq ?? 0), 0);

function useLiveTimeline(id, { whole, items, refresh }) {
    const [live, setLive] = useState('connecting');
    useEffect(() => {
        if (!whole) return undefined;
        let timer;
        let running = false;
        const update = async () => {
            if (running) return later();
            running = true;
            try {
                await refresh();
            } catch {
                // no answer: the frame says so, and the next event tries again
            }
            running = false;
            return undefined;
        };
        const later = () => {
            clearTimeout(timer);
            timer = setTimeout(update, SETTLE_MS);
        };
        const stop = follow({ params: { conversation: id }, after: newestSeq(items), onEvents: later, onState: setLive });
        return () => {
            clearTimeout(timer);
            stop();
        };
    }, [id, whole]);
    return live;
}

// ---- messages ----

function Edited({ edited }) {
    const [open, setOpen] = useState(false);
    return html`<button type="button" class="quiet small mark" aria-expanded=${open} onClick=${() => setOpen(!open)}>edited</button>
        ${open && html`<ol class="versions" aria-label="Earlier versions">
            ${edited.previous.map((version, at) => html`<li key=${at}><${Prose} text=${version.content ?? ''} /><${EventLink} seq=${version.seq} /></li>`)}
            ${edited.previous_cut && html`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${EventLink} seq=${edited.seq} /></li></ol>`}`;
}

function Message({ item, goesOn }) {
    const { side, name } = roleOf(item.role);
    return html`<article class="message ${side} ${goesOn ? 'goes-on' : ''} ${item.removed ? 'removed' : ''}" id=${`event-${item.seq}`}>
        ${goesOn ? html`<h3 class="offscreen"><${Exact} text=${name} /></h3>` : html`<h3 class="speaker"><${Exact} text=${name} /></h3>`}
        <div class="bubble">${item.content === null || item.content === undefined
            ? html`<p class="faint">${item.unreadable ? 'The payload could not be read.' : 'No text'}</p>` : html`<${Prose} text=${item.content} />`}</div>
        <p class="meta">${timeOf(item.at, formatClock)}<${EventLink} seq=${item.seq}><span class="offscreen">event </span>#${item.seq}</${EventLink}>
            ${item.edited && html`<${Edited} edited=${item.edited} />`}
            ${item.removed && html`<${Mark} title="A later snapshot of the conversation lacks it">removed in <${EventLink} seq=${item.removed.seq} /></${Mark}>`}
            ${item.derived && html`<${Mark} title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${Mark}>`}</p>
    </article>`;
}

// ---- what happened ----

const Fields = ({ fields }) => html`<${Facts} class="captured" rows=${Object.entries(fields).filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [html`<${Exact} text=${fieldWords(name)} />`, name === 'id' && typeof value === 'string'
        ? html`<${LeadLink} id=${value} />` : html`<${Exact} text=${written(value)} />`])} />`;

function Happened({ item }) {
    return html`<article class="happened ${item.reason || item.fields || item.visitor ? 'tells' : ''}" id=${`event-${item.seq}`}>
        <h3><${Type} type=${item.type} /></h3>
        <p class="meta">${timeOf(item.at, formatClock)}<${EventLink} seq=${item.seq}><span class="offscreen">event </span>#${item.seq}</${EventLink}>
            ${item.derived && html`<${Mark} title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${Mark}>`}
            ${item.erased_at && html`<${Mark}>erased</${Mark}>`}
            ${item.unreadable && html`<${Mark} kind="bad">unreadable</${Mark}>`}
            ${item.warnings?.length > 0 && html`<${Mark} kind="warn" title=${item.warnings.join('\n')}>${count(item.warnings.length, 'warning')}</${Mark}>`}</p>
        ${item.reason && html`<${Prose} class="reason" text=${item.reason} />`}
        ${item.fields && html`<${Fields} fields=${item.fields} />`}
        ${item.visitor && html`<${Fields} fields=${item.visitor} />`}
    </article>`;
}

// Chunks that are out of sight are neither laid out nor painted (content-visibility), but found by the browser's search,
// printed, and read by assistive technology, as rows that are taken away would not be. They are drawn when they come near,
// the others while there is nothing else to do.
class Chunk extends Component {
    constructor(props) {
        super(props);
        this.state = { drawn: props.first };
    }

    componentDidMount() {
        if (!this.state.drawn) this.cancel = this.props.drawer.add(this.element, () => this.setState({ drawn: true }));
    }

    componentWillUnmount() {
        this.cancel?.();
    }

    shouldComponentUpdate(next, state) {
        return next.chunk !== this.props.chunk || next.zone !== this.props.zone || state.drawn !== this.state.drawn;
    }

    render({ chunk }, { drawn }) {
        if (!drawn) return html`<div class="chunk undrawn" ref=${(element) => { this.element = element ?? this.element; }} />`;
        return html`<div class="chunk">${chunk.rows.map(({ item, day, goesOn }, at) => html`
            ${day && html`<h2 class="day" key=${`day ${at}`}><span>${timeOf(day, formatDay)}</span></h2>`}
            ${item.kind === 'message' ? html`<${Message} key=${at} item=${item} goesOn=${goesOn} />` : html`<${Happened} key=${at} item=${item} />`}`)}</div>`;
    }
}

// ---- the view ----

function About({ conversation }) {
    return html`<${Facts} class="about" rows=${[
        ['Conversation', html`<span class="with-copy"><span class="id"><${Exact} text=${conversation.id} /></span><${Copy} text=${conversation.id} what="the conversation’s id" class="quiet small" /></span>`],
        ['Agent', (conversation.agent_name || conversation.agent_id) && html`<${Exact} text=${conversation.agent_name || conversation.agent_id} />`],
        [conversation.lead_ids.length > 1 ? 'Leads' : 'Lead', conversation.lead_ids.length > 0 && html`<span class="ids">${conversation.lead_ids.map((id) => html`<${LeadLink} key=${id} id=${id} />`)}</span>`],
        ['Began', conversation.first_at && html`<${Time} at=${conversation.first_at} />`],
        ['Last', conversation.last_at && html`<${Time} at=${conversation.last_at} />`],
        ['Holds', html`${count(conversation.messages, 'message')}, <a href=${`/trail?${new URLSearchParams({ conversation: conversation.id })}`}>${count(conversation.events, 'event')}</a>`],
    ]} />`;
}

// At the end one stays at the end while more comes; elsewhere one is told.
function useEnd(scroller, timeline) {
    const atEnd = useRef(false);
    const [fresh, setFresh] = useState(false);
    const look = () => {
        const { scrollTop, clientHeight, scrollHeight } = scroller.current;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 80;
        if (atEnd.current && fresh) setFresh(false);
    };
    const toEnd = () => { scroller.current.scrollTop = scroller.current.scrollHeight; };
    useLayoutEffect(() => {
        if (!timeline.news) return;
        if (atEnd.current) toEnd();
        else setFresh(true);
    }, [timeline.news]);
    return { fresh, look, toEnd };
}

function useTarget(hash, { whole }, drawer) {
    useEffect(() => {
        if (!whole || !/^#event-\d+$/.test(hash)) return;
        drawer.all().then(() => {
            const target = document.getElementById(hash.slice(1));
            target?.scrollIntoView({ block: 'center' });
            target?.classList.add('target');
        });
    }, [hash, whole]);
}

const LIVE = { live: 'Live', lost: 'Reconnecting …' };

export function Conversation({ where }) {
    const { id } = where;
    const scroller = useRef();
    const chunks = useRef([]);
    const drawer = useMemo(() => new Drawer(), [id]);
    useEffect(() => () => drawer.close(), [drawer]);
    const timeline = useTimeline(id);
    const live = useLiveTimeline(id, timeline);
    const shownZone = useStore(zone);
    const { fresh, look, toEnd } = useEnd(scroller, timeline);
    useTarget(where.hash, timeline, drawer);
    useEffect(() => { setTitle('Conversation', id); }, [id]);
    useKeys({ Escape: () => back('/conversations') });
    const { conversation, items, error, whole } = timeline;
    chunks.current = arrange(items, chunks.current);
    const gone = error?.status === 404 || error?.status === 410;
    return html`<div class="view scroll conversation" ref=${scroller} onScroll=${look} tabindex="0" role="region" aria-label="Conversation">
        <${Head} title="Conversation" lead=${html`<a class="up" href="/conversations">Conversations</a>`}>
            ${conversation && html`
                ${whole && LIVE[live] && html`<span class="live ${live}"><span class="pulse" aria-hidden="true"></span>${LIVE[live]}</span>`}
                <${Copy} text=${() => location.origin + paths.conversation(id)} label="Copy link" class="" />
                <${Copy} text=${() => transcript(items, formatFull)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!whole} onClick=${() => drawer.all().then(() => print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${toEnd}><${Icon} name="down" /></button>`}
        </${Head}>
        ${gone && html`<${Empty} title=${error.status === 410 ? 'This conversation was erased' : 'There is no such conversation'}>
            <p>${error.detail}</p><p class="id"><${Exact} text=${id} /></p></${Empty}>`}
        ${error && !gone && html`<${Fault} error=${error} retry=${timeline.reload} />`}
        ${!conversation && !error && html`<${Loading} lines=${12} />`}
        ${conversation && html`<${About} conversation=${conversation} />
            <div class="timeline" data-testid="timeline">${chunks.current.map((chunk, at) => html`<${Chunk} key=${at} chunk=${chunk} zone=${shownZone} drawer=${drawer} first=${at < 2} />`)}</div>
            ${!whole && html`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${timeline.news ? 'New in this conversation' : ''}</p>
            ${fresh && html`<div class="to-end"><button type="button" class="pill" onClick=${toEnd}>New below<${Icon} name="down" /></button></div>`}`}
    </div>`;
}
