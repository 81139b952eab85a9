import type { TouchLog } from '#agent/attempt.ts';
import type { MandateStore } from '#agent/mandates.ts';

/** No job has been told anything. */
export const noMandates: MandateStore = {
  ruleOf: async () => 'deny',
  inForce: async () => [],
  use: async () => false,
};

export const noTouches: TouchLog = { insert: async () => undefined };

/** What a run is that a person has asked for. */
export const attended = { jobRunId: null, trial: false } as const;
