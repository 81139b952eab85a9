import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { Secret } from './secret.ts';
import { SecretExists, type SecretRef, SecretUnavailable, type Vault } from './vault.ts';

/** Whose hook it is. */
export interface HookPlace {
  readonly organizationId: string;
  readonly jobId: string;
}

/** `signature`: Standard Webhooks. `header`: the secret itself in a header, for senders that cannot sign. */
export type HookAuth = 'signature' | 'header';

export interface HookRequest extends HookPlace {
  readonly auth: HookAuth;
  /** Of the newest secret. The one before counts as well while now is before `overlapUntil`. */
  readonly version: number;
  readonly overlapUntil: Date | null;
  /** By lower-case name; a header that came several times is none. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** As it came. */
  readonly body: Buffer;
}

/** `messageId`: the sender's own, null where it has sent none. `reason`: for whoever has set the hook up, never for the sender. */
export type HookProof =
  | { readonly ok: true; readonly messageId: string | null }
  | { readonly ok: false; readonly reason: string };

export interface OutboundMessage extends HookPlace {
  /** Stays the same when it is sent again. */
  readonly messageId: string;
  readonly timestamp: Date;
  readonly body: string;
}

export interface HookKeys {
  /** Makes and seals a version of a hook's secret; its text is what the sender needs. Joins the caller's transaction. */
  makeSecret(key: HookPlace & { readonly auth: HookAuth; readonly version: number }): Promise<Secret>;
  /** All of a hook's secrets, or one version. */
  forgetSecret(key: HookPlace & { readonly version?: number }): Promise<void>;
  /** Whether the request comes from who has the secret, and is not late. */
  verify(request: HookRequest): Promise<HookProof>;
  /** The headers that prove to a receiver that it comes from this job. Makes a secret where there is none yet. */
  signOutbound(message: OutboundMessage): Promise<Readonly<Record<string, string>>>;
  /** A new secret for what the job sends, to be shown this once; the one before is over. Joins the caller's transaction. */
  outboundSecret(place: HookPlace): Promise<Secret>;
  forgetOutboundSecret(place: HookPlace): Promise<void>;
}

export interface HookKeyDeps {
  readonly vault: Pick<Vault, 'seal' | 'withSecret' | 'forget'>;
  readonly clock?: () => Date;
}

/** How far the sender's clock, or what it took on the way, may be off, in either direction. */
export const hookWindowMs = 5 * 60_000;

const prefix = 'whsec_';
const mostSignatures = 20;
/** Printable ASCII without spaces, so that it is one in every log and every database. */
const messageIdPattern = /^[\x21-\x7e]{1,128}$/;
const secondsPattern = /^\d{1,11}$/;
const millisecondsPattern = /^\d{1,14}$/;

export function createHookKeys({ vault, clock = () => new Date() }: HookKeyDeps): HookKeys {
  const outbound = createOutbound(vault);
  return {
    ...outbound,
    async makeSecret({ auth, version, ...place }) {
      const secret = auth === 'signature' ? newSigningSecret() : new Secret(randomBytes(32).toString('base64url'));
      await vault.seal(refOf(place, version), originOf(place), secret);
      return secret;
    },
    forgetSecret: ({ organizationId, jobId, ...one }) =>
      vault.forget({ organizationId, holder: holderOf(jobId), ...one }),
    async verify(request) {
      const message = request.auth === 'signature' ? readSigned(request) : readShared(request);
      if (!message.ok) return message;
      const late = message.sentAt === null ? null : lateness(message.sentAt, clock());
      // Before any secret is looked at: what is late proves nothing, whoever has sent it.
      if (late !== null) return refuse(late);
      for (const version of versionsOf(request, clock())) {
        const isProved = await withVersion(vault, request, { version, test: message.isProvedBy });
        if (isProved) return { ok: true, messageId: message.messageId };
      }
      return refuse(message.unproved);
    },
  };
}

const holderOf = (jobId: string) => `hook:${jobId}`;
/** It is sent nowhere; this stands where a connection's secret has its origin. */
const originOf = ({ jobId }: HookPlace) => `personas:hook:${jobId}`;

function refOf({ organizationId, jobId }: HookPlace, version: number): SecretRef {
  return { organizationId, holder: holderOf(jobId), field: 'signing_key', version };
}

function newSigningSecret(): Secret {
  return new Secret(`${prefix}${randomBytes(32).toString('base64')}`);
}

function versionsOf({ version, overlapUntil }: HookRequest, now: Date): number[] {
  const counts = overlapUntil !== null && now < overlapUntil && version > 1;
  return counts ? [version, version - 1] : [version];
}

async function withVersion(
  vault: HookKeyDeps['vault'],
  place: HookPlace,
  { version, test }: { readonly version: number; readonly test: (secret: Secret) => boolean },
): Promise<boolean> {
  try {
    return await vault.withSecret(refOf(place, version), originOf(place), async (secret) => test(secret));
  } catch (error) {
    if (error instanceof SecretUnavailable && error.problem === 'missing') return false;
    throw error;
  }
}

/** What a request claims, and how a secret proves it. */
type Message =
  | { readonly ok: false; readonly reason: string }
  | {
      readonly ok: true;
      readonly messageId: string | null;
      readonly sentAt: Date | null;
      readonly unproved: string;
      readonly isProvedBy: (secret: Secret) => boolean;
    };

