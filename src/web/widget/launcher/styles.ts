/** What the page's own styles never reach. The colours and the room there is are set beside it, see sheets.ts. */
export const launcherStyles = `
:host { all: initial !important; }
* { box-sizing: border-box; }
.launcher, .panel {
  --edge-x: calc(20px + env(safe-area-inset-right, 0px));
  --edge-y: calc(20px + env(safe-area-inset-bottom, 0px));
  color-scheme: light dark;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
  z-index: 2147483000;
}
:host([data-theme="light"]) :is(.launcher, .panel) { color-scheme: light; }
:host([data-theme="dark"]) :is(.launcher, .panel) { color-scheme: dark; }
.launcher {
  appearance: none; border: 0; margin: 0; padding: 0;
  position: fixed; right: var(--edge-x); bottom: var(--edge-y);
  width: 56px; height: 56px; border-radius: 50%;
  display: grid; place-items: center; cursor: pointer;
  background: var(--accent); color: var(--on-accent);
  box-shadow: 0 0 0 1px rgb(255 255 255 / 18%), 0 2px 6px rgb(0 0 0 / 18%), 0 10px 28px rgb(0 0 0 / 22%);
  -webkit-tap-highlight-color: transparent;
}
:host([data-position="left"]) :is(.launcher, .panel) {
  --edge-x: calc(20px + env(safe-area-inset-left, 0px));
  right: auto; left: var(--edge-x);
}
.launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.launcher svg { grid-area: 1 / 1; width: 26px; height: 26px; }
.launcher .cross { opacity: 0; transform: rotate(-45deg) scale(0.6); }
:host([data-open]) .launcher .cross { opacity: 1; transform: none; }
:host([data-open]) .launcher .bubble { opacity: 0; transform: rotate(45deg) scale(0.6); }
.badge {
  position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border-radius: 11px;
  background: #c5221f; color: #fff; border: 2px solid #fff;
  font-size: 12px; font-weight: 700; line-height: 18px; text-align: center;
}
.badge[hidden], .waiting[hidden], .waiting [hidden], iframe[hidden] { display: none; }
.panel {
  display: none; position: fixed; inset: auto; right: var(--edge-x); bottom: calc(var(--edge-y) + 70px);
  margin: 0; padding: 0; border: 0; overflow: hidden; outline: 0;
  width: 400px; max-width: calc(100vw - 40px); height: 640px; max-height: calc(100dvh - 110px);
  border-radius: 20px; background: light-dark(#f8f8f6, #121516); color: light-dark(#1a1c1d, #edf0f0);
  box-shadow: 0 0 0 1px light-dark(rgb(0 0 0 / 7%), rgb(255 255 255 / 12%)), 0 16px 48px rgb(0 0 0 / 24%);
}
.panel[open] { display: block; }
.panel::backdrop { background: none; }
.panel.full {
  inset: 0 auto auto 0; top: var(--room-top, 0px);
  width: 100vw; max-width: none; height: var(--room-height, 100dvh); max-height: none;
  border-radius: 0; box-shadow: none;
  padding: env(safe-area-inset-top, 0px) env(safe-area-inset-right, 0px) var(--room-inset, env(safe-area-inset-bottom, 0px)) env(safe-area-inset-left, 0px);
}
iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: normal; background: none; }
.panel:not([data-ready]) iframe { visibility: hidden; }
.waiting {
  position: absolute; inset: 0; display: grid; gap: 12px; place-content: center; justify-items: center;
  padding: 24px; font-size: 15px; line-height: 1.45; text-align: center;
}
.waiting p { margin: 0; }
.spinner {
  width: 26px; height: 26px; border-radius: 50%;
  border: 3px solid light-dark(rgb(0 0 0 / 12%), rgb(255 255 255 / 18%)); border-top-color: currentColor;
}
.plain {
  appearance: none; min-height: 44px; padding: 0 18px; border: 1px solid light-dark(#8a8b85, #6f787b); border-radius: 10px;
  background: none; color: inherit; font: inherit; font-weight: 600; cursor: pointer;
}
.plain:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
@media (prefers-reduced-motion: no-preference) {
  .launcher { transition: transform 160ms ease; }
  .launcher:hover { transform: scale(1.05); }
  .launcher:active { transform: scale(0.96); }
  .launcher svg { transition: opacity 160ms ease, transform 160ms ease; }
  .panel[open] { animation: rise 180ms cubic-bezier(0.2, 0.8, 0.3, 1); }
  .spinner { animation: turn 900ms linear infinite; }
}
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes turn { to { transform: rotate(1turn); } }
@media print { .launcher, .panel { display: none; } }
`;
