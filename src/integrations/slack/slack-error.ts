import { EgressError, type EgressReason } from '#integrations/egress-error.ts';
import { type UpstreamCode, UpstreamError } from '#integrations/upstream-error.ts';

/** What Slack answers when a token is over, for good. */
const tokenIsOver = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'team_access_not_granted',
]);

const codes: Readonly<Record<string, UpstreamCode>> = {
  missing_scope: 'UPSTREAM_FORBIDDEN',
  no_permission: 'UPSTREAM_FORBIDDEN',
  channel_not_found: 'UPSTREAM_NOT_FOUND',
  not_in_channel: 'UPSTREAM_NOT_FOUND',
  is_archived: 'UPSTREAM_NOT_FOUND',
  user_not_found: 'UPSTREAM_NOT_FOUND',
  ratelimited: 'RATE_LIMITED',
  service_unavailable: 'UPSTREAM_UNAVAILABLE',
  internal_error: 'UPSTREAM_UNAVAILABLE',
  fatal_error: 'UPSTREAM_UNAVAILABLE',
};

export function isTokenOver(error: unknown): boolean {
  return typeof error === 'string' && tokenIsOver.has(error);
}

/**
 * What Slack refused with, in words for whoever manages the connection; `label` null: for whoever is making it. Only a word
 * of Slack’s own form is repeated.
 */
export function toSlackError(error: unknown, label: string | null): UpstreamError {
  const word = typeof error === 'string' && /^[a-z_]{1,60}$/.test(error) ? error : 'an answer without a reason';
  if (isTokenOver(word)) {
    return new UpstreamError(
      'UPSTREAM_UNAUTHORIZED',
      label === null
        ? 'Slack does not accept this token. Copy it again as a whole, and check that the app is installed in the workspace.'
        : `Slack does not accept the token of the connection “${label}”: the app was taken out of the workspace, or the token was revoked. Connect the workspace again.`,
    );
  }
  const code = codes[word] ?? 'UPSTREAM_INVALID';
  const words: Partial<Record<UpstreamCode, string>> = {
    UPSTREAM_FORBIDDEN:
      'The Slack app lacks a permission that it needs. Put the manifest of the Slack page into the app, install it in the workspace again and connect again.',
    UPSTREAM_NOT_FOUND:
      'Slack knows no such channel or person, or the app is not in that channel. Check the id, and invite the app to the channel.',
    RATE_LIMITED: 'Slack is receiving too many calls and refused this one. Try again in a minute.',
    UPSTREAM_UNAVAILABLE: 'Slack answered with an error of its own. Try again in a few minutes.',
  };
  return new UpstreamError(code, words[code] ?? `Slack refused the call (${word}).`);
}

const reasonWords: Readonly<Record<EgressReason, string>> = {
  timeout: 'Slack did not answer in time. Try again in a minute.',
  unreachable: 'Slack could not be reached, so nothing was sent. Try again in a minute.',
  certificate: 'What answers at Slack’s address could not prove that it is Slack, so nothing was sent.',
  connection_lost: 'The connection to Slack broke before the answer was complete. Try again in a minute.',
  too_large: 'The answer of Slack is larger than allowed, so it was not used.',
  redirect: 'Slack answered with a redirect, which is not followed because the token must not leave its address.',
  cancelled: 'The call to Slack was stopped.',
  secret_unusable: 'What is stored is no token of Slack. Connect the workspace again.',
};

/** Passes on what is no EgressError as it is. */
export function fromEgress(thrown: unknown): unknown {
  if (!(thrown instanceof EgressError)) return thrown;
  return new UpstreamError('UPSTREAM_UNAVAILABLE', reasonWords[thrown.reason]);
}
