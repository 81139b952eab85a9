import { createNeedles, shortestNeedle } from './needles.ts';
import type { Secret } from './secret.ts';

/** Replaces secrets in text that leaves the service. */
export type Scrub = (text: string) => string;

/**
 * A scrubber for the given secrets in plain, URL-encoded, base64, base64url, hex and JSON-escaped form. A secret of fewer
 * than 6 characters is left: it is none, and taking it out would mangle ordinary text.
 */
export function createScrubber(secrets: readonly Secret[]): Scrub {
  const needles = createNeedles();
  for (const secret of secrets) {
    for (const form of formsOf(secret.reveal())) needles.add(form, secret.toString());
  }
  return needles.replace;
}

/**
 * Scrubs every text inside a JSON value, names of members included; a value without a secret is returned as it is.
 * A number that is a secret becomes a text.
 */
export function scrubJson(scrub: Scrub, value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  const text = JSON.stringify(value);
  if (text === undefined || scrub(text) === text) return value;
  return scrubValue(scrub, JSON.parse(text));
}

/** The same for JSON as text, which stays JSON whatever a secret looks like. */
export function scrubJsonText(scrub: Scrub, text: string): string {
  if (scrub(text) === text) return text;
  return JSON.stringify(scrubValue(scrub, JSON.parse(text)));
}

function scrubValue(scrub: Scrub, value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  if (typeof value === 'number') {
    const text = String(value);
    const clean = scrub(text);
    return clean === text ? value : clean;
  }
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((item) => scrubValue(scrub, item));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [scrub(name), scrubValue(scrub, item)]));
}

/** Every way a secret may be written in text, each once; none for what is too short to be a secret. */
export function formsOf(value: string): readonly string[] {
  if (value.length < shortestNeedle) return [];
  const bytes = Buffer.from(value);
  const urls = [encodeURIComponent(value.toWellFormed()), new URLSearchParams({ v: value }).toString().slice(2)];
  const escaped = jsonEscaped(value);
  const forms = [
    value,
    ...urls,
    ...urls.map(withLowerCaseEscapes),
    ...base64Forms(bytes),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    escaped,
    // JSON that lies as text in JSON, and that once more in a line of the log.
    jsonEscaped(escaped),
    jsonEscaped(jsonEscaped(escaped)),
  ];
  return [...new Set(forms)];
}

function jsonEscaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function withLowerCaseEscapes(text: string): string {
  return text.replaceAll(/%[\dA-F]{2}/g, (byte) => byte.toLowerCase());
}

/**
 * By itself, and inside longer data, where it begins at one of three places in a group: the characters that hold bits
 * of the secret alone.
 */
function base64Forms(bytes: Buffer): string[] {
  const whole = bytes.toString('base64').replace(/=+$/, '');
  const inside = [0, 1, 2].map((before) => {
    const bits = (before + bytes.length) * 8;
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    return text.slice(Math.ceil((before * 8) / 6), Math.floor(bits / 6));
  });
  return [whole, ...inside].flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}
