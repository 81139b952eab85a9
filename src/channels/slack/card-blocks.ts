import type { Approval, Question } from '#agent/approvals/approval.ts';
import { summaryOf } from '#agent/approvals/describe-question.ts';
import type { ChangePlan } from '#integrations/change-plan.ts';
import {
  createShortener,
  linkTo,
  momentOf,
  paragraph,
  readable,
  readableOrEmpty,
  type Shortener,
  type SlackBlock,
  smallPrint,
} from './card-text.ts';

export const cardActions = { approve: 'approval_approve', deny: 'approval_deny', open: 'approval_open' } as const;

export interface CardFacts {
  readonly approval: Approval;
  readonly persona: string;
  readonly requester: string;
  /** Who decided; null while nobody has. */
  readonly decider: string | null;
  /** The approval's page here. */
  readonly link: string;
  /** How many more wait beside it that have no card. */
  readonly others: number;
}

export interface Card {
  /** What a notification says. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

const mostRecords = 8;
const mostFields = 12;
const mostWarnings = 8;

/** What is asked, with the buttons to decide. Nothing of others in it calls anybody. */
export function pendingCard(facts: CardFacts): Card {
  const { approval, persona, others } = facts;
  const { question } = approval;
  const short = createShortener();
  const summary = short.line(titleOf(question), 300);
  const asks = `*${short.line(persona, 80)}* asks for a decision`;
  const blocks: readonly (SlackBlock | null)[] = [
    paragraph(`${asks}\n*${summary}*`),
    smallPrint(whoAndWhen(facts, short)),
    whyBlock(question),
    ...planBlocks(question, short),
    wordsBlock(question, short),
    short.hasShortened
      ? smallPrint(`This is not all of it. ${linkTo(facts.link, 'See everything in the inbox')}.`)
      : null,
    others === 0
      ? null
      : smallPrint(`And ${others} more of the same answer ${others === 1 ? 'waits' : 'wait'} in the inbox.`),
    buttons(facts),
  ];
  return { text: `${asks}: ${summary}`, blocks: blocks.filter((block) => block !== null) };
}

/** What became of it, in the place of the question. */
export function outcomeCard(facts: CardFacts): Card {
  const { approval, persona, link } = facts;
  const short = createShortener();
  const outcome = outcomeOf(facts, short);
  const summary = `*${short.line(persona, 80)}*: ${short.line(titleOf(approval.question), 300)}`;
  const requester = short.line(facts.requester, 80);
  const blocks = [
    paragraph(`${summary}\n${outcome}`),
    smallPrint(`On behalf of ${requester} · ${linkTo(link, 'Open in the inbox')}`),
  ];
  return { text: outcome, blocks };
}

/** For those who may not see what is asked: that somebody else decides, and whether they have. */
export function noticeCard(status: Approval['status']): Card {
  const text = noticeWords[status];
  return { text, blocks: [paragraph(text)] };
}

const notDone = ':heavy_minus_sign: This is not done: it was not approved.';
const noticeWords: Readonly<Record<Approval['status'], string>> = {
  pending: ':hourglass_flowing_sand: Somebody of the organization has to decide on this first. They have been asked.',
  replaced: ':hourglass_flowing_sand: Somebody of the organization has to decide on this first. They have been asked.',
  approved: ':white_check_mark: It was decided: this goes on.',
  used: ':white_check_mark: It was decided: this goes on.',
  denied: notDone,
  expired: notDone,
  withdrawn: notDone,
  void: notDone,
};

function titleOf(question: Question): string {
  if (question.kind !== 'undo') return summaryOf(question);
  const { summary } = question.plan;
  return `Undo: ${summary.charAt(0).toLowerCase()}${summary.slice(1)}`;
}

function whoAndWhen({ approval, requester }: CardFacts, short: Shortener): string {
  const { title } = approval.question;
  return [
    `On behalf of ${short.line(requester, 80)}`,
    ...(title === null ? [] : [short.line(title, 80)]),
    `ends ${momentOf(approval.expiresAt)}`,
  ].join(' · ');
}

function whyBlock(question: Question): SlackBlock | null {
  if (question.kind === 'budget') {
    return paragraph('It has done as much as it may, and has paused. What is done so far is kept.');
  }
  if (question.kind !== 'call' || question.why !== 'outside_text') return null;
  return paragraph(
    ':warning: This answer has read text that strangers may have written, and such text can hold instructions of theirs. Look closely at what is asked.',
  );
}

function planBlocks(question: Question, short: Shortener): readonly (SlackBlock | null)[] {
  const { plan } = question;
  if (plan === null) return [];
  const isUndo = question.kind === 'undo';
  const moment = isUndo ? 'with these fields' : 'as it is now';
  const shown = short.first(plan.records, mostRecords);
  const hidden = plan.count - shown.length;
  return [
    whereBlock(plan, short),
    warningsBlock(plan, short, isUndo),
    ...shown.map((record) => recordBlock(record, moment, short)),
    hidden > 0 && shown.length > 0
      ? smallPrint(`And ${hidden} more that ${hidden === 1 ? 'is' : 'are'} not shown here: ${plan.count} in all.`)
      : null,
    question.kind === 'call' && question.askedFor !== null
      ? smallPrint('A person has changed what the persona had asked for. This is the changed one.')
      : null,
  ];
}

const levelWords: Readonly<Record<ChangePlan['targets'][number]['level'], string>> = {
  team: 'Team',
  database: 'Database',
  table: 'Table',
  record: 'Record',
  channel: 'Channel',
  recipient: 'To',
  server: 'Server',
  operation: 'Operation',
};

function whereBlock({ targets }: ChangePlan, short: Shortener): SlackBlock | null {
  if (targets.length === 0) return null;
  const named = targets.map(({ level, id, name }) => `${levelWords[level]} *${short.line(name ?? id, 80)}*`);
  return paragraph(named.join(' › '));
}

function warningsBlock({ warnings }: ChangePlan, short: Shortener, isUndo: boolean): SlackBlock | null {
  if (warnings.length === 0) return null;
  const lines = short.first(warnings, mostWarnings).map((warning) => `:warning: ${short.line(warning, 300)}`);
  return paragraph([...(isUndo ? ['*Will not be as before*'] : []), ...lines].join('\n'));
}

function recordBlock(
  { id, title, fields }: ChangePlan['records'][number],
  moment: string,
  short: Shortener,
): SlackBlock {
  const isChanged = fields.some(({ before }) => before !== undefined);
  const lines = short.first(fields, mostFields).map(({ name, value, before }) => {
    const now = before === undefined ? '' : `${short.line(readableOrEmpty(before), 120)} → `;
    const then = before === undefined ? readable(value) : readableOrEmpty(value);
    return `• ${short.line(name, 60)}: ${now}${short.line(then, 120)}`;
  });
  const what = id === null ? 'new' : `record ${short.line(id, 40)}, ${isChanged ? 'what changes' : moment}`;
  const head = `*${short.line(title, 120)}* (${what})`;
  return paragraph([head, ...(fields.length === 0 ? ['It has no fields with a value.'] : lines)].join('\n'));
}

/** Quoted, so that nothing in it passes for a line of the card. */
function wordsBlock(question: Question, short: Shortener): SlackBlock | null {
  if (question.kind !== 'call' || question.words.trim() === '') return null;
  const quoted = short.lines(question.words, 700).replace(/\s*\n\s*/g, '\n> ');
  return paragraph(`_What the persona says about it, which nobody has checked:_\n> ${quoted}`);
}

function buttons({ approval, link }: CardFacts): SlackBlock {
  const { id, hash, question } = approval;
  const value = buttonValue({ id, hash });
  const isBudget = question.kind === 'budget';
  const label = (text: string) => ({ type: 'plain_text', text, emoji: false }) as const;
  return {
    type: 'actions',
    block_id: blockIdOf(id),
    elements: [
      {
        type: 'button',
        action_id: cardActions.approve,
        style: 'primary',
        text: label(isBudget ? `Go on with ${question.more} more` : 'Approve'),
        value,
      },
      {
        type: 'button',
        action_id: cardActions.deny,
        style: 'danger',
        text: label(isBudget ? 'Stop here' : 'Deny'),
        value,
      },
      { type: 'button', action_id: cardActions.open, text: label('Open in the inbox'), url: link },
    ],
  };
}

/** By which a card that was posted is found again. */
export function blockIdOf(approvalId: string): string {
  return `approval:${approvalId}`;
}

/** What a button carries: which approval, and what of it was seen. */
export function buttonValue({ id, hash }: Pick<Approval, 'id' | 'hash'>): string {
  return `${id} ${hash}`;
}

/** Null for what no button of ours carries. */
export function readButtonValue(value: string): Pick<Approval, 'id' | 'hash'> | null {
  const [, id, hash] = /^([\w-]{1,64}) ([0-9a-f]{64})$/.exec(value) ?? [];
  return id === undefined || hash === undefined ? null : { id, hash };
}

function outcomeOf({ approval, decider }: CardFacts, short: Shortener): string {
  const { status, question, reason } = approval;
  const who = short.line(decider ?? 'Somebody', 80);
  const isBudget = question.kind === 'budget';
  const said = reason === null || reason.trim() === '' ? '' : `: “${short.line(reason, 300)}”`;
  switch (status) {
    case 'approved':
    case 'used':
      return isBudget ? `:white_check_mark: ${who} lets it go on.` : `:white_check_mark: ${who} approved it.`;
    case 'denied':
      return isBudget ? `:no_entry: ${who} stopped it here${said}` : `:no_entry: ${who} denied it${said}`;
    case 'expired':
      return ':hourglass: Nobody decided in time, so it was not done.';
    case 'withdrawn':
      return ':heavy_minus_sign: The answer ended before anybody decided, so it was not done.';
    case 'void':
      return `:heavy_minus_sign: It was not done: ${reason === null ? 'what it was about has changed since, or its connection is gone.' : short.line(reason, 300)}`;
    case 'replaced':
      return ':heavy_minus_sign: What was asked was changed, so another approval asks in its place.';
    case 'pending':
      return ':hourglass_flowing_sand: It waits for a decision.';
  }
}
