const prefix = 'trial:';

/** What a trial is started by: its id, and the scopes of the API key that has begun it; null for a person's own. */
export function trialCause(id: string, keyScopes: readonly string[] | null): string {
  return keyScopes === null ? `${prefix}${id}` : `${prefix}${id}:${JSON.stringify(keyScopes)}`;
}

/** Null for a trial that may whatever its person may. */
export function keyScopesOfTrial(causeKey: string): readonly string[] | null {
  const scopes = causeKey.indexOf(':', prefix.length);
  return scopes < 0 ? null : (JSON.parse(causeKey.slice(scopes + 1)) as readonly string[]);
}
