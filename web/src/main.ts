/** Starts the page: settings first, so that the first words are in the right language. */

import './design/tokens.css';
import './design/fonts.css';
import './design/base.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { settings } from './settings.svelte.js';
import { registerWorker } from './worker.js';

await settings.useLanguage();

const target = document.getElementById('app');
if (target !== null) mount(App, { target });

void registerWorker();
