import type { EffectView, UndoView } from '#channels/http/contract/effects.ts';
import { formatMinute } from '../../format.ts';

type Undo = EffectView['undo'];

export interface UndoWords {
  /** Whether the button leads anywhere. */
  readonly open: boolean;
  /** Beside the button: until when, or why not. */
  readonly text: string;
  readonly approvalId: string | null;
}

const stateWords: Partial<Record<Undo['state'], string>> = {
  waiting: 'Taking it back waits for an approval.',
  under_way: 'It is being taken back.',
  done: 'It was taken back.',
  outcome_unknown: 'Nobody knows yet whether it was taken back. The service looks it up and tells it here.',
};

/** What can be said of taking a call back. */
export function describeUndo(undo: Undo): UndoWords {
  const { possible, whyNot, expiresAt, needsApproval, state, approvalId } = undo;
  const begun = stateWords[state];
  if (begun !== undefined) return { open: false, text: begun, approvalId: state === 'waiting' ? approvalId : null };
  if (!possible) return { open: false, text: whyNot ?? 'It cannot be taken back.', approvalId: null };
  const until = expiresAt === null ? '' : `Possible until ${formatMinute(expiresAt)}.`;
  const asks = needsApproval ? 'It has to be approved first.' : '';
  return { open: true, text: [until, asks].filter((part) => part !== '').join(' '), approvalId: null };
}

/** “Restored as record 41.” */
export function describeRestored({ target }: NonNullable<UndoView['restored']>): string {
  const record = target.findLast(({ level }) => level === 'record');
  return record === undefined ? 'Restored.' : `Restored as record ${record.id}.`;
}
