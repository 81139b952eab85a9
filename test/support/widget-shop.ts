import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { ChangeWidgetRequest, WidgetView } from '#channels/http/contract/widgets.ts';
import { type ForeignSite, type ForeignSiteOptions, startForeignSite } from './foreign-site.ts';
import type { ScriptedTurn } from './openai-script.ts';
import { startScriptedApp } from './scripted-app.ts';
import type { TestApp } from './start-app.ts';

/** What the model says to a message; `step` is 1 for the first answer to it, 2 for the one after its calls. */
export type Reply = (message: string, step: number) => ScriptedTurn | Promise<ScriptedTurn>;

export interface Shop extends AsyncDisposable {
  readonly app: TestApp;
  readonly address: string;
  /** What the model replies from now on. */
  reply: Reply;
  /** A widget of the persona “Helper” that may be shown on these origins. */
  createWidget(origins: readonly string[], changes?: Omit<ChangeWidgetRequest, 'revision'>): Promise<WidgetView>;
  changeWidget(id: string, changes: Omit<ChangeWidgetRequest, 'revision'>): Promise<WidgetView>;
  /** What the customer's server signs with. */
  createSigner(widgetId: string): Promise<(person: string, lasts?: number) => Promise<string>>;
  openSite(options: ForeignSiteOptions): Promise<ForeignSite>;
}

const helper = `---
name: Helper
description: Helps in the shop.
channels: [web, widget]
scopes: [ninox:teams:read, ninox:databases:read, ninox:records:delete]
guests: { scopes: [ninox:teams:read] }
starters: [What can you do?]
undo: auto
---
You help.
`;

/** A service with widgets, and a model that says what the test says. */
export async function startShop(first: Reply = () => ({ text: 'At your service.' })): Promise<Shop> {
  const { app, ...scripted } = await startScriptedApp(({ userText, step }) => shop.reply(userText, step + 1), {
    personas: { helper },
  });
  const send = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const answer = await app.send(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path} answered ${JSON.stringify(answer)}`);
    return answer.body as T;
  };
  const shop: Shop = {
    app,
    address: app.address,
    reply: first,
    async createWidget(origins, changes = {}) {
      const made = await send<WidgetView>('POST', '/api/v1/widgets', { name: 'Shop', personaId: 'helper', origins });
      const appearance = { ...made.appearance, title: 'Marlow & Finch', greeting: 'Hello! What can we do for you?' };
      return shop.changeWidget(made.id, { appearance, ...changes });
    },
    async changeWidget(id, changes) {
      const { revision } = await send<WidgetView>('GET', `/api/v1/widgets/${id}`);
      return send<WidgetView>('PATCH', `/api/v1/widgets/${id}`, { revision, ...changes });
    },
    async createSigner(widgetId) {
      const body = { algorithm: 'HS256' };
      const made = await send<{ key: { id: string }; secret: string }>(
        'POST',
        `/api/v1/widgets/${widgetId}/keys`,
        body,
      );
      return (person, lasts = 600) => sign({ person, lasts, widgetId, keyId: made.key.id, secret: made.secret });
    },
    openSite: (options) => startForeignSite(app.address, options),
    [Symbol.asyncDispose]: () => scripted[Symbol.asyncDispose](),
  };
  return shop;
}

interface Signing {
  readonly person: string;
  /** Seconds. */
  readonly lasts: number;
  readonly widgetId: string;
  readonly keyId: string;
  readonly secret: string;
}

function sign({ person, lasts, widgetId, keyId, secret }: Signing): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ name: person })
    .setProtectedHeader({ alg: 'HS256', kid: keyId })
    .setSubject(person.toLowerCase())
    .setAudience(widgetId)
    .setJti(randomUUID())
    .setIssuedAt(now)
    .setExpirationTime(now + lasts)
    .sign(new TextEncoder().encode(secret));
}
