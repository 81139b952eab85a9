import type { Secret } from './secret.ts';

/** Names one stored secret. Whoever has it has no secret: only the egress client and the refresh of tokens open one. */
export interface SecretRef {
  readonly organizationId: string;
  /** What the secret belongs to, e.g. a connection's id. */
  readonly holder: string;
  readonly field: 'api_key' | 'access_token' | 'refresh_token' | 'data_key' | 'signing_key';
  readonly version: number;
}

/** What opens secrets, for as long as `use` runs. */
export interface SecretOpener {
  /**
   * Hands the secret to `use` when it was sealed for this origin (scheme, host and port). Throws SecretUnavailable when
   * there is none, it was sealed for another origin, or it cannot be opened.
   */
  withSecret<T>(ref: SecretRef, origin: string, use: (secret: Secret) => Promise<T>): Promise<T>;
}

/** The service's safe: values go in, and come out only through `withSecret`. */
export interface Vault extends SecretOpener {
  /**
   * Stores a new version of a secret; versions that are there stay until `forget`. Joins the caller's transaction. Throws
   * SecretExists when this version is there.
   */
  seal(ref: SecretRef, origin: string, value: Secret): Promise<void>;
  /** Holds a value in memory alone, for a try before anything is stored. */
  lend(origin: string, value: Secret): { readonly ref: SecretRef; readonly release: () => void };
  /** Forgets all secrets of a holder, or those of one version. */
  forget(holder: { organizationId: string; holder: string; version?: number }): Promise<void>;
}

export type SecretProblem = 'missing' | 'other_origin' | 'unreadable';

/** A secret that cannot be used; its message never says what was in it. */
export class SecretUnavailable extends Error {
  readonly problem: SecretProblem;

  constructor(problem: SecretProblem, options?: ErrorOptions) {
    super(`A stored secret cannot be used: ${problem}.`, options);
    this.name = 'SecretUnavailable';
    this.problem = problem;
  }
}

/** A version of a secret that is stored already and stays as it is. */
export class SecretExists extends Error {
  constructor() {
    super('This version of the secret is stored already.');
    this.name = 'SecretExists';
  }
}
