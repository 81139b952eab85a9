import { newId } from '../../../api-client.ts';
import type { Limits } from '../../../components/limits.ts';
import type { Allowance } from '../api.ts';

/** A standing approval while it is written. */
export interface AllowanceDraft {
  readonly key: string;
  readonly tool: string;
  readonly limits: Limits;
  /** One after another, with commas or spaces between them; empty: wherever the persona may. */
  readonly channels: string;
  readonly recipients: string;
  readonly count: string;
  /** The last day it counts, YYYY-MM-DD. */
  readonly until: string;
  readonly afterOutsideText: boolean;
  /** The end as it was: a day that was not touched keeps its hour. */
  readonly before: string | null;
}

const usualDays = 90;

export function newAllowance(tool: string, now = new Date()): AllowanceDraft {
  return {
    key: newId(),
    tool,
    limits: {},
    channels: '',
    recipients: '',
    count: '100',
    until: new Date(now.getTime() + usualDays * 86_400_000).toISOString().slice(0, 10),
    afterOutsideText: false,
    before: null,
  };
}

export function toAllowanceDraft({ tool, limits, count, expiresAt, afterOutsideText }: Allowance): AllowanceDraft {
  const { channels = [], recipients = [], ...places } = limits;
  return {
    key: newId(),
    tool,
    limits: places,
    channels: channels.join(', '),
    recipients: recipients.join(', '),
    count: String(count),
    until: expiresAt.slice(0, 10),
    afterOutsideText,
    before: expiresAt,
  };
}

export function toAllowance(draft: AllowanceDraft): Allowance {
  const { tool, limits, count, until, before, afterOutsideText } = draft;
  const channels = listed(draft.channels);
  const recipients = listed(draft.recipients).map((address) => address.toLowerCase());
  return {
    tool,
    limits: {
      ...(limits.teams === undefined ? {} : { teams: [...limits.teams] }),
      ...(limits.databases === undefined ? {} : { databases: [...limits.databases] }),
      ...(limits.tables === undefined ? {} : { tables: [...limits.tables] }),
      ...(channels.length === 0 ? {} : { channels }),
      ...(recipients.length === 0 ? {} : { recipients }),
    },
    count: Number(count),
    expiresAt: before?.slice(0, 10) === until ? before : `${until}T23:59:59Z`,
    afterOutsideText,
  };
}

function listed(text: string): string[] {
  return text.split(/[\s,;]+/).filter((one) => one !== '');
}
