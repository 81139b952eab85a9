import { useQueries } from '@tanstack/react-query';
import { CheckCheck } from 'lucide-react';
import { type ReactNode, type RefObject, useRef, useState } from 'react';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { describeError } from '../../api-client.ts';
import { approvalQuery, useAnswerServices, useDecide } from '../../approval-queries.ts';
import { useAnnounce } from '../announcements.tsx';
import { Button } from '../button.tsx';
import { useFocusHandedOn } from '../use-focus-handed-on.ts';

/** Answers several questions of one answer in one go; each is still decided by itself, exactly as it is shown. */
export function ApprovalGroup({ ids }: { ids: readonly string[] }) {
  const services = useAnswerServices();
  const found = useQueries({
    queries: ids.map((id) => ({ ...approvalQuery(id, 'current', services), staleTime: 2_000 })),
  });
  const open = found.flatMap(({ data }) => (data !== undefined && isOpenCall(data) ? [data] : []));
  const group = useRef<HTMLElement>(null);
  const { decideAll, progress, problem } = useDecideAll();
  const decide = (decision: 'approve' | 'deny') => {
    // The buttons go away, so the focus moves to what stays.
    group.current?.focus();
    void decideAll(open, decision);
  };
  if (problem === null && progress === null && (open.length < 2 || found.some(({ isPending }) => isPending)))
    return null;
  const busy = progress !== null;
  return (
    <Frame inside={group}>
      {problem !== null && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 wrap-anywhere">
          {problem}
        </p>
      )}
      {(open.length > 0 || busy) && (
        <div className="flex flex-wrap items-center gap-2 max-sm:*:[button]:flex-[1_1_8rem]">
          <p className="min-w-0 flex-1 basis-56 text-pretty">
            {progress ?? `${open.length} calls wait for you. They are decided one after the other, as shown above.`}
          </p>
          <Button look="primary" disabled={busy} onClick={() => decide('approve')}>
            <CheckCheck className="size-4" aria-hidden />
            Approve all {open.length}
          </Button>
          <Button disabled={busy} onClick={() => decide('deny')}>
            Deny all
          </Button>
        </div>
      )}
    </Frame>
  );
}

function Frame({ inside, children }: { inside: RefObject<HTMLElement | null>; children: ReactNode }) {
  useFocusHandedOn(inside);
  return (
    <section
      ref={inside}
      tabIndex={-1}
      aria-label="All of them"
      className="grid gap-2 rounded-xl border border-line bg-surface px-4 py-3 shadow-card outline-none"
    >
      {children}
    </section>
  );
}

function isOpenCall({ status, mayDecide, kind }: ApprovalView): boolean {
  return status === 'pending' && mayDecide && kind === 'call';
}

/** Stops at the first refusal: what comes after it may have been meant only together. */
function useDecideAll() {
  const decide = useDecide();
  const announce = useAnnounce();
  const [progress, setProgress] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const decideAll = async (approvals: readonly ApprovalView[], decision: 'approve' | 'deny') => {
    setProblem(null);
    const done = decision === 'approve' ? 'Approved' : 'Denied';
    let count = 0;
    try {
      for (const approval of approvals) {
        setProgress(`${decision === 'approve' ? 'Approving' : 'Denying'} ${count + 1} of ${approvals.length}…`);
        await decide.mutateAsync({ approval, decision });
        count += 1;
      }
      announce(`${done} all ${count}.`);
    } catch (error) {
      setProblem(`${done} ${count} of ${approvals.length}, then it stopped: ${describeError(error)}`);
    } finally {
      setProgress(null);
    }
  };
  return { decideAll, progress, problem };
}
