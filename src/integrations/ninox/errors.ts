import { EgressError, type EgressReason } from '#integrations/egress-error.ts';
import { type UpstreamCode, UpstreamError } from '#integrations/upstream-error.ts';

export const ninoxErrorKinds = [
  'unauthorized',
  'forbidden',
  'not_found',
  'rate_limited',
  'bad_request',
  'server_error',
  'timeout_before_send',
  'timeout_after_send',
  'unreachable',
  'certificate',
  'connection_lost',
  'not_json',
  'unexpected_shape',
  'too_large',
  'redirect',
  'cancelled',
] as const;
export type NinoxErrorKind = (typeof ninoxErrorKinds)[number];

export interface NinoxFailure {
  readonly kind: NinoxErrorKind;
  /** Whether the call changes something: then a lost answer is an unknown outcome. */
  readonly changes: boolean;
  /** The connection's label, for the person who has to mend it. */
  readonly label: string;
  readonly status?: number;
  /** False only when it is certain that the request never left. */
  readonly sent: boolean;
  /** How long Ninox asked to wait, or null when it did not say. */
  readonly retryAfterMs?: number | null;
}

/** A call to Ninox that did not succeed. Its message is ours alone: no byte of an answer or a header is in it. */
export class NinoxError extends UpstreamError {
  readonly kind: NinoxErrorKind;
  readonly status: number | null;
  readonly retryAfterMs: number | null;

  constructor(failure: NinoxFailure) {
    const code = codeFor(failure);
    super(code, code === 'OUTCOME_UNKNOWN' ? unknownMessage(failure) : messageFor(failure));
    this.name = 'NinoxError';
    this.kind = failure.kind;
    this.status = failure.status ?? null;
    this.retryAfterMs = failure.retryAfterMs ?? null;
  }
}

const codes: Record<NinoxErrorKind, UpstreamCode> = {
  unauthorized: 'UPSTREAM_UNAUTHORIZED',
  forbidden: 'UPSTREAM_FORBIDDEN',
  not_found: 'UPSTREAM_NOT_FOUND',
  rate_limited: 'RATE_LIMITED',
  bad_request: 'UPSTREAM_INVALID',
  server_error: 'UPSTREAM_UNAVAILABLE',
  timeout_before_send: 'UPSTREAM_UNAVAILABLE',
  timeout_after_send: 'UPSTREAM_UNAVAILABLE',
  unreachable: 'UPSTREAM_UNAVAILABLE',
  certificate: 'UPSTREAM_UNAVAILABLE',
  connection_lost: 'UPSTREAM_UNAVAILABLE',
  not_json: 'UPSTREAM_INVALID',
  unexpected_shape: 'UPSTREAM_INVALID',
  too_large: 'OUTPUT_TOO_LARGE',
  redirect: 'EGRESS_DENIED',
  cancelled: 'UPSTREAM_UNAVAILABLE',
};

/** After these the request may have had its effect, as far as we can tell. */
const leavesEffectOpen = new Set<NinoxErrorKind>([
  'server_error',
  'timeout_after_send',
  'connection_lost',
  'not_json',
  'unexpected_shape',
  'too_large',
  'cancelled',
]);

/*
 * Ninox itself answers 500 (and 501) when it refuses a call, e.g. for a field it does not know, so those are plain
 * failures. Every other 5xx is written by something in front of Ninox that did not hear its answer.
 */
const refusalStatuses = new Set([500, 501]);

function codeFor({ kind, changes, sent, status }: NinoxFailure): UpstreamCode {
  const open = changes && sent && leavesEffectOpen.has(kind) && !(status !== undefined && refusalStatuses.has(status));
  return open ? 'OUTCOME_UNKNOWN' : codes[kind];
}

function unknownMessage({ label }: NinoxFailure): string {
  return `The request was sent to Ninox through the connection “${label}”, but no clear answer came back. It is not known whether Ninox carried it out, and it is not repeated by itself. Look at the record in Ninox before you ask for it again.`;
}

