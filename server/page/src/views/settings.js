// Settings for `admin`: the endpoints that take deliveries, and the tokens that read. A secret is shown once, when it is made.
import { del, get, post, segment } from '../api.js';
import { html, useEffect, useRef, useState } from '../dom.js';
import { setTitle } from '../format.js';
import { isAdmin, session } from '../session.js';
import { Copy, Exact, Mark, Time } from '../text.js';
import { Action, Dialog, Empty, Fault, Head, Loaded, toast, useLoad } from '../ui.js';

// ---- dialogs ----

function Secret({ title, secret, what, children, onClose }) {
    return html`<${Dialog} title=${title} onClose=${onClose} held>
        <p>${children}</p>
        <p class="secret" data-testid="secret"><code>${secret}</code></p>
        <p class="warn-text">It is shown this once. What is kept is a hash of it.</p>
        <div class="dialog-acts"><${Copy} text=${secret} what=${what} class="primary" autofocus /><button type="button"
            onClick=${onClose}>Done</button></div></${Dialog}>`;
}

// A form in a dialog, whose error stands in it.
function Ask({ title, submit, words, danger, onClose, children, disabled = false }) {
    const form = useRef();
    const [state, setState] = useState({});
    const send = async (event) => {
        event.preventDefault();
        setState({ busy: true });
        try {
            await submit(Object.fromEntries(new FormData(form.current)));
        } catch (error) {
            setState({ error });
        }
    };
    return html`<${Dialog} title=${title} onClose=${onClose}><form ref=${form} onSubmit=${send}>${children}
        ${state.error && html`<${Fault} error=${state.error} />`}
        <div class="dialog-acts"><button type="button" onClick=${onClose}>Cancel</button>
            <button type="submit" class=${danger ? 'danger' : 'primary'} disabled=${disabled || state.busy}
                aria-busy=${Boolean(state.busy)}>${words}</button></div></form></${Dialog}>`;
}

const Name = ({ help }) => html`<label class="field">Name
    <input name="label" required maxlength="64" pattern="[A-Za-z0-9_][A-Za-z0-9._\\-]*"
        title="letters, digits, dots, underscores and dashes"
        autocomplete="off" spellcheck=${false} autofocus /><span class="faint">
            ${help} Letters, digits, dots, underscores, dashes.</span></label>`;

// ---- endpoints ----

const url = (path) => location.origin + path;

function AddEndpoint({ onClose, onSecret }) {
    const submit = async ({ label }) => onSecret(await post('/v1/endpoints', { body: { label } }));
    return html`<${Ask} title="Add an endpoint" words="Add" submit=${submit} onClose=${onClose}>
        <${Name} help="What you call it by, such as the site that its deliveries come from." /></${Ask}>`;
}

function RotateEndpoint({ endpoint, onClose, onSecret }) {
    const submit = async () => onSecret(await post(`/v1/endpoints/${segment(endpoint.id)}/rotate`));
    return html`<${Ask} title="Rotate the endpoint" words="Rotate" submit=${submit} onClose=${onClose}>
        <p>Makes a new secret path for <strong><${Exact}
            text=${endpoint.name} /></strong>. The old one goes on taking deliveries until you retire it:
            put the new one into Aimdoc first.</p></${Ask}>`;
}

// Those that are active under the same name, as after a rotation: their names don't tell which is meant.
const namesakes = (endpoint, endpoints) => endpoints.filter((other) => other.id !== endpoint.id && other.name === endpoint.name
    && other.state === 'active' && endpoint.state === 'active');

function RetireEndpoint({ endpoint, shared, onClose, onDone }) {
    const [typed, setTyped] = useState('');
    const wanted = shared ? String(endpoint.id) : endpoint.name;
    const submit = async () => {
        await post(`/v1/endpoints/${segment(endpoint.id)}/retire`, { body: { confirm: wanted } });
        onDone();
    };
    return html`<${Ask} title="Retire the endpoint" words="Retire it for good" danger submit=${submit} onClose=${onClose}
        disabled=${typed !== wanted}>
        <p>From now on deliveries to endpoint ${endpoint.id}, <strong><${Exact}
            text=${endpoint.name} /></strong>, are answered with
            <strong> 410 Gone</strong>: Aimdoc then removes the subscription by itself, and sends nothing more to this path.
            This cannot be taken back.</p>
        ${shared && html`<p>Another endpoint has this name too, so it is the number that counts.</p>`}
        <label class="field"><span>Type <strong><${Exact} text=${wanted} /></strong> to confirm</span>
            <input name="confirm" autocomplete="off" spellcheck=${false} value=${typed}
                onInput=${(event) => setTyped(event.target.value)} autofocus /></label></${Ask}>`;
}

