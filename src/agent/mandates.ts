import type { Limits, ResourceTarget } from '#integrations/rights.ts';

/** What a run that nobody attends does where a person would be asked. */
export const mandateRules = ['deny', 'park', 'pre_approved'] as const;
export type MandateRule = (typeof mandateRules)[number];

/** A standing approval that is in force. */
export interface Mandate {
  readonly id: string;
  readonly jobId: string;
  readonly tool: string;
  readonly limits: Limits;
  readonly count: number;
  readonly used: number;
  readonly afterOutsideText: boolean;
  readonly expiresAt: Date;
  readonly givenBy: string;
  readonly givenAt: Date;
}

/** Where the guard finds what was approved in advance. It asks on every call, so what was taken back counts no more. */
export interface MandateStore {
  /** The job's rule of this moment; `deny` where the job is gone or paused. */
  ruleOf(organizationId: string, jobId: string): Promise<MandateRule>;
  /** Those in force for a tool, the one that ends first before the others. */
  inForce(question: {
    readonly organizationId: string;
    readonly jobId: string;
    readonly tool: string;
    readonly now: Date;
  }): Promise<readonly Mandate[]>;
  /** Takes so many of it, in the caller's transaction. False where it is over or holds no more so many. */
  use(use: {
    readonly organizationId: string;
    readonly id: string;
    readonly rows: number;
    readonly now: Date;
  }): Promise<boolean>;
}

/** What a call touches, and how much of it. */
export interface Wanted {
  readonly target: ResourceTarget;
  readonly rows: number;
}
