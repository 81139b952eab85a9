export const egressReasons = [
  'timeout',
  'unreachable',
  'certificate',
  'connection_lost',
  'too_large',
  'redirect',
  'cancelled',
  'secret_unusable',
] as const;
export type EgressReason = (typeof egressReasons)[number];

const messages: Record<EgressReason, string> = {
  timeout: 'The service did not answer in time.',
  unreachable: 'The service could not be reached.',
  certificate: 'The service could not prove by a valid certificate that it is what its address says.',
  connection_lost: 'The connection to the service was lost before the answer was complete.',
  too_large: 'The answer of the service is larger than allowed.',
  redirect: 'The service answered with a redirect, which is never followed.',
  cancelled: 'The call was stopped.',
  secret_unusable: 'The stored key holds characters that no key can have.',
};

/**
 * A request that got no usable answer. `sent` is false only when it is certain that not one byte of the request
 * left. Neither the message nor anything attached to it holds a secret, a header or an address.
 */
export class EgressError extends Error {
  readonly reason: EgressReason;
  readonly sent: boolean;
  /** The system's or the HTTP client's code, e.g. ECONNRESET, for the log; null when there was none. */
  readonly systemCode: string | null;

  constructor(reason: EgressReason, details: { sent: boolean; systemCode?: string | null }) {
    super(messages[reason]);
    this.name = 'EgressError';
    this.reason = reason;
    this.sent = details.sent;
    this.systemCode = details.systemCode ?? null;
  }
}

const clientTimeouts = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);
/** What Node says when it does not trust the other side's certificate. */
const certificateCode =
  /^(ERR_TLS_CERT_ALTNAME_INVALID|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_[A-Z_]+|CERT_[A-Z_]+|CRL_[A-Z_]+|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|PATH_LENGTH_EXCEEDED)$/;
const connectStages = new Set(['connect', 'getaddrinfo']);

/** Turns whatever fetch threw into an EgressError. The original is dropped: its text may quote a header. */
export function toEgressError(
  thrown: unknown,
  state: { stoppedBy: 'timeout' | 'cancelled' | null; certainlyUnsent: boolean },
): EgressError {
  if (thrown instanceof EgressError) return thrown;
  const cause = property(thrown, 'cause');
  const systemCode = codeOf(cause);
  if (systemCode !== null && certificateCode.test(systemCode)) {
    return new EgressError('certificate', { sent: false, systemCode });
  }
  const sent = !(state.certainlyUnsent || failedWhileConnecting(cause));
  if (state.stoppedBy !== null) return new EgressError(state.stoppedBy, { sent, systemCode });
  if (systemCode !== null && clientTimeouts.has(systemCode)) return new EgressError('timeout', { sent, systemCode });
  return new EgressError(sent ? 'connection_lost' : 'unreachable', { sent, systemCode });
}

/** Judged by the system call and not by the code: ETIMEDOUT or EHOSTUNREACH can also end an open connection. */
function failedWhileConnecting(cause: unknown): boolean {
  if (codeOf(cause) === 'UND_ERR_CONNECT_TIMEOUT') return true;
  if (cause instanceof AggregateError && cause.errors.length > 0) return cause.errors.every(failedWhileConnecting);
  const systemCall = property(cause, 'syscall');
  return typeof systemCall === 'string' && connectStages.has(systemCall);
}

function codeOf(error: unknown): string | null {
  const code = property(error, 'code');
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{0,63}$/.test(code) ? code : null;
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
