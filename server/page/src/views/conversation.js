// A conversation as it was: what was said, once each, and what happened beside it.
import { isGone } from '../api.js';
import { useLiveTimeline, useTimeline } from '../conversation.js';
import { html, useEffect, useLayoutEffect, useMemo, useRef, useState } from '../dom.js';
import { Drawer } from '../drawer.js';
import { count, setTitle, zone } from '../format.js';
import { Icon } from '../icons.js';
import { useKeys } from '../keys.js';
import { Chunk } from '../messages.js';
import { back, paths } from '../router.js';
import { useStore } from '../store.js';
import { Copy, Exact, LeadLink, Time } from '../text.js';
import { arrange, namesOf, transcript } from '../timeline.js';
import { Empty, Facts, Fault, Head, Loading } from '../ui.js';

const FRAMES = 3; // until what was drawn has its height
const AT_FIRST = 3; // chunks drawn at once: as much as the first answer holds

function About({ conversation }) {
    return html`<${Facts} class="about" rows=${[
        ['Conversation', html`<span class="with-copy"><span class="id"><${Exact} text=${conversation.id} /></span><${Copy}
            text=${conversation.id} what="the conversation’s id" class="quiet small" /></span>`],
        ['Agent', (conversation.agent_name || conversation.agent_id) && html`<${Exact}
            text=${conversation.agent_name || conversation.agent_id} />`],
        [conversation.lead_ids.length > 1 ? 'Leads' : 'Lead', conversation.lead_ids.length > 0 && html`<span class="ids">
            ${conversation.lead_ids.map((id) => html`<${LeadLink} key=${id} id=${id} />`)}</span>`],
        ['Began', conversation.first_at && html`<${Time} at=${conversation.first_at} />`],
        ['Last', conversation.last_at && html`<${Time} at=${conversation.last_at} />`],
        ['Holds', html`${count(conversation.messages, 'message')}, <a
            href=${`/trail?${new URLSearchParams({ conversation: conversation.id })}`}>
            ${count(conversation.events, 'event')}</a>`],
    ]} />`;
}

// At the end one stays at the end while more comes; elsewhere one is told.
function useEnd(scroller, timeline) {
    const atEnd = useRef(false);
    const [fresh, setFresh] = useState(false);
    const look = () => {
        if (!scroller.current) return;
        const { scrollTop, clientHeight, scrollHeight } = scroller.current;
        atEnd.current = scrollHeight - scrollTop - clientHeight < 80;
        if (atEnd.current) setFresh(false);
    };
    // Chunks take their height when they come into sight: then the end is further down.
    const toEnd = (frames = FRAMES) => {
        if (!scroller.current) return;
        scroller.current.scrollTop = scroller.current.scrollHeight;
        if (frames > 0) requestAnimationFrame(() => toEnd(frames - 1));
        else look();
    };
    const lookLater = (frames = FRAMES) => requestAnimationFrame(() => frames > 0 ? lookLater(frames - 1) : look());
    useEffect(() => { lookLater(); }, [timeline.whole]); // one that fits is at its end without a scroll
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

const LIVE = { live: 'Live', behind: 'Not up to date', lost: 'Reconnecting …' };

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
    const { assistant, visitor } = namesOf(conversation, items);
    const names = useMemo(() => ({ assistant, visitor }), [assistant, visitor]);
    const gone = isGone(error);
    return html`<div class="view scroll conversation" ref=${scroller} onScroll=${look} tabindex="0" role="region"
        aria-label="Conversation">
        <${Head} title="Conversation" lead=${html`<a class="up" href="/conversations">Conversations</a>`}>
            ${conversation && html`
                ${whole && LIVE[live] && html`<span class="live is-${live}"><span class="pulse" aria-hidden="true"></span>
                    ${LIVE[live]}</span>`}
                <${Copy} text=${() => location.origin + paths.conversation(id)} label="Copy link" class="" />
                <${Copy} text=${() => transcript(items, names)} label="Copy text" class="roomy" />
                <button type="button" disabled=${!whole} onClick=${() => drawer.all().then(() => print())}>Print</button>
                <button type="button" class="square" aria-label="To the end" title="To the end" onClick=${() => toEnd()}><${Icon}
                    name="down" /></button>`}
        </${Head}>
        ${gone && html`<${Empty}
            title=${error.status === 410 ? 'This conversation was erased' : 'There is no such conversation'}>
            <p>${error.detail}</p><p class="id"><${Exact} text=${id} /></p></${Empty}>`}
        ${error && !gone && html`<${Fault} error=${error} retry=${timeline.reload} />`}
        ${!conversation && !error && html`<${Loading} lines=${12} />`}
        ${conversation && html`<${About} conversation=${conversation} />
            <div class="timeline" data-testid="timeline">${chunks.current.map((chunk, at) => html`<${Chunk} key=${at}
                chunk=${chunk} names=${names} zone=${shownZone} drawer=${drawer} first=${at < AT_FIRST} />`)}</div>
            ${!whole && !error && html`<p class="faint more">Loading …</p>`}
            <p class="offscreen" role="status">${timeline.news ? 'New in this conversation' : ''}</p>
            ${fresh && html`<div class="to-end"><button type="button" class="pill" onClick=${() => toEnd()}>New below<${Icon}
                name="down" /></button></div>`}`}
    </div>`;
}
