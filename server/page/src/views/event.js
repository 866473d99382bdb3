// One event: what was read from it, its deliveries, the payload as it was received, and the proof that it is in the trail.
import { get, segment } from '../api.js';
import { html, useEffect, useMemo, useState } from '../dom.js';
import { count, formatBytes, formatNumber, setTitle, typeWords } from '../format.js';
import { Icon } from '../icons.js';
import { parseJson, prettyJson } from '../json.js';
import { useKeys } from '../keys.js';
import { back, paths } from '../router.js';
import { Copy, Exact, LeadLink, Time, Type } from '../text.js';
import { Tree } from '../tree.js';
import { Empty, Facts, Head, Loaded, useLoad } from '../ui.js';

const withCopy = (value, what) => value && html`<span class="with-copy"><${Exact} text=${value} /><${Copy} text=${value}
    what=${what} class="quiet small" /></span>`;

const filtered = (name, id) => html`<a href=${`/trail?${new URLSearchParams({ [name]: id })}`}><${Exact} text=${id} /></a>`;

function EventFacts({ event }) {
    const { agent_id: agent, agent_name: name, conversation_id: conversation, lead_id: lead, visitor_id: visitor } = event;
    return html`<${Facts} rows=${[
        ['Received', html`<${Time} at=${event.received_at} />`],
        ['Occurred', event.occurred_at && html`<${Time} at=${event.occurred_at} />`],
        ['Agent', agent && html`${name && html`<${Exact} text=${name} /> `}<span class="id">
            ${filtered('agent', agent)}</span>`],
        ['Conversation', conversation && html`<span class="with-copy"><a class="id"
            href=${`${paths.conversation(conversation)}#event-${event.seq}`}>
            <${Exact} text=${conversation} /></a>${event.derived && html` <span class="mark"
                title="recognised by the messages that it repeats">derived</span>`}
            <${Copy} text=${conversation} what="the conversation’s id" class="quiet small" /></span>`],
        ['Lead', lead && html`<span class="with-copy"><${LeadLink} id=${lead} /><${Copy} text=${lead} what="the lead’s id"
            class="quiet small" /></span>`],
        ['Visitor', visitor && html`<span class="id">${filtered('visitor', visitor)}</span>`],
        ['Endpoint', event.endpoint && html`<${Exact} text=${event.endpoint} />`],
        ['Erased', event.erased_at && html`<${Time} at=${event.erased_at} />`],
        ['Size', `${formatBytes(event.size)}${event.size >= 1024 ? ` (${formatNumber(event.size)} bytes)` : ''}`],
        ['SHA-256', event.sha256 && html`<span class="mono">${withCopy(event.sha256, 'the digest')}</span>`],
        ['Warnings', event.warnings.length > 0 && html`<ul class="plain-list">${event.warnings.map((warning) => html`<li
            class="warn-text"><${Exact} text=${warning} /></li>`)}</ul>`],
    ]} />`;
}

function Deliveries({ event }) {
    const { received } = event;
    return html`<section aria-labelledby="deliveries"><h2 id="deliveries">Deliveries <span class="faint">
        ${formatNumber(event.deliveries)}</span></h2>
        <div class="scroll-x" tabindex="0" role="group" aria-labelledby="deliveries"><table class="grid"><thead><tr>
            <th scope="col">Received</th><th scope="col">Sender</th><th scope="col">Content type</th><th
                scope="col">Headers</th><th scope="col">Signature</th></tr></thead>
        <tbody>${received.map((delivery, at) => html`<tr key=${at}>
            <td class="nowrap"><${Time} at=${delivery.at} /></td>
            <td class="mono">${delivery.sender && html`<${Exact} text=${delivery.sender} />`}</td>
            <td class="mono">${delivery.content_type && html`<${Exact} text=${delivery.content_type} />`}</td>
            <td>${Object.entries(delivery.headers).map(([name, value]) => html`<div class="mono"><span class="faint"><${Exact}
                text=${name} />:</span> <${Exact} text=${value} /></div>`)}</td>
            <td>${delivery.signature_verified ? 'verified' : html`<span
                class="faint">none</span>`}</td></tr>`)}</tbody></table></div>
        ${event.received_more && html`<p class="faint">There were more deliveries than are listed.</p>`}</section>`;
}

function decodeText(bytes) {
    try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
        return null;
    }
}

function parsed(text) {
    try {
        return text === null ? null : parseJson(text);
    } catch {
        return null;
    }
}

const RAW_LIMIT = 200000; // characters shown unasked

function Raw({ text }) {
    const [whole, setWhole] = useState(false);
    const cut = !whole && text.length > RAW_LIMIT;
    return html`<pre class="raw" tabindex="0" dir="ltr"><${Exact} lines text=${cut ? text.slice(0, RAW_LIMIT) : text} /></pre>
        ${cut && html`<button type="button"
            onClick=${() => setWhole(true)}>Show all ${count(text.length, 'character')}</button>`}`;
}

