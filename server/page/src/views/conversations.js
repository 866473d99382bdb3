// Conversations, the one with the newest activity first.
import { get } from '../api.js';
import { html, useEffect, useState } from '../dom.js';
import { FilterBar, readFilters } from '../filters.js';
import { formatNumber, formatShort, setTitle } from '../format.js';
import { List, usePages } from '../list.js';
import { Pages } from '../pages.js';
import { keep, paths, recall } from '../router.js';
import { Exact, LeadLink, timeOf } from '../text.js';
import { Empty, Head } from '../ui.js';

const NAMES = ['type', 'agent', 'lead', 'visitor', 'since', 'until'];
const COLUMNS = [['at', 'Last activity'], ['conversation', 'Conversation'], ['agent', 'Agent'], ['lead', 'Lead'],
    ['count', 'Events']]
    .map(([key, name]) => ({ key, name }));
const SIZE = 100;

// A list of summaries at one address, kept with its entry of the history.
export function useSummaries(where, path, name, names) {
    const filters = readFilters(where.search, names);
    const [turn, setTurn] = useState(0);
    const key = `${where.key} ${where.pathname}${where.search}`;
    const begin = () => new Pages(async ({ cursor, signal }) => {
        const answer = await get(path, { params: { ...filters, cursor, limit: filters.email ? undefined : SIZE }, signal });
        return { rows: answer[name], next: answer.next };
    });
    const make = () => {
        const state = recall(key) ?? { place: { top: 0 }, pages: begin() };
        keep(key, state);
        return state.pages;
    };
    const pages = usePages(make, `${key} ${turn}`);
    // The list anew, from its top: it takes the other's place when its first page is here.
    const refresh = async () => {
        const fresh = begin();
        await fresh.more();
        if (fresh.error) throw fresh.error;
        keep(key, { place: { top: 0 }, pages: fresh });
        setTurn((value) => value + 1);
    };
    return { pages, filters, place: recall(key).place, refresh };
}

const draw = (conversation) => html`
    <span role="cell" class="cell-at">${timeOf(conversation.last_at, formatShort)}</span>
    <span role="cell" class="cell-conversation"><a class="row-link id" href=${paths.conversation(conversation.id)}><${Exact}
        text=${conversation.id} /></a></span>
    <span role="cell" class="cell-agent">${(conversation.agent_name || conversation.agent_id) && html`<${Exact}
        text=${conversation.agent_name || conversation.agent_id} />`}</span>
    <span role="cell" class="cell-lead">${conversation.lead_ids.slice(0, 2).map((id) => html`<${LeadLink} key=${id}
        id=${id} />`)}
        ${conversation.lead_ids.length > 2 && html`<span class="faint">+${conversation.lead_ids.length - 2}</span>`}</span>
    <span role="cell" class="cell-count">${formatNumber(conversation.events)}<span
        class="unit"> ${conversation.events === 1 ? 'event' : 'events'}</span></span>`;

export function Conversations({ where }) {
    const { pages, place } = useSummaries(where, '/v1/conversations', 'conversations', NAMES);
    useEffect(() => { setTitle('Conversations'); }, []);
    return html`<div class="view fill"><${Head} title="Conversations" />
        <${FilterBar} where=${where} names=${NAMES} />
        <div class="list-frame"><${List} pages=${pages} label="Conversations" columns=${COLUMNS} draw=${draw} place=${place}
            class="conversations"
            empty=${html`<${Empty} title="No conversations">
                <p>They appear here when events that name one arrive.</p></${Empty}>`} /></div></div>`;
}
