import type { SecretRef } from '#vault/vault.ts';
import type { Grant } from './rights.ts';

export type ConnectionStatus = 'active' | 'needs_reconnect' | 'revoked';

/** One stored credential for an integration, owned by the organization (`ownerId` null) or by one person. */
export interface Connection {
  readonly id: string;
  readonly organizationId: string;
  readonly integration: string;
  readonly ownerId: string | null;
  readonly label: string;
  /** Scheme, host, port and path prefix every request starts with, without a trailing slash. */
  readonly baseUrl: string;
  readonly status: ConnectionStatus;
  /** What belongs to it beside address and credential, in the integration's own shape; null where nothing does. */
  readonly settings?: Readonly<Record<string, unknown>> | null;
  readonly grant: Grant;
  /** Where its credential lies in the vault; only the egress client opens it. Null where the service asks for none. */
  readonly secret: SecretRef | null;
  /** Tells credentials apart without showing them: two connections with the same key have the same. */
  readonly fingerprint: string;
  /** The scheme, host and port the credential was sealed for. */
  readonly origin: string;
}

/** Whose call it is and what the persona says about the connection to use. */
export interface ConnectionQuestion {
  readonly organizationId: string;
  readonly actorId: string;
  readonly integration: string;
  /** The connection the persona is attached to, or null: then the person's own comes first, the organization's after. */
  readonly attached: string | null;
}

/** Where the guard finds connections. It asks on every call, so a revoked connection stops at once. */
export interface ConnectionStore {
  /** The connection a call uses, revoked ones included where there is no other; null when there is none at all. */
  find(question: ConnectionQuestion): Promise<Connection | null>;
  /**
   * A signal that is aborted with the reason `connectionRevoked` within a second of the connection being revoked, by
   * whichever process; aborted as well when `signal` is. `release` must be called when the call is over.
   */
  follow(connection: Connection, signal: AbortSignal): { readonly signal: AbortSignal; release(): void };
}

export const connectionRevoked = 'connection revoked';

/** In place of a fingerprint where there is no credential. */
export const noCredential = 'none';

/** The place of connections that are made over a form. */
export const formPlace = 'form';

/** The place of a stand-in that the service itself brings. */
export const standInPlace = 'stand-in';

/** In place of scheme, host and port for the stand-in: both its port and its key are new at each start. */
export const standInOrigin = 'stand-in:local';