function Payload({ seq }) {
    const path = `/v1/events/${segment(seq)}/payload`;
    const loaded = useLoad((options) => get(path, { ...options, as: 'bytes' }), path);
    const [raw, setRaw] = useState(false);
    const text = useMemo(() => loaded.data && decodeText(loaded.data), [loaded.data]);
    const node = useMemo(() => parsed(text || null), [text]);
    const shown = node && !raw ? () => prettyJson(node) : text;
    return html`<section aria-labelledby="payload"><div class="section-head"><h2 id="payload">Payload <span
        class="faint">as received</span></h2>
        <div class="acts">
            ${node && html`<div class="tabs" role="group" aria-label="How the payload is shown">
                <button type="button" aria-pressed=${!raw} onClick=${() => setRaw(false)}>Pretty</button>
                <button type="button" aria-pressed=${raw} onClick=${() => setRaw(true)}>Raw</button></div>`}
            ${text && html`<${Copy} text=${shown} what="the payload" class="" />`}
            <a class="button" href=${path} download=${`event-${seq}.json`}>Download</a>
        </div></div>
        <div class="paper">${loaded.error?.status === 410 ? html`<p class="faint">${loaded.error.detail}</p>` : html`<${Loaded}
            of=${loaded} lines=${10}>${() => text === null
            ? html`<p class="faint">These bytes are no UTF-8 text. Download them.</p>`
            : node && !raw ? html`<${Tree} node=${node} />` : html`<${Raw} text=${text} />`}</${Loaded}>`}</div></section>`;
}

function Proof({ seq, words = 'that it is in the trail, unchanged' }) {
    const path = `/v1/events/${segment(seq)}/proof`;
    const [asked, setAsked] = useState(false);
    return html`<section aria-labelledby="proof"><div class="section-head"><h2 id="proof">Proof <span
        class="faint">${words}</span></h2>
        ${!asked && html`<div class="acts"><button type="button" onClick=${() => setAsked(true)}>Show</button></div>`}</div>
        ${asked && html`<${ProofText} path=${path} seq=${seq} />`}</section>`;
}

function ProofText({ path, seq }) {
    const loaded = useLoad((options) => get(path, { ...options, as: 'text' }), path);
    if (loaded.error?.status === 404) {
        return html`<p class="faint" role="status">No checkpoint covers this event yet; the next one is signed within seconds.
            <button type="button" class="quiet small" onClick=${loaded.reload}>Look again</button></p>`;
    }
    return html`<${Loaded} of=${loaded} lines=${5}>${(text) => html`<div class="paper">
        <pre class="raw" tabindex="0">${text}</pre>
        <p class="acts"><${Copy} text=${text} what="the proof" class="" /><a class="button" href=${path}
            download=${`${seq}.tlog-proof`}>Download</a></p>
        <p class="faint">The digests from this event’s leaf to the root, and the checkpoint that signs it (c2sp.org/tlog-proof).
            Anybody who has the log’s key can check it without trusting this machine.</p></div>`}</${Loaded}>`;
}

// Its leaf stays where it was: the proof goes on.
const Erased = ({ seq, error }) => html`<${Empty} title=${html`Event <span class="number"><${Exact} text=${seq} /></span> was erased`}>
    <p><${Exact} text=${error.detail} /></p></${Empty}>
    <${Proof} key=${seq} seq=${seq} words="that it was taken into the trail" />`;

const isSeq = (id) => /^[1-9][0-9]{0,15}$/.test(id);

export function Event({ where }) {
    const seq = where.id;
    const loaded = useLoad((options) => get(`/v1/events/${segment(seq)}`, options), seq);
    useEffect(() => { setTitle('Event', seq); }, [seq]);
    useKeys({ Escape: () => back('/trail') });
    const neighbour = (by, words, icon) => isSeq(seq) && Number(seq) + by > 0 && html`<a class="button square"
        href=${paths.event(Number(seq) + by)}
        aria-label=${words} title=${words}><span class=${icon}><${Icon} name="right" /></span></a>`;
    return html`<div class="view scroll"><${Head} title=${html`Event <span class="number"><${Exact} text=${seq} /></span>`}
            lead=${html`<a class="up" href="/trail">Trail</a>`}>
            ${neighbour(-1, 'The event before', 'flip')}${neighbour(1, 'The event after', '')}</${Head}>
        ${loaded.error?.status === 404 ? html`<${Empty} title="There is no such event"><p><a
            href="/trail">To the trail</a></p></${Empty}>` : loaded.error?.status === 410 ? html`<${Erased} seq=${seq}
            error=${loaded.error} />` : html`
        <${Loaded} of=${loaded}>${(event) => html`
            <p class="lead-line"><${Type} type=${event.type} /> <span class="faint">
                ${typeWords(event.type) === event.type ? '' : event.type}</span></p>
            <${EventFacts} event=${event} />
            ${!event.erased_at && html`<${Payload} key=${seq} seq=${seq} />`}
            <${Deliveries} event=${event} />
            <${Proof} key=${seq} seq=${seq} />`}</${Loaded}>`}</div>`;
}
