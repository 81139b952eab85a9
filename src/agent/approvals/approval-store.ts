import type { Approval, ApprovalStatus } from './approval.ts';

export type NewApproval = Omit<
  Approval,
  'status' | 'decidedBy' | 'decidedAt' | 'reason' | 'more' | 'replacedBy' | 'createdAt'
>;

export interface ApprovalDecision {
  readonly organizationId: string;
  readonly id: string;
  /** The hash the person saw. */
  readonly hash: string;
  readonly status: 'approved' | 'denied';
  readonly by: string;
  readonly reason: string | null;
  readonly more: number | null;
}

/** What an approval must still be, to be used: the same question to the letter. */
export interface ApprovalUse {
  readonly organizationId: string;
  readonly id: string;
  readonly hash: string;
}

export interface ApprovalListing {
  readonly organizationId: string;
  readonly status: 'pending' | 'over';
  /** Narrows to what one person has asked, or may decide by name; null lists all. */
  readonly personId: string | null;
  /** The last row of the page before. */
  readonly after: { readonly createdAt: Date; readonly id: string } | null;
  readonly limit: number;
}

/**
 * Where approvals are kept. What is asked is encrypted before it gets here. Every change is one conditional statement,
 * true for exactly one of many callers in any number of processes; all join a transaction of the caller.
 */
export interface ApprovalStore {
  /** Encrypts the question. To be awaited before a transaction begins; `insert` stores what it gives. */
  seal(approval: NewApproval): Promise<SealedApproval>;
  insert(approval: SealedApproval): Promise<void>;
  find(organizationId: string, id: string): Promise<Approval | null>;
  /** All of a run, oldest first, replaced ones too. */
  ofRun(organizationId: string, runId: string): Promise<readonly Approval[]>;
  /** Newest first. */
  list(listing: ApprovalListing): Promise<readonly Approval[]>;
  /** Only while it is pending, not expired, and asks exactly what `hash` says. */
  decide(decision: ApprovalDecision): Promise<boolean>;
  /** Only once, within a day of its being approved, and only for exactly what `hash` says. */
  use(use: ApprovalUse): Promise<boolean>;
  /** Ends one that is pending or approved; as `expired` only one that is pending. */
  end(approval: {
    readonly organizationId: string;
    readonly id: string;
    readonly status: Extract<ApprovalStatus, 'expired' | 'withdrawn' | 'void'>;
    readonly reason: string | null;
  }): Promise<boolean>;
  /** Puts `next` in the place of one that is pending and asks exactly what `hash` says. */
  replace(
    replaced: { readonly organizationId: string; readonly id: string; readonly hash: string },
    next: SealedApproval,
  ): Promise<boolean>;
  /** Pending or approved ones of a connection, over all its runs. */
  openOfConnection(organizationId: string, connectionId: string): Promise<readonly Approval[]>;
}

/** A new approval whose question is encrypted. */
export interface SealedApproval {
  readonly approval: NewApproval;
  readonly body: string;
}
