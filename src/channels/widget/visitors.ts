import { createHash } from 'node:crypto';
import type { Request } from 'express';
import type { Identity } from '#auth/identity.ts';
import { guestActor } from '#auth/outside/outside-people.ts';
import type { OutsidePeople, OutsidePerson } from '#auth/outside/outside-person.ts';
import type { EndedTokenRepository } from '#db/repositories/ended-tokens.ts';
import type { WidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import type { WidgetRecord, WidgetRepository } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { IdentityClaims, IdentityVerifier, VisitorClaims, VisitorTokens } from './ports.ts';

export interface VisitorDeps {
  readonly widgets: Pick<WidgetRepository, 'findPublic'>;
  readonly keys: Pick<WidgetKeyRepository, 'findLive' | 'noteUse'>;
  readonly ended: EndedTokenRepository;
  readonly tokens: VisitorTokens;
  readonly identities: IdentityVerifier;
  readonly people: OutsidePeople;
  readonly clock?: () => Date;
}

/** Whose request it is, and on which widget. */
export interface VisitorCall {
  readonly widget: WidgetRecord;
  readonly person: OutsidePerson;
  readonly isMember: boolean;
}

export interface Visitors {
  /**
   * Reads everything afresh: a widget that was switched off, a site that was taken off its list, a revoked key and a
   * logout count from the next request on. Throws AppError for every request that is nobody's.
   */
  identify(request: Request): Promise<Identity>;
  /** What `identify` has found out of whoever it has identified. */
  callOf(identity: Identity): VisitorCall;
  /** Ends the visitor's token and, where there is one that counts, that of the customer's server. */
  logout(request: Request): Promise<void>;
}

export function createVisitors(given: VisitorDeps): Visitors {
  const deps = { ...given, clock: given.clock ?? (() => new Date()) };
  const calls = new WeakMap<Identity, VisitorCall>();
  return {
    async identify(request) {
      const { claims, widget } = await readVisitor(deps, request);
      requireOpen(widget, claims.origin);
      const person = await personOf(deps, { request, widget, claims });
      const member = await deps.people.memberFor(person);
      const actor = member ?? guestActor(person);
      const { id, name } = actor;
      const identity: Identity = { user: { id, name, email: '' }, sessionId: null, actor };
      calls.set(identity, { widget, person, isMember: member !== null });
      return identity;
    },
    callOf(identity) {
      const call = calls.get(identity);
      if (call === undefined) throw new Error('Somebody was identified elsewhere.');
      return call;
    },
    logout: (request) => logout(deps, request),
  };
}

type Deps = VisitorDeps & { readonly clock: () => Date };

/** Throws AppError where the widget answers nobody, or nobody on pages of this origin. */
export function requireOpen(widget: WidgetRecord, origin: string): void {
  if (!widget.origins.includes(origin)) {
    throw new AppError(
      'ORIGIN_REFUSED',
      `The widget may not be used on ${origin}. If the site is yours, add exactly this address to the widget’s addresses in the console.`,
    );
  }
  if (!widget.isOn) throw new AppError('WIDGET_OFF', 'This chat is switched off at the moment.');
}

const tokenPattern = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;

async function readVisitor(
  { tokens, widgets, ended }: VisitorDeps,
  request: Request,
): Promise<{ claims: VisitorClaims; widget: WidgetRecord }> {
  const token = tokenPattern.exec(request.headers.authorization ?? '')?.[1];
  const claims = token === undefined ? null : await tokens.verify(token);
  if (claims === null || (await ended.isEnded([visitorHash(claims)]))) throw bootAgain();
  const widget = await widgets.findPublic(claims.widgetId);
  if (widget === null) throw new AppError('WIDGET_OFF', 'This chat is not there any more.');
  return { claims, widget };
}

function bootAgain(): AppError {
  return new AppError('VISITOR_INVALID', 'The chat has been open for too long, or was left. Open it again.');
}

interface Asking {
  readonly request: Request;
  readonly widget: WidgetRecord;
  readonly claims: VisitorClaims;
}

async function personOf(deps: Deps, { request, widget, claims }: Asking): Promise<OutsidePerson> {
  const token = identityTokenOf(request);
  if (token !== null) return identifiedPerson(widget, await readIdentity(deps, widget, token));
  if (widget.identifiedOnly) {
    throw new AppError('IDENTITY_REQUIRED', 'This chat is for people who are signed in on this site. Sign in first.');
  }
  return anonymousPerson(widget, claims.visitorId);
}

const minuteMs = 60_000;

function identityTokenOf(request: Request): string | null {
  const given = request.headers['x-widget-identity'];
  return typeof given === 'string' && given !== '' ? given : null;
}

async function readIdentity(
  { identities, keys, ended, clock }: Deps,
  { organizationId, id: widgetId }: WidgetRecord,
  token: string,
): Promise<IdentityClaims> {
  const keyId = identities.keyIdOf(token);
  const key = await keys.findLive({ organizationId, widgetId }, keyId);
  if (key === null) {
    throw new AppError(
      'IDENTITY_INVALID',
      `The visitor’s token names the key “${keyId.slice(0, 64)}” (“kid”), which this widget does not have, or not any more.`,
    );
  }
  const { algorithm, publicKey } = key;
  const claims = await identities.verify(token, { organizationId, widgetId, keyId, algorithm, publicKey });
  if (await ended.isEnded([identityHash(widgetId, claims)])) {
    throw new AppError(
      'IDENTITY_INVALID',
      'The visitor’s token was ended by a logout. Get a new one, with another “jti”, from your server.',
    );
  }
  const { lastUsedAt } = key;
  if (lastUsedAt === null || lastUsedAt.getTime() < clock().getTime() - minuteMs) await keys.noteUse(keyId);
  return claims;
}

function identifiedPerson({ organizationId, id }: WidgetRecord, { subject, name }: IdentityClaims): OutsidePerson {
  return { organizationId, kind: 'widget', place: id, external: subject, identified: true, name: name ?? subject };
}

/** Nobody has said who it is: all that is known is that it is the same one as before. */
export function anonymousPerson({ organizationId, id }: WidgetRecord, visitorId: string): OutsidePerson {
  const name = `Visitor ${visitorId.slice(0, 4)}`;
  return { organizationId, kind: 'widget', place: id, external: visitorId, identified: false, name };
}

/** As long as the longest token of a visitor lives that was given before now, and a little more. */
const visitorMs = 31 * 24 * 60 * minuteMs;
/** The same for what the customer's server says of a visitor. */
const identityMs = 17 * minuteMs;

async function logout(deps: Deps, request: Request): Promise<void> {
  const { claims, widget } = await readVisitor(deps, request);
  const { organizationId } = widget;
  const token = identityTokenOf(request);
  // A token that does not count has nothing to end, and whoever leaves need not be told.
  const identity = token === null ? null : await readIdentity(deps, widget, token).catch(nullIfRefused);
  if (identity !== null) {
    // Its own time, and what clocks may differ.
    const expiresAt = new Date(identity.expiresAt.getTime() + minuteMs);
    await deps.ended.end({ organizationId, tokenHash: identityHash(widget.id, identity), expiresAt });
  }
  // Anybody gets tokens, as many as they like. With which nothing was said, only whom the site names has used them.
  const isKnown = await deps.people.isKnown(anonymousPerson(widget, claims.visitorId));
  const expiresAt = new Date(deps.clock().getTime() + (isKnown ? visitorMs : identityMs));
  await deps.ended.end({ organizationId, tokenHash: visitorHash(claims), expiresAt });
}

function nullIfRefused(error: unknown): null {
  if (error instanceof AppError && error.code === 'IDENTITY_INVALID') return null;
  throw error;
}

/** By which an anonymous visitor is known to have left. */
export function visitorHash({ widgetId, visitorId }: Pick<VisitorClaims, 'widgetId' | 'visitorId'>): string {
  return hashOf(['visitor', widgetId, visitorId]);
}

function identityHash(widgetId: string, { tokenId }: IdentityClaims): string {
  return hashOf(['identity', widgetId, tokenId]);
}

function hashOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
