// Icons: strokes on a grid of 16, in the colour of the text beside them. All are decoration; the words are beside them or
// in the button's label.
import { html } from './dom.js';

const shapes = {
    overview: 'M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11',
    trail: 'M2.5 4h11M2.5 8h11M2.5 12h7',
    conversations: 'M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z',
    leads: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5',
    rejected: 'M8 2.5 14 13H2zM8 6.5v3M8 11.3v.2',
    settings: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.3v3.4M6 9.3v3.4',
    search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3l3.2 3.2',
    menu: 'M2.5 4.5h11M2.5 8h11M2.5 11.5h11',
    close: 'M4 4l8 8M12 4l-8 8',
    back: 'M9.5 3.5 5 8l4.5 4.5',
    down: 'M4 6l4 4 4-4',
    right: 'M6 4l4 4-4 4',
    pause: 'M5.5 3.5v9M10.5 3.5v9',
    play: 'M5 3.2v9.6L12.5 8z',
    up: 'M8 13V3.5M4 7.5l4-4 4 4',
    sun: 'M8 10.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
    moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z',
    auto: 'M8 13.8a5.8 5.8 0 1 0 0-11.6 5.8 5.8 0 0 0 0 11.6zM8 2.2v11.6M10.3 3v10M12.4 4.6v6.8',
    quiet: 'M3 6.5h2L8 4v8L5 9.5H3zM11 6l3 4M14 6l-3 4',
    lock: 'M4 7.5h8v6H4zM5.5 7.5V5.3a2.5 2.5 0 0 1 5 0v2.2',
};

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${shapes[name]} /></svg>`;
