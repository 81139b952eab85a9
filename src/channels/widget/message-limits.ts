import type { Actor } from '#auth/actor.ts';
import type { CountedDay, MessageCountRepository } from '#db/repositories/message-counts.ts';
import type { WidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import type { WidgetRecord } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { MinuteCounter } from './minute-counter.ts';

export interface MessageLimitDeps {
  readonly minutes: MinuteCounter;
  readonly counts: Pick<MessageCountRepository, 'add' | 'takeBack' | 'forgetBefore'>;
  readonly usage: Pick<WidgetUsageRepository, 'tokens'>;
  readonly clock?: () => Date;
}

export interface NewMessage {
  readonly widget: WidgetRecord;
  readonly actor: Actor;
  readonly isMember: boolean;
  /** Of the client, IPv6 as its /64. */
  readonly address: string;
  readonly text: string;
}

export interface MessageLimits {
  /**
   * Counts the message, or throws AppError RATE_LIMITED saying when to come back, having counted it nowhere.
   * Answers how to take it back where nothing came of it.
   */
  count(message: NewMessage): Promise<() => Promise<void>>;
}

/** One address may be an office or a school. */
const addressFactor = 4;

export function createMessageLimits({ clock = () => new Date(), ...deps }: MessageLimitDeps): MessageLimits {
  const forgetOld = createForgetting(deps);
  return {
    async count(message) {
      requireLength(message);
      takeMinute(deps, message);
      // Members are known, and their organization answers for them.
      if (message.isMember) return async () => {};
      const now = clock();
      await forgetOld(dayOf(now));
      await requireTokens(deps, message, now);
      return countDay(deps, message, now);
    },
  };
}

type Deps = Omit<MessageLimitDeps, 'clock'>;

/** Once for each day and process. */
function createForgetting({ counts }: Deps): (day: string) => Promise<void> {
  let seen = '';
  return async (day) => {
    if (seen === day) return;
    seen = day;
    await counts.forgetBefore(day);
  };
}

function requireLength({ widget, text }: NewMessage): void {
  const { messageCharacters } = widget.limits;
  if (text.length <= messageCharacters) return;
  throw new AppError(
    'INPUT_INVALID',
    `The message has ${text.length} characters, and ${messageCharacters} are allowed here. Make it shorter, or send it in parts.`,
  );
}

function takeMinute({ minutes }: Deps, { widget, actor, address }: NewMessage): void {
  const { visitorPerMinute } = widget.limits;
  const seconds = minutes.take([
    { key: `${widget.id} visitor ${actor.id}`, limit: visitorPerMinute },
    { key: `${widget.id} address ${address}`, limit: visitorPerMinute * addressFactor },
  ]);
  if (seconds === null) return;
  throw new AppError(
    'RATE_LIMITED',
    `That were more messages than this chat takes within a minute. Send yours again in ${counted(seconds, 'second')}.`,
  );
}

async function requireTokens({ usage }: Deps, { widget, actor }: NewMessage, now: Date): Promise<void> {
  const { organizationId, id: widgetId, limits } = widget;
  const today = new Date(`${dayOf(now)}T00:00:00.000Z`);
  const isUsedUp = async (limit: number | null, actorId?: string) => {
    if (limit === null) return false;
    const of = { organizationId, widgetId, ...(actorId === undefined ? {} : { actorId }) };
    return (await usage.tokens(of, today)) >= limit;
  };
  if (await isUsedUp(limits.visitorTokensPerDay, actor.id)) throw comeBackTomorrow(yours, now);
  if (await isUsedUp(limits.widgetTokensPerDay)) throw comeBackTomorrow(everybodys, now);
}

async function countDay({ counts }: Deps, { widget, actor }: NewMessage, now: Date): Promise<() => Promise<void>> {
  const { organizationId, id: widgetId, limits } = widget;
  const day: CountedDay = { organizationId, day: dayOf(now) };
  const full = await counts.add(day, [
    { subject: actor.id, limit: limits.visitorPerDay },
    { subject: widgetId, limit: limits.widgetPerDay },
  ]);
  if (full !== null) throw comeBackTomorrow(full === widgetId ? everybodys : yours, now);
  return () => counts.takeBack(day, [actor.id, widgetId]);
}

const yours = 'That was as much as one visitor can ask here in a day';
const everybodys = 'This chat has answered as much as it can today';

/** Days end at midnight in UTC. */
function comeBackTomorrow(what: string, now: Date): AppError {
  const end = new Date(`${dayOf(now)}T24:00:00.000Z`);
  const minutes = Math.max(1, Math.ceil((end.getTime() - now.getTime()) / 60_000));
  const wait = minutes < 90 ? counted(minutes, 'minute') : counted(Math.round(minutes / 60), 'hour');
  return new AppError('RATE_LIMITED', `${what}. Come back in about ${wait}.`);
}

function dayOf(time: Date): string {
  return time.toISOString().slice(0, 10);
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
