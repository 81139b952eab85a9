import { createHash } from 'node:crypto';
import { canonicalJson } from '#audit/canonical-json.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import type { approvalKinds, approvalStatuses, budgetNames } from './approval-vocabulary.ts';

export type ApprovalKind = (typeof approvalKinds)[number];
export type ApprovalStatus = (typeof approvalStatuses)[number];

/** Why a call has to be asked for: the policy says so, its bound is reached, or text from outside was read. */
export type GateReason = 'policy' | 'bound' | 'outside_text';

export type BudgetName = (typeof budgetNames)[number];

/** What a person is asked; the first three keys of a call or an undo are what the hash binds. */
export type Question =
  | {
      readonly kind: 'call';
      readonly tool: string;
      readonly arguments: unknown;
      readonly plan: ChangePlan;
      readonly title: string;
      readonly why: GateReason;
      /** What the model wrote in the step that made the call: its claim, never a fact. */
      readonly words: string;
      /** What the model had asked for, once a person has changed it; null before that. */
      readonly askedFor: unknown;
    }
  | {
      readonly kind: 'budget';
      readonly budget: BudgetName;
      /** Null for a budget of the whole run. */
      readonly tool: string | null;
      readonly title: string | null;
      readonly limit: number;
      readonly used: number;
      /** How many more are offered; who decides may choose fewer. */
      readonly more: number;
      /** What the call would do that comes next; null for a budget of the whole run. */
      readonly plan: ChangePlan | null;
    }
  | {
      readonly kind: 'undo';
      readonly tool: string;
      readonly arguments: unknown;
      readonly plan: ChangePlan;
      readonly title: string;
    };

/** One question with its answer, as far as there is one. */
export interface Approval {
  readonly id: string;
  readonly organizationId: string;
  readonly status: ApprovalStatus;
  readonly conversationId: string;
  readonly runId: string;
  /** Null for a budget of the whole run. For an undo the call it takes back. */
  readonly callId: string | null;
  readonly personaId: string;
  readonly personaVersion: string;
  readonly channel: string;
  readonly connectionId: string | null;
  readonly requesterId: string;
  readonly editorId: string | null;
  readonly question: Question;
  /** Lower-case hex. A decision names it, so that nobody approves anything but what they saw. */
  readonly hash: string;
  /** Ids of the people who alone may decide; null where the roles say who may. */
  readonly approvers: readonly string[] | null;
  readonly fourEyes: boolean;
  readonly managersOnly: boolean;
  readonly expiresAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly reason: string | null;
  /** For an approved budget: how many more. Null for anything else. */
  readonly more: number | null;
  readonly replacedBy: string | null;
  readonly createdAt: Date;
}

/** What an approval is bound to. Equal only where tool, arguments and plan are equal to the letter. */
export function hashQuestion(question: Question): string {
  const { kind } = question;
  const bound =
    question.kind === 'budget'
      ? question
      : { kind, tool: question.tool, arguments: question.arguments, plan: question.plan };
  return createHash('sha256').update(canonicalJson(bound)).digest('hex');
}
