import type { WidgetView } from '#channels/http/contract/widgets.ts';

/* What has to stand on the customer's side, ready to be copied. */

type Key = Pick<WidgetView['keys'][number], 'id' | 'algorithm'>;

/** Where the launcher comes from, by the tag itself. */
export function serviceOf({ tag }: Pick<WidgetView, 'tag'>): string {
  const [, source = ''] = /\ssrc="([^"]+)"/.exec(tag) ?? [];
  return URL.parse(source)?.origin ?? '';
}

/** What a site with a strict content policy has to add, and nothing else. */
export function policyLines(widget: Pick<WidgetView, 'tag'>): string {
  const service = serviceOf(widget);
  return [`script-src ${service}`, `connect-src ${service}`, `frame-src ${service}`].join(';\n');
}

export interface TagOption {
  readonly attribute: string;
  readonly meaning: string;
}

export const tagOptions: readonly TagOption[] = [
  { attribute: 'data-position="left"', meaning: 'The corner the button stands in: left or right.' },
  { attribute: 'data-theme="dark"', meaning: 'Light, dark, or auto for what the visitor’s system says.' },
  { attribute: 'data-accent="#1d4ed8"', meaning: 'The colour of the button and of what is pressed.' },
  { attribute: 'data-locale="de"', meaning: 'The language of the words around the chat: en or de.' },
  { attribute: 'data-greeting="Hi!"', meaning: 'What stands in the chat before anybody has written.' },
  {
    attribute: 'data-token-endpoint="/widget-token"',
    meaning: 'An address on your own site that answers { "token": … } for whoever is signed in there.',
  },
  { attribute: 'data-nonce="…"', meaning: 'The nonce of your content policy, where it has one.' },
];

/** A function for the customer's server, in Node, that signs who a visitor is. */
export function signingExample({ id: widgetId }: Pick<WidgetView, 'id'>, { id: keyId, algorithm }: Key): string {
  const isShared = algorithm === 'HS256';
  return `import { randomUUID } from 'node:crypto';
import { ${isShared ? 'SignJWT' : 'importPKCS8, SignJWT'} } from 'jose';

${
  isShared
    ? 'const key = new TextEncoder().encode(process.env.WIDGET_SECRET);'
    : "const key = await importPKCS8(process.env.WIDGET_PRIVATE_KEY, 'EdDSA');"
}

// Answer { token } with it at the address that data-token-endpoint names,
// for the person who is signed in on your site.
export function signVisitor(person) {
  return new SignJWT({ name: person.name })
    .setProtectedHeader({ alg: '${algorithm}', kid: '${keyId}' })
    .setAudience('${widgetId}')
    .setSubject(person.id)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('10 minutes')
    .sign(key);
}`;
}
