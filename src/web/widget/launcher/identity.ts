import type { Lifetime } from './lifetime.ts';
import type { Say } from './say.ts';

/** Whom the site says the visitor is. */
export interface Identity {
  readonly token: string;
  readonly person: string;
  /** On this machine's clock. */
  readonly endsAt: number;
}

/** Reads who a token is about and how long it lasts. Nothing is checked here: that is the service's, for every request. */
export function readIdentity(token: unknown, now = Date.now()): Identity | null {
  if (typeof token !== 'string') return null;
  const { sub, exp, iat } = readClaims(token) ?? {};
  if (typeof sub !== 'string' || typeof exp !== 'number') return null;
  // The clock of this machine may be wrong, the time a token lasts is not.
  const lasts = typeof iat === 'number' ? (exp - iat) * 1_000 : exp * 1_000 - now;
  return { token, person: sub, endsAt: now + lasts };
}

function readClaims(token: string): Record<string, unknown> | null {
  try {
    const [, payload = ''] = token.split('.');
    const claims = JSON.parse(atob(payload.replaceAll('-', '+').replaceAll('_', '/'))) as unknown;
    return typeof claims === 'object' ? (claims as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}

const renewBefore = 60_000;
const leastPause = 5_000;

interface KeeperDeps {
  readonly endpoint: () => string | undefined;
  readonly lifetime: Lifetime;
  readonly say: Say;
  /** Told whenever there is another token than before, or none any more. */
  readonly onChange: (isSomebodyElse: boolean) => void;
  /** The page has to say who the visitor is, by `identify`. */
  readonly onNeeded: () => void;
}

/** Keeps what says who the visitor is: given by the page, or asked of its server; renewed before it is over. */
export function createIdentityKeeper({ endpoint, lifetime, say, onChange, onNeeded }: KeeperDeps) {
  let current: Identity | null = null;
  let asking: Promise<void> | null = null;
  let cancelRenewal = () => {};
  /** Counts what was said, so that an answer that comes late says nothing any more. */
  let turn = 0;
  let isSignedOut = false;

  function take(identity: Identity | null): void {
    turn += 1;
    cancelRenewal();
    const isSomebodyElse = identity?.person !== current?.person;
    current = identity;
    if (identity !== null) {
      const pause = Math.max(identity.endsAt - Date.now() - renewBefore, leastPause);
      cancelRenewal = lifetime.later(pause, () => void renew());
    }
    onChange(isSomebodyElse);
  }

  async function ask(address: string): Promise<void> {
    const begun = turn;
    const identity = await fetchIdentity(address, { signal: lifetime.signal, say });
    if (begun !== turn || lifetime.signal.aborted || identity === 'unreachable') return;
    if (identity !== null || current !== null) take(identity);
  }

  /** One question at a time; none where the page has no address for it. */
  async function askOnce(): Promise<void> {
    const address = isSignedOut ? undefined : endpoint();
    if (address === undefined) return;
    asking ??= ask(address).finally(() => {
      asking = null;
    });
    await asking;
  }

  /** Has a token put in the place of one that is over or about to be. */
  async function renew(): Promise<void> {
    const before = current;
    await askOnce();
    if (!lifetime.signal.aborted && (current === null || current === before)) onNeeded();
  }

  return {
    current: () => current,
    /** Answers whether the token can be read. */
    identify(token: unknown): boolean {
      const identity = readIdentity(token);
      if (identity === null) return false;
      isSignedOut = false;
      take(identity);
      return true;
    },
    /** Asks the page's server, where it has an address for that and was not asked yet. */
    async ready(): Promise<void> {
      if (current === null) await askOnce();
    },
    renew,
    /** Nobody is asked again until the page says who is there. */
    forget(): void {
      isSignedOut = true;
      turn += 1;
      cancelRenewal();
      current = null;
    },
  };
}
export type IdentityKeeper = ReturnType<typeof createIdentityKeeper>;

async function fetchIdentity(
  address: string,
  { signal, say }: { signal: AbortSignal; say: Say },
): Promise<Identity | null | 'unreachable'> {
  try {
    const response = await fetch(address, {
      mode: 'same-origin',
      cache: 'no-store',
      headers: { accept: 'application/json' },
      signal,
    });
    // Nobody is signed in there.
    if ([204, 401, 403].includes(response.status)) return null;
    const body = response.ok ? ((await response.json()) as { token?: unknown } | null) : undefined;
    if (body?.token === null) return null;
    const identity = readIdentity(body?.token);
    if (identity !== null) return identity;
    say(`The token endpoint ${address} has to answer { "token": "…" } with a JWT that has sub and exp; it did not.`);
  } catch {
    if (!signal.aborted) say(`The token endpoint ${address} could not be read. It has to be on the page's own origin.`);
  }
  return 'unreachable';
}
