import type { Secret } from './secret.ts';

/** Replaces secrets in text that leaves the service. */
export type Scrub = (text: string) => string;

/**
 * A scrubber for the given secrets in plain, URL-encoded, base64, base64url, hex and JSON-escaped form. Base64 of a
 * secret inside longer data is found for the alignment at its start only. A secret of fewer than 6 characters is left:
 * it is none, and taking it out would mangle ordinary text.
 */
export function createScrubber(secrets: readonly Secret[]): Scrub {
  const replacements = secrets.flatMap((secret) =>
    encodingsOf(secret.reveal()).map((needle) => ({ needle, mask: secret.toString() })),
  );
  return (text) => {
    let clean = text;
    for (const { needle, mask } of replacements) {
      if (clean.includes(needle)) clean = clean.replaceAll(needle, mask);
    }
    return clean;
  };
}

/** Scrubs every string inside a JSON value; a value without a secret is returned as it is. */
export function scrubJson(scrub: Scrub, value: unknown): unknown {
  if (typeof value === 'string') return scrub(value);
  const text = JSON.stringify(value);
  if (text === undefined) return value;
  const clean = scrub(text);
  return clean === text ? value : JSON.parse(clean);
}

const shortestSecret = 6;

function encodingsOf(value: string): string[] {
  if (value.length < shortestSecret) return [];
  const bytes = Buffer.from(value);
  const forms = [
    value,
    encodeURIComponent(value),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    JSON.stringify(value).slice(1, -1),
  ];
  return [...new Set(forms)].sort((a, b) => b.length - a.length);
}
