import type { Lifetime } from './lifetime.ts';

/** Tells the people who build the page what is wrong with it and what to do. Visitors see nothing of it. */
export type Say = (text: string) => void;

export const say: Say = (text) => {
  // biome-ignore lint/suspicious/noConsole: the console of the customer's page is where its builders look
  console.warn(`[Personas widget] ${text}`);
};

const refusals: Readonly<Record<string, (origin: string, service: string) => string>> = {
  ORIGIN_REFUSED: (origin, service) =>
    `It is not shown, because it may not be used on ${origin}. Sign in at ${service}, open Widgets, and add ${origin} to the addresses of this widget.`,
  WIDGET_OFF: (_origin, service) =>
    `It is not shown, because it is switched off. Sign in at ${service}, open Widgets, and switch it on.`,
  NOT_FOUND: (_origin, service) =>
    `It is not shown, because there is no widget with this id. Copy the tag anew: sign in at ${service} and open Widgets.`,
};

/** What whoever builds the page can do about an answer of the service. */
export function describeRefusal(code: string, { origin, service }: { origin: string; service: string }): string {
  const words = Object.hasOwn(refusals, code) ? refusals[code] : undefined;
  return words?.(origin, service) ?? `It is not shown, because ${service} answered ${code}.`;
}

const directives: Readonly<Record<string, string>> = { 'child-src': 'frame-src', 'default-src': 'connect-src' };

/** Says which line of the page's content policy is missing. `blocked` is told what cannot be reached for that. */
export function watchPolicy(
  { service, lifetime, blocked }: { service: string; lifetime: Lifetime; blocked: (directive: string) => void },
  document: Document,
): void {
  const told = new Set<string>();
  document.addEventListener(
    'securitypolicyviolation',
    ({ blockedURI, effectiveDirective, disposition }) => {
      if (disposition === 'report' || !isOf(service, blockedURI)) return;
      const directive = directives[effectiveDirective] ?? effectiveDirective;
      blocked(directive);
      if (told.has(directive)) return;
      told.add(directive);
      say(`The page's Content-Security-Policy keeps it from working. Add this to it: ${directive} ${service}`);
    },
    { signal: lifetime.signal },
  );
}

function isOf(service: string, uri: string): boolean {
  return URL.canParse(uri) && new URL(uri).origin === service;
}
