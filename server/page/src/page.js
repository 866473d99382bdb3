// Where the page begins.
import { html, render } from './dom.js';
import { App } from './app.js';
import { startKeys } from './keys.js';
import { startRouter } from './router.js';
import { restore, watchOver } from './session.js';

startRouter();
startKeys();
watchOver();
restore();
render(html`<${App} />`, document.body);
