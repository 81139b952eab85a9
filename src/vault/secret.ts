import { createHash } from 'node:crypto';
import { inspect } from 'node:util';

/**
 * A credential that cannot be printed by accident: every way of turning it into text shows a fingerprint.
 * Only the egress client calls `reveal`.
 */
export class Secret {
  readonly #value: string;
  readonly fingerprint: string;

  constructor(value: string) {
    this.#value = value;
    this.fingerprint = createHash('sha256').update(value).digest('hex').slice(0, 8);
  }

  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return `[secret ${this.fingerprint}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
