import type { UpstreamCode } from '#integrations/upstream-error.ts';

/** Why the guard did not let a call through. */
export const denialCodes = [
  'TOOL_UNKNOWN',
  'TOOL_NOT_GRANTED',
  'RESOURCE_NOT_GRANTED',
  'ARG_INVALID',
  'APPROVAL_REQUIRED',
  'APPROVAL_DENIED',
  'APPROVAL_INVALID',
  'CONNECTION_NOT_FOUND',
  'CONNECTION_REVOKED',
  'CONNECTION_NEEDS_RECONNECT',
  'BUDGET_EXCEEDED',
  'RUN_STOPPED',
  'AUDIT_UNAVAILABLE',
] as const;
export type DenialCode = (typeof denialCodes)[number];

/** Everything that can stand where a tool's result would: a denial of ours or an answer of the service. */
export type CallErrorCode = DenialCode | UpstreamCode | 'CALL_FAILED';

export interface Denial {
  readonly code: DenialCode;
  /** For the person and the model alike: what was refused, why, what to do. Holds no internals. */
  readonly message: string;
}
