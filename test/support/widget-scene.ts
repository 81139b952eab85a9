import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import type { Answer, Who, WidgetApp } from './widget-app.ts';

export const shop = 'https://shop.example';

/** A widget of Olga’s that stands on `shop`; `change` is what else is said of it. */
export async function newWidget(app: WidgetApp, change: object = {}, who: Who = 'olga'): Promise<string> {
  const made = await app.as(who, 'POST /api/v1/widgets', { name: 'Shop', personaId: 'helper', origins: [shop] });
  if (made.status !== 201) throw new Error(made.text);
  const id = String(made.body.id);
  if (Object.keys(change).length > 0) await changeWidget(app, id, change, who);
  return id;
}

export async function changeWidget(app: WidgetApp, id: string, change: object, who: Who = 'olga'): Promise<Answer> {
  const { body } = await app.as(who, `GET /api/v1/widgets/${id}`);
  const answer = await app.as(who, `PATCH /api/v1/widgets/${id}`, { revision: body.revision, ...change });
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
}

export async function bootedToken(app: WidgetApp, widgetId: string, origin = shop): Promise<string> {
  const booted = await app.boot(widgetId, origin);
  if (booted.status !== 200) throw new Error(booted.text);
  return String(booted.body.visitorToken);
}

/** A visitor of the widget that nobody knows yet. */
export async function newVisitor(app: WidgetApp, widgetId: string) {
  return app.visitor(await bootedToken(app, widgetId));
}

export interface SharedKey {
  readonly keyId: string;
  readonly secret: string;
}

export async function newKey(app: WidgetApp, widgetId: string): Promise<SharedKey> {
  const made = await app.as('olga', `POST /api/v1/widgets/${widgetId}/keys`, { algorithm: 'HS256' });
  if (made.status !== 201) throw new Error(made.text);
  return { keyId: (made.body.key as { id: string }).id, secret: String(made.body.secret) };
}

/** What the customer’s server gives the page of somebody it knows. */
export function signIdentity({ keyId, secret }: SharedKey, widgetId: string, claims: object = {}): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ sub: 'customer-1', jti: randomUUID(), aud: widgetId, iat: now, exp: now + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256', kid: keyId })
    .sign(new TextEncoder().encode(secret));
}

export const bootHeaders = (origin: string) => ({ 'content-type': 'application/json', origin });
