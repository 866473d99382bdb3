// A lead: who it is, how that changed, and everything that happened, in one line of time.
import { get, isGone, segment } from '../api.js';
import { html, useEffect, useMemo, useState } from '../dom.js';
import { count, dayKey, formatClock, formatDay, formatShort, setTitle, zone } from '../format.js';
import { useKeys } from '../keys.js';
import { back } from '../router.js';
import { fieldWords, fullName, profileFields, written } from '../profile.js';
import { useStore } from '../store.js';
import { ConversationLink, Copy, EventLink, Exact, Prose, Time, Type } from '../text.js';
import { Action, Empty, Facts, Head, Loaded, useLoad } from '../ui.js';

const PAGE = 1000;
const AT_ONCE = 10; // pages that are loaded unasked

// The history, or what goes on behind the one before. Its events come oldest first, and the newest stand on top: all are
// loaded.
async function loadHistory(id, options, before) {
    let history = before;
    for (let left = AT_ONCE; left > 0 && history?.next !== null; left--) {
        const page = await get(`/v1/leads/${segment(id)}`, { ...options, params: { limit: PAGE, cursor: history?.next } });
        history = { ...page, ...history, events: [...history?.events ?? [], ...page.events], next: page.next };
    }
    return history;
}

const entryOf = ({ seq, type, conversation_id: conversation, occurred_at: at, received_at: received }) =>
    ({ seq, at: at ?? received, type, conversation, changes: [] });

// Everything, by event: [{at, seq, type, conversation, reason, changes}], the newest first. What is told of
// events that are not loaded waits for them.
function lineOfTime({ changes, events, escalations, intents }) {
    const bySeq = new Map(events.map((event) => [event.seq, entryOf(event)]));
    for (const change of changes) bySeq.get(change.seq)?.changes.push(change);
    for (const { seq, reason } of [...escalations, ...intents]) if (bySeq.has(seq)) bySeq.get(seq).reason = reason;
    return [...bySeq.values()].sort((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.seq - a.seq);
}

const Value = ({ value }) => value === null || value === undefined ? html`<span class="faint">nothing</span>` : html`<${Exact}
    text=${written(value)} />`;

const Change = ({ change }) => html`<li><span class="faint"><${Exact} text=${fieldWords(change.field)} /></span>
    ${change.from !== null && html`<del><${Value} value=${change.from} /></del> <span class="faint"
        aria-hidden="true">→</span> `}<ins><${Value} value=${change.to} /></ins></li>`;

function Entry({ entry, several }) {
    return html`<li class="entry"><div class="entry-head"><${Type} type=${entry.type} />
            <p class="meta"><${Time} at=${entry.at} show=${formatClock} /><${EventLink} seq=${entry.seq}><span
                class="offscreen">event </span>#${entry.seq}</${EventLink}>
            ${several && entry.conversation && html`<${ConversationLink} id=${entry.conversation} />`}</p></div>
        ${entry.reason && html`<${Prose} class="reason" text=${entry.reason} />`}
        ${entry.changes.length > 0 && html`<ul class="changes">${entry.changes.map((change, at) => html`<${Change} key=${at}
            change=${change} />`)}</ul>`}</li>`;
}

const SHOWN = 200;

const Newer = ({ history, more }) => html`<p class="notice">These are the first ${count(history.events.length, 'event')}.
    <${Action} act=${more}>Load newer events</${Action}></p>`;

function Line({ history, more }) {
    const entries = useMemo(() => lineOfTime(history), [history]);
    const [shown, setShown] = useState(SHOWN);
    useStore(zone); // days begin where it has them
    const days = [];
    for (const entry of entries.slice(0, shown)) {
        const key = dayKey(entry.at);
        if (days.at(-1)?.key !== key) days.push({ key, at: entry.at, entries: [] });
        days.at(-1).entries.push(entry);
    }
    const several = history.conversations.length > 1;
    return html`<section aria-labelledby="line"><h2 id="line">History</h2>
        ${history.next && html`<${Newer} history=${history} more=${more} />`}
        ${days.map((day) => html`<div class="line-day" key=${day.key}><h3><${Time} at=${day.at} show=${formatDay} /></h3>
            <ol class="line">${day.entries.map((entry) => html`<${Entry} key=${entry.seq} entry=${entry}
                several=${several} />`)}</ol></div>`)}
        ${entries.length > shown && html`<button type="button"
            onClick=${() => setShown(shown + 5 * SHOWN)}>Show more of ${count(entries.length, 'event')}</button>`}
        ${history.changes_cut && html`<p class="faint">There are more changes than are shown.</p>`}</section>`;
}

function Profile({ lead }) {
    return html`<section aria-labelledby="profile"><h2 id="profile">Profile</h2><${Facts} rows=${[
        ...profileFields(lead).map(([name, value]) => [html`<${Exact} text=${fieldWords(name)} />`,
            html`<span class="with-copy"><${Exact} text=${written(value)} /><${Copy} text=${written(value)}
                what=${fieldWords(name)} class="quiet small" /></span>`]),
        ['Lead', html`<span class="with-copy"><span class="id"><${Exact} text=${lead.id} /></span><${Copy} text=${lead.id}
            what="the lead’s id" class="quiet small" /></span>`],
        ['Agent', (lead.agent_name || lead.agent_id) && html`<${Exact} text=${lead.agent_name || lead.agent_id} />`],
        ['First seen', html`<${Time} at=${lead.first_at} />`],
        ['Last seen', html`<${Time} at=${lead.last_at} />`],
        ['Events', html`<a href=${`/trail?${new URLSearchParams({ lead: lead.id })}`}>${count(lead.events, 'event')}</a>`],
    ]} />${lead.profile_cut && html`<p class="faint">The profile is larger than what is shown.</p>`}</section>`;
}

function Talks({ history }) {
    const { conversations } = history;
    if (conversations.length === 0) return null;
    return html`<section aria-labelledby="talks"><h2 id="talks">Conversations <span class="faint">
        ${conversations.length}${history.conversations_cut ? '+' : ''}</span></h2>
        <ul class="talks">${conversations.map((each) => html`<li key=${each.id}><${ConversationLink} id=${each.id} />
            <span class="faint"><${Time} at=${each.first_at} show=${formatShort} /> to <${Time} at=${each.last_at}
                show=${formatShort} />, ${count(each.events, 'event')}</span></li>`)}</ul></section>`;
}

export function Lead({ where }) {
    const { id } = where;
    const loaded = useLoad((options) => loadHistory(id, options), id);
    useEffect(() => { setTitle('Lead', id); }, [id]);
    useKeys({ Escape: () => back('/leads') });
    const more = async () => {
        loaded.replace(await loadHistory(id, {}, loaded.data));
    };
    const gone = isGone(loaded.error);
    const name = loaded.data && fullName(loaded.data.lead);
    return html`<div class="view scroll lead"><${Head} title=${name ? html`<${Exact} text=${name} />` : 'Lead'} lead=${html`<a
        class="up" href="/leads">Leads</a>`} />
        ${gone ? html`<${Empty} title=${loaded.error.status === 410 ? 'This lead was erased' : 'There is no such lead'}><p>
            ${loaded.error.detail}</p></${Empty}>` : html`
        <${Loaded} of=${loaded} lines=${12}>${(history) => html`<div class="columns">
            <div class="column-side"><${Profile} lead=${history.lead} /><${Talks} history=${history} /></div>
            <div class="column-main"><${Line} history=${history} more=${more} /></div></div>`}</${Loaded}>`}</div>`;
}