const endpointActs = (endpoint, shared, show) => endpoint.state === 'active' && html`
    <button type="button" class="quiet" aria-label=${`Rotate ${endpoint.name}${shared ? `, ${endpoint.id}` : ''}`}
        onClick=${() => show({ kind: 'rotate', endpoint })}>Rotate</button>
    <button type="button" class="quiet danger-text" aria-label=${`Retire ${endpoint.name}${shared ? `, ${endpoint.id}` : ''}`}
        onClick=${() => show({ kind: 'retire', endpoint, shared })}>Retire</button>`;

const isOlder = (endpoint, others) => others.some(({ id }) => id > endpoint.id);

// The button that one pressed goes when its row changes: the table takes the focus.
const focusTable = (id) => requestAnimationFrame(() => document.querySelector(`.scroll-x[aria-labelledby="${id}"]`)?.focus());

function EndpointTable({ endpoints, show }) {
    return html`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="endpoints"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Signed</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${endpoints.map((endpoint) => [endpoint, namesakes(endpoint, endpoints)]).map(([endpoint, others]) => html`<tr
            key=${endpoint.id} data-testid="endpoint">
            <td><${Exact} text=${endpoint.name} /> <span class="faint">${endpoint.id}</span></td>
            <td><${Mark} kind=${endpoint.state === 'active' ? 'good' : ''}>${endpoint.state}</${Mark}>
                ${isOlder(endpoint, others) && html` <${Mark} kind="warn"
                    title="It was rotated: retire it when nothing is delivered to it any more">older</${Mark}>`}
                ${endpoint.retired_at && html` <span class="faint"><${Time} at=${endpoint.retired_at} /></span>`}</td>
            <td>${endpoint.signed ? 'yes' : html`<span class="faint">no</span>`}</td>
            <td><${Time} at=${endpoint.created_at} /></td>
            <td class="acts">${endpointActs(endpoint, others.length > 0, show)}</td></tr>`)}</tbody></table></div>`;
}

function Endpoints({ onChange }) {
    const loaded = useLoad((options) => get('/v1/endpoints', options), 'endpoints');
    const [dialog, show] = useState(null);
    const close = () => show(null);
    const onSecret = ({ endpoint, name }) => {
        loaded.reload();
        onChange();
        show({ kind: 'secret', endpoint, name });
    };
    const onRetired = () => {
        loaded.reload();
        onChange();
        close();
        focusTable('endpoints');
        toast('The endpoint is retired: it answers 410.');
    };
    return html`<section aria-labelledby="endpoints"><div class="section-head"><h2 id="endpoints">Endpoints</h2>
            <div class="acts"><button type="button" onClick=${() => show({ kind: 'add' })}>Add endpoint</button></div></div>
        <p class="faint">Secret paths to which Aimdoc delivers. Whoever knows one can deliver; it shows nothing of what is stored.</p>
        <${Loaded} of=${loaded} lines=${3}>${({ endpoints }) => html`<${EndpointTable} endpoints=${endpoints}
            show=${show} />`}</${Loaded}>
        ${dialog?.kind === 'add' && html`<${AddEndpoint} onClose=${close} onSecret=${onSecret} />`}
        ${dialog?.kind === 'rotate' && html`<${RotateEndpoint} endpoint=${dialog.endpoint} onClose=${close}
            onSecret=${onSecret} />`}
        ${dialog?.kind === 'retire' && html`<${RetireEndpoint} endpoint=${dialog.endpoint} shared=${dialog.shared} onClose=${close}
            onDone=${onRetired} />`}
        ${dialog?.kind === 'secret' && html`<${Secret} title="The endpoint’s address" secret=${url(dialog.endpoint)}
            what="the address" onClose=${close}>
            Put this into Aimdoc as the webhook’s URL; if deliveries arrive under another host name than
            this page, change that part.</${Secret}>`}</section>`;
}

// ---- tokens ----

function AddToken({ onClose, onSecret }) {
    const submit = async ({ label, scope }) => onSecret(await post('/v1/tokens', { body: { label, scope } }));
    return html`<${Ask} title="Add a token" words="Add" submit=${submit} onClose=${onClose}>
        <${Name} help="Who or what it is for; it stands in the list of who did what." />
        <fieldset class="scopes"><legend>Scope</legend>
            <label class="option"><input type="radio" name="scope" value="read" defaultChecked checked /><span>read <span
                class="faint">sees everything that is stored</span></span></label>
            <label class="option"><input type="radio" name="scope" value="read,admin" /><span>read and admin <span
                class="faint">also retries, drops, and changes these settings</span></span></label></fieldset></${Ask}>`;
}

function RevokeToken({ token, onClose, onDone }) {
    const submit = async () => {
        await del(`/v1/tokens/${segment(token.id)}`);
        onDone();
    };
    return html`<${Ask} title="Revoke the token" words="Revoke" danger submit=${submit} onClose=${onClose}>
        <p>Programs that use <strong><${Exact}
            text=${token.name} /></strong> are refused from now on, and whoever signed in by it is signed out.
            This cannot be taken back.</p>
        ${token.id === session.get().token && html`<p><strong>You signed in by this one: you will be signed out.</strong></p>`}</${Ask}>`;
}