function readSigned({ headers, body }: HookRequest): Message {
  const id = one(headers['webhook-id']);
  const timestamp = one(headers['webhook-timestamp']);
  const signature = one(headers['webhook-signature']);
  if (id === null || timestamp === null || signature === null) {
    return refuse('It has no signature: the headers webhook-id, webhook-timestamp and webhook-signature are needed.');
  }
  if (!messageIdPattern.test(id) || !secondsPattern.test(timestamp)) {
    return refuse('Its webhook-id or webhook-timestamp cannot be read: an id of at most 128 characters, and seconds.');
  }
  const text = decode(body);
  // The package would sign such bytes as others, which it cannot tell apart.
  if (text === null) return refuse('Its body is no text in UTF-8.');
  const sentAt = new Date(Number(timestamp) * 1000);
  const signatures = signature.split(' ').slice(0, mostSignatures);
  return {
    ok: true,
    messageId: id,
    sentAt,
    unproved: 'Its signature does not fit the secret of this job.',
    isProvedBy(secret) {
      const value = secret.reveal();
      // A secret of the other kind, from before the job was changed.
      if (!value.startsWith(prefix)) return false;
      const expected = new Webhook(value).sign(id, sentAt, text);
      return signatures.some((given) => isSame(given, expected));
    },
  };
}

function readShared({ headers }: HookRequest): Message {
  const given = one(headers['x-personas-secret']);
  if (given === null) return refuse('It has no secret: the header X-Personas-Secret is needed.');
  const id = one(headers['webhook-id']) ?? one(headers['x-personas-id']);
  if (id !== null && !messageIdPattern.test(id)) {
    return refuse('Its X-Personas-Id cannot be read: at most 128 letters, digits and signs without spaces.');
  }
  const timestamp = one(headers['x-personas-timestamp']);
  if (timestamp !== null && !millisecondsPattern.test(timestamp)) {
    return refuse('Its X-Personas-Timestamp cannot be read: milliseconds since 1970 are expected.');
  }
  return {
    ok: true,
    messageId: id,
    sentAt: timestamp === null ? null : new Date(Number(timestamp)),
    unproved: 'Its X-Personas-Secret is not the secret of this job.',
    isProvedBy(secret) {
      const value = secret.reveal();
      return !value.startsWith(prefix) && isSame(given, value);
    },
  };
}

function one(value: string | readonly string[] | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function decode(body: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return null;
  }
}

/** Compares digests: they are of one length, and how alike the texts are does not show in the time it takes. */
function isSame(given: string, expected: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(given), digest(expected));
}

function lateness(sentAt: Date, now: Date): string | null {
  const off = now.getTime() - sentAt.getTime();
  if (off > hookWindowMs) {
    return `It was sent at ${isoOf(sentAt)}, more than five minutes ago: it came late, was sent once more by somebody, or the sender’s clock is slow.`;
  }
  if (off < -hookWindowMs) return `It was sent at ${isoOf(sentAt)}, which is yet to come: the sender’s clock is fast.`;
  return null;
}

function isoOf(date: Date): string {
  return Number.isNaN(date.getTime()) ? 'no time at all' : date.toISOString();
}

function refuse(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}

type Outbound = Pick<HookKeys, 'signOutbound' | 'outboundSecret' | 'forgetOutboundSecret'>;

function createOutbound(vault: HookKeyDeps['vault']): Outbound {
  const holderOfOutbound = (jobId: string) => `hook-out:${jobId}`;
  const originOfOutbound = ({ jobId }: HookPlace) => `personas:hook-out:${jobId}`;
  const ref = ({ organizationId, jobId }: HookPlace): SecretRef => ({
    organizationId,
    holder: holderOfOutbound(jobId),
    field: 'signing_key',
    version: 1,
  });
  const sign = ({ messageId, timestamp, body, ...place }: OutboundMessage) =>
    vault.withSecret(ref(place), originOfOutbound(place), async (secret) =>
      new Webhook(secret.reveal()).sign(messageId, timestamp, body),
    );
  const forget = ({ organizationId, jobId }: HookPlace) =>
    vault.forget({ organizationId, holder: holderOfOutbound(jobId) });
  return {
    async signOutbound(message) {
      const signature = await sign(message).catch(async (error: unknown) => {
        if (!(error instanceof SecretUnavailable) || error.problem !== 'missing') throw error;
        await sealUnlessThere(vault, ref(message), originOfOutbound(message));
        return sign(message);
      });
      return {
        'webhook-id': message.messageId,
        'webhook-timestamp': String(Math.floor(message.timestamp.getTime() / 1000)),
        'webhook-signature': signature,
      };
    },
    async outboundSecret(place) {
      const secret = newSigningSecret();
      await forget(place);
      await vault.seal(ref(place), originOfOutbound(place), secret);
      return secret;
    },
    forgetOutboundSecret: forget,
  };
}

async function sealUnlessThere(vault: HookKeyDeps['vault'], ref: SecretRef, origin: string): Promise<void> {
  try {
    await vault.seal(ref, origin, newSigningSecret());
  } catch (error) {
    // Another process was faster, and its secret is the one that counts.
    if (!(error instanceof SecretExists)) throw error;
  }
}
