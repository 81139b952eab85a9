import type { ChatMessage } from '#channels/http/contract/conversations.ts';
import { useApproval } from '../../approval-queries.ts';
import { ApprovalGroup } from '../../components/approval/approval-group.tsx';
import { LiveApproval } from '../../components/approval/live-approval.tsx';
import { approvalsOf } from './answer-state.ts';

/** What stands at the end of an answer that waits: the limits it has reached, and all of its calls in one go. */
export function WaitingEnd({ message }: { message: ChatMessage }) {
  const { ofCalls, others } = approvalsOf(message);
  return (
    <>
      {others.map((id) => (
        <OfWholeAnswer key={id} id={id} />
      ))}
      {ofCalls.length > 1 && <ApprovalGroup ids={ofCalls} />}
    </>
  );
}

/** A call stands in its own place, whatever approval asks for it by now; only what is about no call stands here. */
function OfWholeAnswer({ id }: { id: string }) {
  const { data } = useApproval(id, 'current');
  return data !== undefined && data.callId !== null ? null : <LiveApproval id={id} />;
}