function TokenTable({ tokens, show }) {
    return html`<div class="scroll-x" tabindex="0" role="group" aria-labelledby="tokens"><table class="grid"><thead><tr><th
        scope="col">Name</th><th scope="col">State</th><th scope="col">Scopes</th>
        <th scope="col">Made</th><th scope="col"><span class="offscreen">Acts</span></th></tr></thead>
        <tbody>${tokens.map((token) => html`<tr key=${token.id} data-testid="token">
            <td><${Exact} text=${token.name} /> <span class="faint">${token.id}</span></td>
            <td><${Mark} kind=${token.state === 'valid' ? 'good' : ''}>${token.state}</${Mark}>${token.revoked_at && html` <span
                class="faint"><${Time} at=${token.revoked_at} /></span>`}</td>
            <td>${token.scopes.join(', ')}</td>
            <td><${Time} at=${token.created_at} /></td>
            <td class="acts">${token.state === 'valid' && html`<button type="button" class="quiet danger-text"
                aria-label=${`Revoke ${token.name}`}
                onClick=${() => show({ kind: 'revoke', token })}>Revoke</button>`}</td></tr>`)}</tbody></table></div>`;
}

function Tokens({ onChange }) {
    const loaded = useLoad((options) => get('/v1/tokens', options), 'tokens');
    const [dialog, show] = useState(null);
    const close = () => show(null);
    const onSecret = ({ token }) => {
        loaded.reload();
        onChange();
        show({ kind: 'secret', token });
    };
    const onRevoked = () => {
        loaded.reload();
        onChange();
        close();
        focusTable('tokens');
        toast('The token is revoked.');
    };
    return html`<section aria-labelledby="tokens"><div class="section-head"><h2 id="tokens">Tokens</h2>
            <div class="acts"><button type="button" onClick=${() => show({ kind: 'add' })}>Add token</button></div></div>
        <p class="faint">People sign in here by a token; programs send it with each request.</p>
        <${Loaded} of=${loaded} lines=${3}>${({ tokens }) => html`<${TokenTable} tokens=${tokens} show=${show} />`}</${Loaded}>
        ${dialog?.kind === 'add' && html`<${AddToken} onClose=${close} onSecret=${onSecret} />`}
        ${dialog?.kind === 'revoke' && html`<${RevokeToken} token=${dialog.token} onClose=${close} onDone=${onRevoked} />`}
        ${dialog?.kind === 'secret' && html`<${Secret} title="The new token" secret=${dialog.token} what="the token"
            onClose=${close}>Give it to whom it is for, by a way that you trust.</${Secret}>`}</section>`;
}

// ---- who did what ----

// changes: how many were made on this page; after each the list is loaded again
function Acts({ changes }) {
    const loaded = useLoad((options) => get('/v1/acts', { ...options, params: { limit: 50 } }), 'acts');
    useEffect(() => { if (changes) loaded.reload(); }, [changes]);
    return html`<section aria-labelledby="acts"><h2 id="acts">Who did what <span class="faint">the newest</span></h2>
        <${Loaded} of=${loaded} lines=${5}>${({ acts }) => html`<div class="scroll-x" tabindex="0" role="group"
            aria-labelledby="acts"><table class="grid"><thead><tr><th scope="col">When</th><th scope="col">Who</th>
            <th scope="col">Act</th><th scope="col">To what</th><th scope="col">Detail</th></tr></thead>
        <tbody>${acts.map((act) => html`<tr key=${act.seq}><td class="nowrap"><${Time} at=${act.at} /></td><td>
            ${act.who && html`<${Exact} text=${act.who} />`}</td>
            <td><${Exact} text=${act.kind} /></td><td>${act.object && html`<${Exact} text=${act.object} />`}</td>
            <td class="faint">${act.detail && html`<${Exact}
                text=${act.detail} />`}</td></tr>`)}</tbody></table></div>`}</${Loaded}></section>`;
}

export function Settings({ who }) {
    const [changes, setChanges] = useState(0);
    const onChange = () => setChanges((value) => value + 1);
    useEffect(() => { setTitle('Settings'); }, []);
    if (!isAdmin(who)) return html`<div class="view scroll"><${Head} title="Settings" /><${Empty} title="For administrators">
        <p>Your token has the scope read. Sign in by one that has admin.</p></${Empty}></div>`;
    return html`<div class="view scroll settings"><${Head} title="Settings" /><${Endpoints} onChange=${onChange} /><${Tokens}
        onChange=${onChange} /><${Acts} changes=${changes} /></div>`;
}
