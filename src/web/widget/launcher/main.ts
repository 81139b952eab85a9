import { install } from './install.ts';

install(document.currentScript instanceof HTMLScriptElement ? document.currentScript : null);
