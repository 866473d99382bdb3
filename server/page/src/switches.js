// What each person sets for this browser: the theme, and in which zone times are shown.
import { html } from './dom.js';
import { zone } from './format.js';
import { Icon } from './icons.js';
import { createSetting, useStore } from './store.js';

const theme = createSetting('theme', 'auto');
theme.watch((value) => {
    if (value === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = value;
});

const themes = [['auto', 'auto', 'as the system'], ['light', 'sun', 'light'], ['dark', 'moon', 'dark']];

export function Switches() {
    const chosen = useStore(theme);
    const shownZone = useStore(zone);
    const at = themes.findIndex(([name]) => name === chosen);
    const [, icon, words] = themes[at] ?? themes[0];
    const zoneWords = shownZone === 'UTC' ? 'UTC' : 'Local time';
    const next = themes[(at + 1) % themes.length];
    return html`<div class="switches">
        <button type="button" class="quiet square" aria-label=${`Theme: ${words}. Change to ${next[2]}`}
            title=${`Theme: ${words}`}
            onClick=${() => theme.set(next[0])}><${Icon} name=${icon} /></button>
        <button type="button" class="quiet" title="The zone in which times are shown"
            aria-label=${`${zoneWords}: the zone in which times are shown. Change`}
            onClick=${() => zone.set(shownZone === 'UTC' ? 'local' : 'UTC')}>${zoneWords}</button>
    </div>`;
}
