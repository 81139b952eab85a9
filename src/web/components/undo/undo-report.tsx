import { CircleHelp, Hand, Undo2 } from 'lucide-react';
import { Link } from 'react-router';
import type { UndoView } from '#channels/http/contract/effects.ts';
import { Breadcrumb } from '../approval/plan-view.tsx';
import { Notice } from '../states.tsx';
import { describeRestored } from './undo-words.ts';

/** What came of an undo: where the record is now, and honestly what could not be brought back. */
export function UndoReport({ undo: { status, message, restored, approvalId } }: { undo: UndoView }) {
  if (status === 'waiting_for_approval') {
    return (
      <Notice tone="warn" icon={Hand} title="Waits for an approval">
        <p>{message}</p>
        {approvalId !== null && <ApprovalLink id={approvalId} />}
      </Notice>
    );
  }
  if (status === 'outcome_unknown') {
    return (
      <Notice tone="warn" icon={CircleHelp} title="Outcome unknown">
        {message}
      </Notice>
    );
  }
  return (
    <Notice tone="good" icon={Undo2} title="Taken back">
      <p>{restored === null ? message : describeRestored(restored)}</p>
      {restored !== null && restored.target.length > 0 && (
        <div className="mt-2">
          <Breadcrumb targets={restored.target} label="Where it is now" />
        </div>
      )}
      {restored !== null && restored.notRestored.length > 0 && (
        <div className="mt-2 grid gap-1">
          <p className="font-semibold">Not restored</p>
          <ul aria-label="Not restored" className="grid list-disc gap-1 ps-5">
            {restored.notRestored.map(({ what, why }) => (
              <li key={`${what} ${why}`}>
                <span className="font-medium">{what}</span>: {why}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Notice>
  );
}

export function ApprovalLink({ id, text = 'See the approval' }: { id: string; text?: string }) {
  return (
    <Link
      to={`/approvals/${encodeURIComponent(id)}`}
      className="inline-flex min-h-9 items-center text-accent underline underline-offset-2 pointer-coarse:min-h-11"
    >
      {text}
    </Link>
  );
}
