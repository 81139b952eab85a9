import type { Actor } from '#auth/actor.ts';
import type { Mailer } from '#auth/mailer.ts';
import type { ApprovalFacts, ApprovalRepository } from '#db/repositories/approvals.ts';
import type { Logger } from '#log';
import { type ApprovalLetter, approvalMail } from './approval-mails.ts';
import type { ApprovalStore } from './approval-store.ts';
import { summaryOf } from './describe-question.ts';
import { mayDecide } from './may-decide.ts';

/** Somebody who belongs to the organization, with the address they can be mailed at. */
export interface Person {
  readonly actor: Actor;
  readonly email: string;
}

export interface TellingDeps {
  readonly store: Pick<ApprovalStore, 'find'>;
  readonly rows: Pick<ApprovalRepository, 'listToRemind' | 'claimReminder'>;
  /** Null: nobody is mailed. */
  readonly mailer: Mailer | null;
  /** Where people reach the pages, without a slash at the end. */
  readonly publicUrl: () => string;
  readonly peopleOf: (organizationId: string) => Promise<readonly Person[]>;
  readonly personaName: (organizationId: string, personaId: string) => Promise<string | null>;
  /** Takes secrets in use out of a text. */
  readonly scrub: (text: string) => string;
  readonly log: Logger;
  readonly clock: () => Date;
}

const batch = 50;
/** A mail is for those who wait for it, not for everybody of a large organization. */
const mostRecipients = 30;

/**
 * Mails those who may decide: at once where the requester alone may not, and once more half-way to the end. Each time one
 * process does it; a mail that could not be sent is not sent again.
 */
export async function remindDue(deps: TellingDeps): Promise<void> {
  const { rows, log, mailer } = deps;
  if (mailer === null) return;
  for (;;) {
    const due = await rows.listToRemind(batch);
    let told = 0;
    // One mail for all that a run asks at once: the others stand beside it.
    const mailed = new Set<string>();
    for (const row of due) if (await tried(log, row, () => remindOne(deps, { row, mailer, mailed }))) told += 1;
    // Where none could be taken off the list, it would be the same one again.
    if (due.length < batch || told === 0) return;
  }
}

async function tried(log: Logger, row: ApprovalFacts, work: () => Promise<void>): Promise<boolean> {
  try {
    await work();
    return true;
  } catch (error) {
    log.warn({ err: error, approvalId: row.id }, 'those who may decide on an approval could not be told');
    return false;
  }
}

interface Reminding {
  readonly row: ApprovalFacts;
  readonly mailer: Mailer;
  /** Runs that somebody was mailed about in this pass. */
  readonly mailed: Set<string>;
}

async function remindOne(deps: TellingDeps, { row, mailer, mailed }: Reminding): Promise<void> {
  const { remindAt, createdAt, expiresAt, organizationId, requesterId, runId } = row;
  if (remindAt === null) return;
  const halfway = new Date((createdAt.getTime() + expiresAt.getTime()) / 2);
  const isFirst = deps.clock() < halfway;
  if (!(await deps.rows.claimReminder(row, remindAt, isFirst ? halfway : null))) return;
  if (mailed.has(`${organizationId} ${runId}`)) return;
  const people = await deps.peopleOf(organizationId);
  const deciders = people.filter(({ actor }) => mayDecide(row, actor).ok);
  // Who can decide alone sees it where they have asked.
  if (isFirst && deciders.some(({ actor }) => actor.id === requesterId)) return;
  mailed.add(`${organizationId} ${runId}`);
  await mailAll(deps, { row, people, deciders: deciders.slice(0, mostRecipients), again: !isFirst, mailer });
}

interface Mailing {
  readonly row: ApprovalFacts;
  readonly people: readonly Person[];
  readonly deciders: readonly Person[];
  readonly again: boolean;
  readonly mailer: Mailer;
}

async function mailAll(deps: TellingDeps, { row, people, deciders, again, mailer }: Mailing): Promise<void> {
  const { organizationId, id, personaId, requesterId, expiresAt } = row;
  const approval = deciders.length === 0 ? null : await deps.store.find(organizationId, id);
  if (approval === null) return;
  const letter: Omit<ApprovalLetter, 'to' | 'name'> = {
    persona: (await deps.personaName(organizationId, personaId)) ?? personaId,
    requester: people.find(({ actor }) => actor.id === requesterId)?.actor.name ?? 'somebody who has left',
    summary: deps.scrub(summaryOf(approval.question)),
    expiresAt,
    link: `${deps.publicUrl()}/approvals/${encodeURIComponent(id)}`,
    again,
  };
  for (const { actor, email } of deciders) {
    await mailer.send(approvalMail({ ...letter, to: email, name: actor.name })).catch((error: unknown) => {
      deps.log.warn({ err: error, approvalId: id }, 'a mail about an approval could not be sent');
    });
  }
}