function messageFor(failure: NinoxFailure): string {
  if (failure.kind === 'rate_limited') return rateLimitedMessage(failure.retryAfterMs ?? null);
  return plainMessages[failure.kind].replace('{connection}', () => `the connection “${failure.label}”`);
}

const plainMessages: Record<Exclude<NinoxErrorKind, 'rate_limited'>, string> = {
  unauthorized: 'Ninox did not accept the key of {connection}. Ask whoever manages the connection to replace the key.',
  forbidden:
    'Ninox does not allow the key of {connection} to do this. Ask whoever manages the connection for a key of a user who may.',
  not_found:
    'Ninox found nothing under these ids. Look the team and the database up again; a record may already have been deleted.',
  bad_request: 'Ninox refused the call as not valid. Check the ids, and do not repeat the same call.',
  server_error: 'Ninox answered with an error of its own. Try again in a few minutes.',
  timeout_before_send:
    'The call to Ninox through {connection} did not get its turn or a connection in time, so nothing was sent. Try again in a minute.',
  timeout_after_send: 'Ninox did not answer in time. Try again in a minute.',
  unreachable:
    'Ninox could not be reached through {connection}, so nothing was sent. Try again in a minute; if it stays so, check the address of the connection.',
  certificate:
    'The server of {connection} could not prove by a valid certificate that it is the right one, so nothing was sent. Have its certificate renewed, or check the address of the connection.',
  connection_lost: 'The connection to Ninox broke before the answer was complete. Try again in a minute.',
  not_json: 'What answered in the place of Ninox did not send what Ninox sends. Check the address of {connection}.',
  unexpected_shape:
    'Ninox sent an answer in a form this service does not know, so it was not used. Report this to whoever runs this service.',
  too_large: 'The answer of Ninox is larger than allowed, so it was not used. Ask for less.',
  redirect:
    'Ninox answered with a redirect, which is not followed because the key must not leave its address. Check the address of {connection}; it should start with https.',
  cancelled: 'The call to Ninox was stopped.',
};

function rateLimitedMessage(retryAfterMs: number | null): string {
  if (retryAfterMs === null) return 'Ninox is receiving too many calls and refused this one. Try again in a minute.';
  const seconds = Math.max(1, Math.ceil(retryAfterMs / 1000));
  return `Ninox is receiving too many calls and asks to wait ${seconds} ${seconds === 1 ? 'second' : 'seconds'}. Try again after that.`;
}

/** Ninox answers 500 to a value it does not take, as it would to a failure of its own. */
export function isRefusedValue(error: unknown): boolean {
  return error instanceof NinoxError && error.kind === 'server_error' && error.code !== 'OUTCOME_UNKNOWN';
}

/** What a status other than success means. */
export function kindOfStatus(status: number): NinoxErrorKind {
  if (status === 401) return 'unauthorized';
  if (status === 403) return 'forbidden';
  if (status === 404) return 'not_found';
  if (status === 429) return 'rate_limited';
  return status >= 500 ? 'server_error' : 'bad_request';
}

const kindOfReason: Record<Exclude<EgressReason, 'timeout'>, NinoxErrorKind> = {
  unreachable: 'unreachable',
  certificate: 'certificate',
  connection_lost: 'connection_lost',
  too_large: 'too_large',
  redirect: 'redirect',
  cancelled: 'cancelled',
  secret_unusable: 'unauthorized',
};

/** Gives an EgressError its Ninox meaning and passes anything else on as it is. */
export function toNinoxError(
  thrown: unknown,
  fail: (kind: NinoxErrorKind, details: { sent: boolean }) => NinoxError,
): unknown {
  if (!(thrown instanceof EgressError)) return thrown;
  const { reason, sent } = thrown;
  if (reason === 'timeout') return fail(sent ? 'timeout_after_send' : 'timeout_before_send', { sent });
  return fail(kindOfReason[reason], { sent });
}
