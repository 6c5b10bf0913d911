import { h, render } from 'preact';
import { keepLooking } from './live.ts';
import { enter } from './session.ts';
import { applySettings } from './settings.ts';
import { current } from './store.ts';
import { App } from './views/app.ts';

applySettings(current().settings);
const root = document.getElementById('app');
if (root !== null) render(h(App, {}), root);
keepLooking();
void enter();
