import { createNeedles } from './needles.ts';
import { formsOf, type Scrub, scrubJsonText } from './scrub.ts';
import type { Secret } from './secret.ts';

/** The secrets this process has in use, and the scrubbers that take them out of whatever leaves it. */
export interface SecretRegistry {
  add(secret: Secret): void;
  /** The same for a secret that is in use as long as the process: it is never let go for newer ones. */
  keep(secret: Secret): void;
  readonly scrub: Scrub;
  /** For JSON as text, which stays JSON. */
  readonly scrubJson: Scrub;
}

/** Beyond so many the one that was not used for longest is let go: to be used again, it is opened and added again. */
const defaultLimit = 2_000;

export function createSecretRegistry(limit = defaultLimit): SecretRegistry {
  const needles = createNeedles();
  const kept = new Set<string>();
  /** From the one not used for longest to the newest, each with its forms. */
  const inUse = new Map<string, readonly string[]>();

  function learn(secret: Secret): readonly string[] {
    const forms = formsOf(secret.reveal());
    for (const form of forms) needles.add(form, secret.toString());
    return forms;
  }

  function letGoBeyondLimit(): void {
    for (const [value, forms] of inUse) {
      if (inUse.size <= limit) return;
      inUse.delete(value);
      for (const form of forms) needles.remove(form);
    }
  }

  const scrub = needles.replace;
  return {
    add(secret) {
      const value = secret.reveal();
      if (kept.has(value)) return;
      const forms = inUse.get(value) ?? learn(secret);
      inUse.delete(value);
      inUse.set(value, forms);
      letGoBeyondLimit();
    },
    keep(secret) {
      const value = secret.reveal();
      if (kept.has(value)) return;
      kept.add(value);
      if (!inUse.delete(value)) learn(secret);
    },
    scrub,
    scrubJson: (text) => scrubJsonText(scrub, text),
  };
}
