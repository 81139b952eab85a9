import { Undo2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { EffectView, UndoView } from '#channels/http/contract/effects.ts';
import { describeError } from '../../api-client.ts';
import { useEffectOf, useUndo } from '../../approval-queries.ts';
import { useMay } from '../../session.tsx';
import { useAnnounce } from '../announcements.tsx';
import { Button } from '../button.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { Notice } from '../states.tsx';
import { ApprovalLink, UndoReport } from './undo-report.tsx';
import { describeUndo } from './undo-words.ts';

interface UndoSectionProps {
  readonly callId: string;
  /** What the call was, in a few words. */
  readonly what: string;
  /** Asks at once whether it can be taken back; else only once somebody comes near the button. */
  readonly eager?: boolean;
  /** Whether it is known to be taken back already. */
  readonly undone?: boolean;
}

/** Takes one call back: says until when or why not, asks once, and reports what came of it. */
export function UndoSection({ callId, what, eager = false, undone = false }: UndoSectionProps) {
  const may = useMay();
  const announce = useAnnounce();
  const [near, setNear] = useState(false);
  const [asking, setAsking] = useState(false);
  const report = useRef<HTMLDivElement>(null);
  const { data, error, refetch } = useEffectOf(callId, { enabled: eager || near });
  const undo = useUndo(callId);
  const words = data === undefined ? null : describeUndo(data.undo);
  const comeNear = () => {
    if (near && error !== null) void refetch();
    setNear(true);
  };
  const done = undone || data?.undo.state === 'done';
  const reported = isReported(undo.data, done ? 'done' : data?.undo.state);
  const waits = reported && undo.data?.status === 'waiting_for_approval';
  useEffect(() => {
    if (reported && !asking) report.current?.focus();
  }, [reported, asking]);
  return (
    <div className="grid gap-2 empty:hidden">
      {done && undo.data?.status !== 'done' && (
        <p className="flex items-center gap-2 font-medium">
          <Undo2 className="size-4 shrink-0 text-good" aria-hidden />
          {eager ? 'Taken back afterwards' : 'Taken back afterwards. What could not be restored is in Activity.'}
        </p>
      )}
      {!done && !waits && may('undo') && (
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <Button
            aria-disabled={words?.open === false || undefined}
            onPointerEnter={comeNear}
            onFocus={comeNear}
            onClick={() => {
              comeNear();
              if (words?.open !== false) setAsking(true);
            }}
            className="aria-disabled:cursor-not-allowed aria-disabled:text-ink-3"
          >
            <Undo2 className="size-4" aria-hidden />
            Undo…
          </Button>
          <p
            role="status"
            className="min-w-0 flex-1 basis-48 text-ink-2 text-xs text-pretty wrap-anywhere empty:hidden"
          >
            {words?.text}
            {error !== null && data === undefined && describeError(error)}
          </p>
          {words !== null && words.approvalId !== null && <ApprovalLink id={words.approvalId} />}
        </div>
      )}
      <div ref={report} tabIndex={-1} className="outline-none empty:hidden">
        {undo.data !== undefined && reported && <UndoReport undo={undo.data} />}
      </div>
      {asking && (
        <UndoDialog
          what={what}
          whyNot={words?.open === false ? words.text : null}
          needsApproval={data?.undo.needsApproval === true}
          loading={data === undefined && error === null}
          onConfirm={async () => {
            const { status } = await undo.mutateAsync();
            announce(announcements[status], status === 'outcome_unknown' ? 'bad' : 'good');
          }}
          onClose={() => setAsking(false)}
        />
      )}
    </div>
  );
}

/** What was asked for here is told by its report as long as it waits, and by the call itself once that is over. */
function isReported(undo: UndoView | undefined, state: EffectView['undo']['state'] | undefined): undo is UndoView {
  return undo !== undefined && (undo.status !== 'waiting_for_approval' || state === 'waiting');
}

/** Short, because the report stands beside the call. */
const announcements: Readonly<Record<UndoView['status'], string>> = {
  done: 'Taken back.',
  waiting_for_approval: 'The undo waits for an approval.',
  outcome_unknown: 'Nobody knows yet whether it was taken back.',
};

function UndoDialog(props: {
  what: string;
  whyNot: string | null;
  needsApproval: boolean;
  loading: boolean;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}) {
  return (
    <ConfirmDialog
      open
      title="Take it back?"
      look="primary"
      submit={props.needsApproval ? 'Ask for the undo' : 'Undo'}
      sending={props.needsApproval ? 'Asking…' : 'Undoing…'}
      disabled={props.loading || props.whyNot !== null}
      onConfirm={props.onConfirm}
      onClose={props.onClose}
    >
      <p className="wrap-anywhere">
        <span className="font-semibold">{props.what}</span>: this is taken back from the copy that was kept before it
        was done.
      </p>
      <div className="grid gap-1">
        <p className="font-semibold">What an undo cannot bring back</p>
        <ul className="grid list-disc gap-1 ps-5 text-ink-2">
          <li>The number of the record: it comes back under a new one.</li>
          <li>Links to it from other records, where they pointed to the old number.</li>
          <li>Attached files, and who created the record and when.</li>
          <li>Fields that are calculated: Ninox calculates them anew.</li>
        </ul>
      </div>
      <p className="text-ink-2">What of this applied is told afterwards, and it is recorded in Activity.</p>
      {props.needsApproval && <p className="font-medium">It has to be approved first.</p>}
      {props.whyNot !== null && (
        <Notice tone="warn" role="alert">
          {props.whyNot}
        </Notice>
      )}
    </ConfirmDialog>
  );
}
