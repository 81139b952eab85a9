import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed, CircleSlash, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type {
  DiscoveredToolListView,
  DiscoveredToolView,
  ToolApprovalRequest,
} from '#channels/http/contract/discovered-tools.ts';
import { getJson, send, withSignal } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Field, inputClass } from '../../components/field.tsx';
import { JsonBlock } from '../../components/json-block.tsx';
import { Panel } from '../../components/panel.tsx';
import { Bar, ErrorState, Notice, Skeleton } from '../../components/states.tsx';
import { formatShort, shorten } from '../../format.ts';
import { Fold } from '../../pages/personas/editor/fold.tsx';
import { plainProblem } from './connection-words.ts';

const at = (connectionId: string, rest = '') => `/api/v1/connections/${encodeURIComponent(connectionId)}/tools${rest}`;
const key = (connectionId: string) => ['connection', connectionId, 'tools'];

/** The tools a service has told of, each to be approved by name before a persona can hold it. */
export function DiscoveredToolsPanel({ connectionId, changeable }: { connectionId: string; changeable: boolean }) {
  const client = useQueryClient();
  const announce = useAnnounce();
  const { data, error, refetch } = useQuery({
    queryKey: key(connectionId),
    queryFn: ({ signal }) => getJson<DiscoveredToolListView>(at(connectionId), withSignal(signal)),
  });
  const discover = useMutation({
    mutationFn: () => send<DiscoveredToolListView>('POST', at(connectionId, '/discover')),
    onSuccess(found) {
      client.setQueryData(key(connectionId), found);
      announce('The service was asked for its tools.');
    },
  });
  return (
    <Panel
      title="Tools"
      intro="What the service offers. A tool can be used only once it is approved as it is, and a persona names it among its limits. One that changes afterwards stops until it is approved again."
      aside={
        changeable && (
          <Button disabled={discover.isPending} onClick={() => discover.mutate()}>
            <RefreshCw className={`size-4 ${discover.isPending ? 'animate-spin' : ''}`} aria-hidden />
            {discover.isPending ? 'Asking…' : 'Ask for its tools'}
          </Button>
        )
      }
    >
      {discover.error !== null && (
        <Notice tone="bad" role="alert">
          {plainProblem(discover.error)}
        </Notice>
      )}
      {data === undefined && error === null && (
        <Skeleton label="Loading the tools">
          <Bar className="h-16 w-full" />
        </Skeleton>
      )}
      {data === undefined && error !== null && (
        <ErrorState title="The tools could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
      {data?.items.length === 0 && <p className="text-ink-2">It has told of no tool yet.</p>}
      {data !== undefined && data.items.length > 0 && (
        <ul aria-label="Tools" className="divide-y divide-line border-line border-y">
          {data.items.map((tool) => (
            <li key={tool.name} className="py-3">
              <ToolRow tool={tool} changeable={changeable} />
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const states = {
  new: { icon: CircleDashed, words: 'Not approved', className: 'text-ink-2' },
  approved: { icon: CircleCheck, words: 'Approved', className: 'text-good' },
  changed: { icon: CircleAlert, words: 'Changed since it was approved', className: 'text-warn' },
  gone: { icon: CircleSlash, words: 'Not offered any more', className: 'text-bad' },
} as const;

const effectWords = {
  read: 'Only reads',
  write: 'Creates or changes something',
  destructive: 'Can take something away, or nobody knows',
} as const;
type Effect = keyof typeof effectWords;

function ToolRow({ tool, changeable }: { tool: DiscoveredToolView; changeable: boolean }) {
  const { state, name, remoteName, effect, approvedBy, approvedAt } = tool;
  const [asking, setAsking] = useState<'approve' | 'withdraw' | null>(null);
  const shown = tool.offered ?? tool;
  const { icon: Icon, words, className } = states[state];
  return (
    <article aria-label={remoteName} className="grid min-w-0 grid-cols-1 gap-2">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        <div className="grid min-w-0 flex-1 basis-64 gap-0.5">
          <p className="flex flex-wrap items-center gap-x-2.5 font-medium">
            <span className="wrap-anywhere">{shown.title}</span>
            <span className={`inline-flex items-center gap-1.5 text-xs ${className}`}>
              <Icon className="size-3.5 shrink-0" aria-hidden />
              {words}
            </span>
          </p>
          <p className="text-ink-3 text-xs wrap-anywhere">
            <code>{name}</code> · fingerprint <code>{shorten(shown.fingerprint)}</code>
          </p>
          {approvedAt !== null && (
            <p className="text-ink-2 text-xs">
              {effectWords[effect]} · approved {approvedBy === null ? '' : `by ${approvedBy.name}, `}
              {formatShort(approvedAt)}
            </p>
          )}
        </div>
        {changeable && (
          <div className="flex flex-wrap gap-2">
            {(state === 'new' || state === 'changed') && (
              <Button look="primary" aria-label={`Approve ${remoteName}`} onClick={() => setAsking('approve')}>
                Approve…
              </Button>
            )}
            {state !== 'new' && (
              <Button aria-label={`Withdraw ${remoteName}`} onClick={() => setAsking('withdraw')}>
                Withdraw…
              </Button>
            )}
          </div>
        )}
      </div>
      <Fold title="What it says of itself" state="Written by the service, not by us.">
        <p className="whitespace-pre-wrap text-pretty wrap-anywhere">{shown.description}</p>
        {tool.offered !== null && (
          <div className="grid gap-1">
            <p className="font-medium">As it was approved</p>
            <p className="whitespace-pre-wrap text-ink-2 text-pretty wrap-anywhere">{tool.description}</p>
          </div>
        )}
        <JsonBlock label="What it takes" value={shown.inputSchema} />
      </Fold>
      <ApproveDialog tool={tool} open={asking === 'approve'} onClose={() => setAsking(null)} />
      <WithdrawDialog tool={tool} open={asking === 'withdraw'} onClose={() => setAsking(null)} />
    </article>
  );
}

interface DialogProps {
  readonly tool: DiscoveredToolView;
  readonly open: boolean;
  readonly onClose: () => void;
}

function useDone({ connectionId }: DiscoveredToolView): (words: string) => Promise<void> {
  const client = useQueryClient();
  const announce = useAnnounce();
  return async (words) => {
    await client.invalidateQueries({ queryKey: key(connectionId) });
    announce(words);
  };
}

function ApproveDialog({ tool, open, onClose }: DialogProps) {
  const done = useDone(tool);
  const [effect, setEffect] = useState<Effect>(tool.effect);
  const { fingerprint, title } = tool.offered ?? tool;
  return (
    <ConfirmDialog
      open={open}
      title={`Approve “${title}”?`}
      submit="Approve it as it is"
      sending="Approving…"
      look="primary"
      onClose={onClose}
      onConfirm={async () => {
        const request: ToolApprovalRequest = { fingerprint, effect };
        await send('POST', at(tool.connectionId, `/${encodeURIComponent(tool.name)}/approve`), request);
        await done(`“${title}” is approved.`);
      }}
    >
      <p className="text-pretty">
        Personas that name it among their limits can use it from then on. Read what it says of itself first: the model
        reads that too.
      </p>
      <Field label="What it does" hint="Decides whether a person is asked before each call.">
        {(ids) => (
          <select
            {...ids}
            value={effect}
            onChange={(event) => setEffect(event.target.value as Effect)}
            className={inputClass}
          >
            {Object.entries(effectWords).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        )}
      </Field>
    </ConfirmDialog>
  );
}

function WithdrawDialog({ tool, open, onClose }: DialogProps) {
  const done = useDone(tool);
  return (
    <ConfirmDialog
      open={open}
      title={`Withdraw “${tool.title}”?`}
      submit="Withdraw"
      sending="Withdrawing…"
      onClose={onClose}
      onConfirm={async () => {
        await send('POST', at(tool.connectionId, `/${encodeURIComponent(tool.name)}/withdraw`));
        await done(`“${tool.title}” is withdrawn.`);
      }}
    >
      <p className="text-pretty">No persona can use it any more, until somebody approves it again.</p>
    </ConfirmDialog>
  );
}
