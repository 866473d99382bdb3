// Leads, the one with the newest activity first; or those who ever had an address.
import { html, useEffect } from '../dom.js';
import { FilterBar } from '../filters.js';
import { formatNumber, formatShort, setTitle } from '../format.js';
import { List } from '../list.js';
import { fullName } from '../profile.js';
import { paths } from '../router.js';
import { Exact, timeOf } from '../text.js';
import { Empty, Head } from '../ui.js';
import { useSummaries } from './conversations.js';

const NAMES = ['agent', 'conversation', 'visitor', 'since', 'until', 'email'];
const COLUMNS = [['at', 'Last activity'], ['name', 'Lead'], ['email', 'Email'], ['company', 'Company'], ['count', 'Conversations']]
    .map(([key, name]) => ({ key, name }));

const text = (value) => typeof value === 'string' && value !== '' && html`<${Exact} text=${value} />`;

const draw = (lead) => html`
    <span role="cell" class="cell-at">${timeOf(lead.last_at, formatShort)}</span>
    <span role="cell" class="cell-name"><a class="row-link" href=${paths.lead(lead.id)}>${fullName(lead.profile)
        ? html`<${Exact} text=${fullName(lead.profile)} />` : html`<span class="id"><${Exact}
            text=${lead.id} /></span>`}</a></span>
    <span role="cell" class="cell-email">${text(lead.profile?.email)}</span>
    <span role="cell" class="cell-company">${text(lead.profile?.company)}</span>
    <span role="cell" class="cell-count">${formatNumber(lead.conversations)}${lead.conversations_more && '+'}<span
        class="unit"> ${lead.conversations === 1 ? 'conversation' : 'conversations'}</span></span>`;

export function Leads({ where }) {
    const { pages, filters, place } = useSummaries(where, '/v1/leads', 'leads', NAMES);
    useEffect(() => { setTitle('Leads'); }, []);
    return html`<div class="view fill"><${Head} title="Leads" />
        <${FilterBar} where=${where} names=${NAMES.filter((name) => name !== 'email')} />
        <div class="list-frame"><${List} pages=${pages} label="Leads" columns=${COLUMNS} draw=${draw} place=${place}
            class="leads"
            empty=${html`<${Empty} title="No leads">${filters.email ? html`<p>Nobody ever had this address.</p>` : html`
                <p>They appear here when contact details are captured.</p>`}</${Empty}>`} /></div></div>`;
}
