import type { BudgetName, Question } from './approval.ts';

const budgetWords: Readonly<Record<BudgetName, (count: number) => string>> = {
  steps: (count) => many(count, 'step'),
  calls: (count) => many(count, 'call'),
  seconds: (count) => `${many(count, 'second')} of work`,
  tokens: (count) => many(count, 'token'),
  effects_run: (count) => `${many(count, 'change')} in one run`,
  effects_hour: (count) => `${many(count, 'change')} an hour`,
  effects_day: (count) => `${many(count, 'change')} a day`,
};

/** What is asked, in one line. Holds no fields of records. */
export function summaryOf(question: Question): string {
  if (question.kind !== 'budget') return question.plan.summary;
  const { budget, title, limit, more } = question;
  const tool = title === null ? '' : ` with “${title}”`;
  return `Go on with ${more.toLocaleString('en')} more than the limit of ${budgetWords[budget](limit)}${tool}`;
}

function many(count: number, thing: string): string {
  return `${count.toLocaleString('en')} ${thing}${count === 1 ? '' : 's'}`;
}
