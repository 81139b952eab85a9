import type { CallContext, PlannedChange } from '#integrations/tool-definition.ts';
import { plainPlan } from './approvals/ask-for-call.ts';
import type { AllowedCall } from './judge-call.ts';

/** What the call would do, read upstream now; from its arguments alone where its integration cannot look it up. */
export async function planChange(allowed: AllowedCall, context: CallContext): Promise<PlannedChange> {
  const { change } = allowed.call;
  if (change !== null) return change.plan(context);
  return { plan: plainPlan(allowed.tool, { allowed }), snapshot: null };
}
