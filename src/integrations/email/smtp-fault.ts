import { UpstreamError } from '#integrations/upstream-error.ts';

/** How far a mail had got. `message`: the server had begun to read it, so it may have taken it. */
export type SmtpStage = 'connecting' | 'envelope' | 'message';

interface Fault {
  readonly code: string;
  readonly command: string;
  /** What the server answered; null where it answered nothing. */
  readonly response: number | null;
  readonly isCertificate: boolean;
}

/** In words for people: nothing that the server said is repeated, for it may quote what was sent. */
export function toSmtpError(thrown: unknown, stage: SmtpStage, label: string): UpstreamError {
  if (thrown instanceof UpstreamError) return thrown;
  const fault = faultOf(thrown);
  if (stage === 'message' && fault.response === null) return unknownOutcome(label);
  if (fault.isCertificate) {
    return new UpstreamError(
      'UPSTREAM_UNAVAILABLE',
      `The mail server of “${label}” could not prove by a valid certificate that it is what its name says, so nothing was sent.`,
    );
  }
  if (fault.code === 'EAUTH') return refusedSignIn(label);
  if (fault.code === 'ETLS') {
    return new UpstreamError(
      'UPSTREAM_UNAVAILABLE',
      `The mail server of “${label}” does not offer the encryption that is set, so nothing was sent. Check port and encryption.`,
    );
  }
  if (fault.response === null) return unreachable(label);
  return refused(fault.response, fault.command, label);
}

export function unknownOutcome(label: string): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    `The connection to the mail server of “${label}” broke while the mail was handed over, so nobody knows whether it was sent. Ask whoever should have got it before it is sent again.`,
  );
}

function refusedSignIn(label: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAUTHORIZED',
    `The mail server of “${label}” does not accept the user and the password. Check both; many providers want a password made for one app alone.`,
  );
}

function unreachable(label: string): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_UNAVAILABLE',
    `The mail server of “${label}” could not be reached or did not answer as one, so nothing was sent. Check server, port and encryption, or try again later.`,
  );
}

/** 4xx is for now, 5xx for good. */
function refused(response: number, command: string, label: string): UpstreamError {
  const what = `${subjectOf(command)} (it answered ${response})`;
  if (response < 500) {
    return new UpstreamError(
      'UPSTREAM_UNAVAILABLE',
      `The mail server of “${label}” did not take ${what} for now. Try again later.`,
    );
  }
  return new UpstreamError(
    'UPSTREAM_INVALID',
    `The mail server of “${label}” did not take ${what}, so nothing was sent.`,
  );
}

function subjectOf(command: string): string {
  if (command === 'MAIL FROM') return 'mail from this sender';
  if (command === 'RCPT TO') return 'any of the recipients';
  return command === 'DATA' ? 'the mail' : 'the connection';
}

function faultOf(thrown: unknown): Fault {
  const code = textAt(thrown, 'code');
  const response = typeof thrown === 'object' && thrown !== null ? Reflect.get(thrown, 'responseCode') : null;
  const message = thrown instanceof Error ? thrown.message : '';
  return {
    code,
    command: textAt(thrown, 'command'),
    response: typeof response === 'number' && response > 0 ? response : null,
    isCertificate: /certificate|ALTNAME|SELF_SIGNED|altnames/i.test(`${code} ${message}`),
  };
}

function textAt(value: unknown, name: string): string {
  const found: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : '';
  return typeof found === 'string' ? found : '';
}
