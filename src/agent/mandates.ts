import type { Limits, ResourceTarget } from '#integrations/rights.ts';
import { allowsTarget } from '#personas/grants.ts';
import type { ApprovalRule } from '#personas/persona-schema.ts';

/** What a run that nobody attends does where a person would be asked. */
export const mandateRules = ['deny', 'park', 'pre_approved'] as const;
export type MandateRule = (typeof mandateRules)[number];

/** A standing approval. */
export interface Mandate {
  readonly id: string;
  readonly jobId: string;
  readonly tool: string;
  readonly limits: Limits;
  /** Records in all, for tools without records calls. */
  readonly count: number;
  readonly used: number;
  readonly afterOutsideText: boolean;
  readonly expiresAt: Date;
  readonly givenBy: string;
  readonly givenAt: Date;
}

/** Where the guard finds what was approved in advance. It asks on every call, so what was taken back counts no more. */
export interface MandateStore {
  /** The job's rule of this moment; `deny` where the job is gone. */
  ruleOf(organizationId: string, jobId: string): Promise<MandateRule>;
  /** Those of a tool that are not over and whose givers may still decide; the one that ends first before the others. */
  inForce(question: MandateQuestion): Promise<readonly Mandate[]>;
  /** Takes so many of it, in the caller's transaction. False where it is over or does not hold so many any more. */
  use(use: MandateUse): Promise<boolean>;
}

export interface MandateQuestion {
  readonly organizationId: string;
  readonly jobId: string;
  readonly tool: string;
  readonly now: Date;
}

export interface MandateUse {
  readonly organizationId: string;
  readonly id: string;
  readonly rows: number;
  readonly now: Date;
}

/** A call that would be asked for. */
export interface WantedCall {
  readonly target: ResourceTarget;
  /** Records it changes; 1 for what has none. */
  readonly rows: number;
  /** Whether text from outside was read before. */
  readonly afterOutsideText: boolean;
  readonly rule: ApprovalRule;
  /** On whose behalf it is made. */
  readonly requesterId: string;
  readonly now: Date;
}

/** The first that covers the whole call; null where none does. What is left of several is not added up. */
export function coveringMandate(mandates: readonly Mandate[], wanted: WantedCall): Mandate | null {
  return mandates.find((mandate) => covers(mandate, wanted)) ?? null;
}

function covers(mandate: Mandate, { target, rows, afterOutsideText, rule, requesterId, now }: WantedCall): boolean {
  if (mandate.expiresAt <= now || mandate.used + rows > mandate.count) return false;
  if (afterOutsideText && !mandate.afterOutsideText) return false;
  if (rule.people !== null && !rule.people.includes(mandate.givenBy)) return false;
  if (rule.fourEyes && mandate.givenBy === requesterId) return false;
  return allowsTarget(mandate.limits, target);
}
