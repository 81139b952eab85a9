/**
 * What encrypts bodies where they are stored. `context` is whatever a body must not be moved away from; only with the
 * same it opens again. `open` throws for a text that was altered, or whose key is gone.
 */
export interface BodyCipher {
  seal(organizationId: string, context: string, text: string): Promise<string>;
  open(organizationId: string, context: string, stored: string): Promise<string>;
}

/** Keeps bodies as they are: for tools and tests that have no vault. */
export const plainBodies: BodyCipher = {
  seal: async (_organizationId, _context, text) => text,
  open: async (_organizationId, _context, stored) => stored,
};

/** Bodies stored before they were encrypted: JSON begins with a brace, a sealed text never does. */
export function isPlainBody(stored: string): boolean {
  return stored.startsWith('{');
}
