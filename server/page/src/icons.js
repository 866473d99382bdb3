// Icons: strokes on a grid of 16, in the colour of the text beside them. All are decoration; the words are beside them or
// in the button's label.
import { html } from './dom.js';

const shapes = {
    overview: 'M2.5 13.5v-5M6.2 13.5v-9M9.8 13.5V7M13.5 13.5v-11',
    trail: 'M2.5 4h11M2.5 8h11M2.5 12h7',
    conversations: 'M2.5 3.5h11v7.5h-6l-3 2.5V11h-2z',
    leads: 'M8 8a2.6 2.6 0 1 0 0-5.2A2.6 2.6 0 0 0 8 8zM3 13.5c.4-2.4 2.4-3.5 5-3.5s4.6 1.1 5 3.5',
    rejected: 'M8 2.5 14 13H2zM8 6.500v3M8 11.300v.2',
    settings: 'M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.300v3.400M6 9.300v3.4',
    search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.300l3.2 3.2',
    menu: 'M2.5 4.500h11M2.5 8h11M2.5 11.500h11',
    close: 'M4 4l8 8M12 4l-8 8',
    back: 'M9.5 3.5 5 8l4.5 4.5',
    down: 'M4 6l4 4 4-4',
    right: 'M6 4l4 4-4 4',
    pause: 'M5.5 3.500v9M10.5 3.500v9',
    play: 'M5 3.200v9.600L12.5 8z',
    up: 'M8 13V3.500M4 7.500l4-4 4 4',
    sun: 'M8 10.600a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.200zM8 1.500v1.300M8 13.200v1.300M1.5 8h1.300M13.2 8h1.300M3.4 3.400l.9.9M11.7 11.700l.9.9M12.6 3.400l-.9.9M4.3 11.700l-.9.9',
    moon: 'M13.2 9.600A5.6 5.6 0 0 1 6.4 2.800a5.6 5.6 0 1 0 6.8 6.800z',
    auto: 'M8 13.800A5.8 5.8 0 1 0 8 2.200zM8 2.200v11.6',
    quiet: 'M3 6.500h2L8 4v8L5 9.500H3zM11 6l3 4M14 6l-3 4',
    lock: 'M4 7.500h8v6H4zM5.5 7.500V5.300a2.5 2.5 0 0 1 5 0v2.2',
};

export const Icon = ({ name }) => html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    <path d=${shapes[name]} /></svg>`;
