/** What a service can answer other than success, in the codes that models, people and the audit see. */
export const upstreamCodes = [
  'UPSTREAM_UNAUTHORIZED',
  'UPSTREAM_FORBIDDEN',
  'UPSTREAM_NOT_FOUND',
  'UPSTREAM_INVALID',
  'UPSTREAM_UNAVAILABLE',
  'RATE_LIMITED',
  'OUTPUT_TOO_LARGE',
  'EGRESS_DENIED',
  'OUTCOME_UNKNOWN',
] as const;
export type UpstreamCode = (typeof upstreamCodes)[number];

/**
 * A call to a service that did not succeed. `message` is safe to show to a model and a person: it never
 * holds a header, a body or an address. `OUTCOME_UNKNOWN` means the request was sent and may have had its effect.
 */
export class UpstreamError extends Error {
  readonly code: UpstreamCode;

  constructor(code: UpstreamCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamError';
    this.code = code;
  }
}
