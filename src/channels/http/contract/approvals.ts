import { z } from 'zod';
import { approvalKinds, approvalStatuses, budgetNames } from '#agent/approvals/approval-vocabulary.ts';
import { effectStates } from '#agent/effects/effect.ts';
import { targetLevels } from '#integrations/change-plan.ts';
import { cursor, id, limit, listOf, time } from './common.ts';

export const personRef = z.object({ id: z.string(), name: z.string() });

export const plannedTargetView = z.object({
  level: z.enum(targetLevels),
  id: z.string(),
  name: z.string().nullable(),
});

/** What would happen, made by the server from what it has read upstream. */
export const changePlanView = z
  .object({
    summary: z.string(),
    targets: z.array(plannedTargetView),
    records: z.array(
      z.object({
        /** Null for one that does not exist yet. */
        id: z.string().nullable(),
        title: z.string(),
        /** `before`: what stands there now, null where that is nothing; left out where the call replaces nothing. */
        fields: z.array(z.object({ name: z.string(), value: z.unknown(), before: z.unknown().optional() })),
      }),
    ),
    count: z.int(),
    warnings: z.array(z.string()),
  })
  .meta({ id: 'ChangePlan' });
export type ChangePlanView = z.output<typeof changePlanView>;

export const approvalView = z
  .object({
    id: z.string(),
    kind: z.enum(approvalKinds),
    status: z.enum(approvalStatuses),
    /** Lower-case hex; a decision sends back the one that was seen. */
    hash: z.string(),
    /** Null for a budget of the whole run. */
    tool: z.object({ name: z.string(), title: z.string() }).nullable(),
    persona: personRef,
    requester: personRef,
    /** As whom it would be done; null for a budget of the whole run, and where the connection is gone. */
    connection: z.object({ id: z.string(), label: z.string() }).nullable(),
    /** Null where the conversation is not the caller's own. */
    conversationId: z.string().nullable(),
    callId: z.string().nullable(),
    channel: z.string(),
    /** What a call or an undo would be made with; null for a budget. */
    arguments: z.unknown(),
    plan: changePlanView.nullable(),
    /** The model's own words about the call: its claim. Null where it wrote none. */
    words: z.string().nullable(),
    why: z.enum(['policy', 'bound', 'outside_text']).nullable(),
    /** The model's arguments, once a person has changed them; null before that. */
    askedFor: z.unknown(),
    editor: personRef.nullable(),
    budget: z.object({ name: z.enum(budgetNames), limit: z.int(), used: z.int(), more: z.int() }).nullable(),
    /** Who alone may decide; null where the requester, owners and admins may. */
    approvers: z.array(personRef).nullable(),
    fourEyes: z.boolean(),
    mayDecide: z.boolean(),
    /** Why the caller may not decide, in plain words; null where they may or nothing is left to decide. */
    mayNotBecause: z.string().nullable(),
    createdAt: time,
    expiresAt: time,
    decidedBy: personRef.nullable(),
    decidedAt: time.nullable(),
    reason: z.string().nullable(),
    /** For an approved budget: how many more. */
    more: z.int().nullable(),
    /** The approval that asks in this one's place since its arguments were changed. */
    replacedBy: z.string().nullable(),
    /** How the call went that this approval let through; null before that. */
    outcome: z
      .object({ state: z.enum(effectStates), happened: z.boolean().nullable(), code: z.string().nullable() })
      .nullable(),
  })
  .meta({ id: 'Approval' });
export type ApprovalView = z.output<typeof approvalView>;

/**
 * GET /api/v1/approvals : newest first. Members see what they have asked or may decide; owners, admins and auditors
 * everything.
 */
export const approvalListQuery = z.strictObject({
  cursor: cursor.optional(),
  limit: limit.default(30),
  status: z.enum(['pending', 'over']).default('pending'),
});
export const approvalListView = listOf(approvalView);
export type ApprovalListView = z.output<typeof approvalListView>;

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'must be the hash of the approval that was shown');

/** POST /api/v1/approvals/:id/decision */
export const decisionRequest = z.strictObject({
  decision: z.enum(['approve', 'deny']),
  hash,
  reason: z.string().trim().max(500, 'must have at most 500 characters').optional(),
  /** For a budget: how many more, at most what is offered. */
  more: z.int().min(1).max(100_000_000).optional(),
});
export type DecisionRequest = z.input<typeof decisionRequest>;

/** POST /api/v1/approvals/:id/arguments : plans the call anew and answers the approval that asks in its place. */
export const changeArgumentsRequest = z.strictObject({ hash, arguments: z.record(z.string().max(64), z.unknown()) });
export type ChangeArgumentsRequest = z.input<typeof changeArgumentsRequest>;

/** GET /api/v1/approval-count : how many the caller may decide now. */
export const approvalCountView = z.object({ pending: z.int() }).meta({ id: 'ApprovalCount' });
export type ApprovalCountView = z.output<typeof approvalCountView>;

/*
 * GET /api/v1/approval-events : server-sent events. `event: approvals` with the data of `approvalCountView` at the
 * beginning and within two seconds of any change that the caller could see, by whichever process.
 */

export const approvalPath = z.strictObject({ id });
