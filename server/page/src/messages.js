// What a timeline is drawn as: messages by who spoke, the days between them, and what happened beside them.
import { Component, html, useState } from './dom.js';
import { count, formatClock, formatDay } from './format.js';
import { fieldWords, isEmpty, written } from './profile.js';
import { EventLink, Exact, LeadLink, Mark, Prose, timeOf, Type } from './text.js';
import { speakerOf } from './timeline.js';
import { Facts } from './ui.js';

// ---- messages ----

function Edited({ edited }) {
    const [open, setOpen] = useState(false);
    return html`<button type="button" class="quiet small mark" aria-expanded=${open}
        onClick=${() => setOpen(!open)}>edited</button>
        ${open && html`<ol class="versions" aria-label="Earlier versions">
            ${edited.previous.map((version, at) => html`<li key=${at}><${Prose} text=${version.content ?? ''} /><${EventLink}
                seq=${version.seq} /></li>`)}
            ${edited.previous_cut && html`<li class="faint">and earlier ones</li>`}
            <li class="faint">as above since <${EventLink} seq=${edited.seq} /></li></ol>`}`;
}

function Message({ item, goesOn, names }) {
    const { side, name } = speakerOf(item.role, names);
    return html`<article class="message ${side} ${goesOn ? 'goes-on' : ''} ${item.removed ? 'removed' : ''}"
        id=${`event-${item.seq}`}>
        ${goesOn ? html`<h3 class="offscreen"><${Exact} text=${name} /></h3>` : html`<h3 class="speaker"><${Exact}
            text=${name} /></h3>`}
        <div class="bubble">${item.content === null || item.content === undefined
            ? html`<p class="faint">${item.unreadable ? 'The payload could not be read.' : 'No text'}</p>` : html`<${Prose}
                text=${item.content} />`}</div>
        <p class="meta">${timeOf(item.at, formatClock)}<${EventLink} seq=${item.seq}><span
            class="offscreen">event </span>#${item.seq}</${EventLink}>
            ${item.edited && html`<${Edited} edited=${item.edited} />`}
            ${item.removed && html`<${Mark} title="A later snapshot of the conversation lacks it">removed in <${EventLink}
                seq=${item.removed.seq} /></${Mark}>`}
            ${item.derived && html`<${Mark}
                title="Its event does not name the conversation; it was recognised by the messages that it repeats">derived</${Mark}>`}</p>
    </article>`;
}

// ---- what happened ----

const Fields = ({ fields }) => html`<${Facts} class="captured"
    rows=${Object.entries(fields).filter(([, value]) => !isEmpty(value))
    .map(([name, value]) => [html`<${Exact} text=${fieldWords(name)} />`, name === 'id' && typeof value === 'string'
        ? html`<${LeadLink} id=${value} />` : html`<${Exact} text=${written(value)} />`])} />`;

function Happened({ item }) {
    return html`<article class="happened ${item.reason || item.fields || item.visitor ? 'tells' : ''}"
        id=${`event-${item.seq}`}>
        <h3><${Type} type=${item.type} /></h3>
        <p class="meta">${timeOf(item.at, formatClock)}<${EventLink} seq=${item.seq}><span
            class="offscreen">event </span>#${item.seq}</${EventLink}>
            ${item.derived && html`<${Mark}
                title="It does not name the conversation; it was recognised by the messages that it repeats">derived</${Mark}>`}
            ${item.erased_at && html`<${Mark}>erased</${Mark}>`}
            ${item.unreadable && html`<${Mark} kind="bad">unreadable</${Mark}>`}
            ${item.warnings?.length > 0 && html`<${Mark} kind="warn" title=${item.warnings.join('\n')}>
                ${count(item.warnings.length, 'warning')}</${Mark}>`}</p>
        ${item.reason && html`<${Prose} class="reason" text=${item.reason} />`}
        ${item.fields && html`<${Fields} fields=${item.fields} />`}
        ${item.visitor && html`<${Fields} fields=${item.visitor} />`}
    </article>`;
}

// Chunks that are out of sight are neither laid out nor painted (content-visibility), but found by the browser's search,
// printed, and read by assistive technology, as rows that are taken away would not be. They are drawn when they come near,
// the others while there is nothing else to do.
export class Chunk extends Component {
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
        return state.drawn !== this.state.drawn || ['chunk', 'zone', 'names'].some((name) => next[name] !== this.props[name]);
    }

    render({ chunk, names }, { drawn }) {
        if (!drawn) return html`<div class="chunk undrawn" ref=${(element) => { this.element = element ?? this.element; }} />`;
        return html`<div class="chunk">${chunk.rows.map(({ item, day, goesOn }, at) => html`
            ${day && html`<h2 class="day" key=${`day ${at}`}><span>${timeOf(day, formatDay)}</span></h2>`}
            ${item.kind === 'message' ? html`<${Message} key=${at} item=${item} goesOn=${goesOn} names=${names} />`
                : html`<${Happened} key=${at} item=${item} />`}`)}</div>`;
    }
}
