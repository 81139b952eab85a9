import { useQueryClient } from '@tanstack/react-query';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { describeError } from '../../api-client.ts';
import { approvalKeys, useApproval } from '../../approval-queries.ts';
import { Button } from '../button.tsx';
import { Bar, Notice, Skeleton } from '../states.tsx';
import { ApprovalCard } from './approval-card.tsx';

/** The card of one approval inside of a conversation, kept as it is; where its arguments were changed, of the one that asks now. */
export function LiveApproval({ id }: { id: string }) {
  const queryClient = useQueryClient();
  const { data, error, refetch, isFetching } = useApproval(id, 'current');
  if (data !== undefined) {
    const onReplaced = (next: ApprovalView) => queryClient.setQueryData(approvalKeys.current(id), next);
    return <ApprovalCard approval={data} heading="h2" onReplaced={onReplaced} />;
  }
  if (error === null) {
    return (
      <Skeleton label="Loading what is asked">
        <Bar className="h-40 w-full rounded-xl" />
      </Skeleton>
    );
  }
  return (
    <Notice
      tone="warn"
      role="alert"
      title="What is asked could not be loaded"
      action={
        <Button disabled={isFetching} onClick={() => void refetch()}>
          Try again
        </Button>
      }
    >
      {describeError(error)}
    </Notice>
  );
}
