/* Apart from the rest, because the pages know these words too, and they have no node:crypto. */

export const approvalKinds = ['call', 'budget', 'undo'] as const;

/**
 * `pending` waits; `approved` is decided and not used yet; `used` let its one call through. All others are over:
 * `expired` nobody decided in time, `withdrawn` the run was stopped, `replaced` its arguments were changed, `void` what
 * it was about has moved or its connection is gone.
 */
export const approvalStatuses = [
  'pending',
  'approved',
  'denied',
  'expired',
  'withdrawn',
  'replaced',
  'void',
  'used',
] as const;

export const budgetNames = [
  'steps',
  'calls',
  'seconds',
  'tokens',
  'effects_run',
  'effects_hour',
  'effects_day',
] as const;
