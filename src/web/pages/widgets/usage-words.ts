import type { WidgetUsageView } from '#channels/http/contract/widgets.ts';
import { formatCount } from '../../format.ts';

export type UsageDay = WidgetUsageView['days'][number];

export const measures = ['messages', 'visitors', 'tokens'] as const;
export type Measure = (typeof measures)[number];

export const measureWords: Readonly<Record<Measure, string>> = {
  messages: 'Messages',
  visitors: 'Visitors',
  tokens: 'Tokens',
};

export function amountOf(day: UsageDay, measure: Measure): number {
  return measure === 'tokens' ? day.inputTokens + day.outputTokens : day[measure];
}

/** Of visitors, who may come on many days, the most of one day is told: a sum would count them again and again. */
export function totalOf(days: readonly UsageDay[], measure: Measure): number {
  const amounts = days.map((day) => amountOf(day, measure));
  return measure === 'visitors' ? Math.max(0, ...amounts) : amounts.reduce((sum, amount) => sum + amount, 0);
}

/** How high each day's bar is, 0 to 1; a day with any use at all can be seen. */
export function heightsOf(days: readonly UsageDay[], measure: Measure): readonly number[] {
  const amounts = days.map((day) => amountOf(day, measure));
  const highest = Math.max(...amounts, 1);
  return amounts.map((amount) => (amount === 0 ? 0 : Math.max(0.03, amount / highest)));
}

const shortened = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });

/** A sum that fits a narrow screen; the table has the whole numbers. */
export function formatTotal(count: number): string {
  return count < 100_000 ? formatCount(count) : shortened.format(count);
}

const dayWords = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', timeZone: 'UTC' });

/** A day of the count, which is one in UTC wherever the reader is. */
export function formatUtcDay(day: string): string {
  return dayWords.format(new Date(`${day}T00:00:00Z`));
}
