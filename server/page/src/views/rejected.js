// Rejected deliveries: kept with the reason, never in the trail.
import { html, useEffect, useRef } from '../dom.js';
import { FilterBar } from '../filters.js';
import { formatBytes, formatShort, setTitle } from '../format.js';
import { List } from '../list.js';
import { paths } from '../router.js';
import { attended } from '../session.js';
import { Exact, Mark, timeOf } from '../text.js';
import { Action, Empty, Head } from '../ui.js';
import { useSummaries } from './conversations.js';

const NAMES = ['since', 'until'];
const COLUMNS = [['at', 'Received'], ['status', 'Answer'], ['reason', 'Reason'], ['endpoint', 'Endpoint'], ['size', 'Size'],
    ['seq', 'Number']]
    .map(([key, name]) => ({ key, name }));

const draw = (rejection) => html`
    <span role="cell" class="cell-at">${timeOf(rejection.received_at, formatShort)}</span>
    <span role="cell" class="cell-status"><${Mark} kind="bad">${rejection.status}</${Mark}></span>
    <span role="cell" class="cell-reason"><a class="row-link" href=${paths.rejection(rejection.number)}><${Exact}
        text=${rejection.detail || rejection.title} /></a></span>
    <span role="cell" class="cell-endpoint">${rejection.endpoint && html`<${Exact} text=${rejection.endpoint} />`}</span>
    <span role="cell" class="cell-size">${formatBytes(rejection.size)}</span>
    <span role="cell" class="cell-seq">${rejection.number}</span>`;

const REFRESH_MS = 30000;

// By itself, when somebody comes back to the window and while he sits there, unless he reads further down.
function useRefresh(refresh, place) {
    const now = useRef();
    now.current = () => { if (place.top === 0) refresh().catch(() => {}); };
    useEffect(() => {
        const look = () => now.current();
        const timer = setInterval(() => { if (attended()) look(); }, REFRESH_MS);
        addEventListener('focus', look);
        return () => {
            clearInterval(timer);
            removeEventListener('focus', look);
        };
    }, []);
}

export function Rejected({ where }) {
    const { pages, filters, place, refresh } = useSummaries(where, '/v1/rejected', 'rejected', NAMES);
    useEffect(() => { setTitle('Rejected'); }, []);
    useRefresh(refresh, place);
    return html`<div class="view fill"><${Head} title="Rejected"><${Action} act=${refresh}>Refresh</${Action}></${Head}>
        <${FilterBar} where=${where} names=${NAMES} />
        <div class="list-frame"><${List} pages=${pages} label="Rejected deliveries" columns=${COLUMNS} draw=${draw}
            place=${place} class="rejections"
            empty=${html`<${Empty} title="Nothing is kept here">${Object.keys(filters).length > 0 && html`
                <p>Of this time there is none.</p>`}</${Empty}>`} /></div></div>`;
}
