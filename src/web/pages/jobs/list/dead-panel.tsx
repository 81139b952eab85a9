import { useMutation } from '@tanstack/react-query';
import { RotateCw } from 'lucide-react';
import { describeError } from '../../../api-client.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button } from '../../../components/button.tsx';
import { Panel } from '../../../components/panel.tsx';
import { Notice } from '../../../components/states.tsx';
import { formatMoment } from '../../../format.ts';
import { useMay } from '../../../session.tsx';
import { jobApi } from '../api.ts';
import { useDeadItems, useRefreshJob } from '../queries.ts';

const topics = { 'job-run': 'A run of a job', delivery: 'A delivery' } as const;

/** What was given up after all its attempts, for who manages jobs; nothing at all while there is none. */
export function DeadPanel() {
  const { data } = useDeadItems(useMay()('jobs:manage'));
  const announce = useAnnounce();
  const refresh = useRefreshJob();
  const replay = useMutation({
    mutationFn: (id: string) => jobApi.replayDead(id),
    async onSuccess() {
      await refresh('');
      announce('It is tried once more.');
    },
  });
  if (data === undefined || data.items.length === 0) return null;
  return (
    <Panel
      title="Given up"
      intro="This failed after all its attempts. Mend what is said to be wrong, then try it once more."
    >
      <ul aria-label="Given up" className="divide-y divide-line border-line border-y">
        {data.items.map(({ id, topic, problem, diedAt }) => (
          <li key={id} className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
            <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
              <p className="font-medium">
                {topics[topic]}{' '}
                <time dateTime={diedAt} className="font-normal text-ink-2 text-xs">
                  {formatMoment(diedAt)}
                </time>
              </p>
              <p className="text-ink-2 text-pretty wrap-anywhere">{problem}</p>
            </div>
            <Button disabled={replay.isPending} onClick={() => replay.mutate(id)}>
              <RotateCw className="size-4" aria-hidden />
              Try again
            </Button>
          </li>
        ))}
      </ul>
      {replay.error !== null && (
        <Notice tone="bad" role="alert">
          {describeError(replay.error)}
        </Notice>
      )}
    </Panel>
  );
}
