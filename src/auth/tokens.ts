import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits for a link or a key. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** What is stored in place of a token. It needs neither salt nor slowness: nobody guesses 256 random bits. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}
