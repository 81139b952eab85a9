import { Link2Off, LoaderCircle, ShieldCheck, ShieldQuestion } from 'lucide-react';
import type { AuditChainView } from '#channels/http/contract/audit-events.ts';
import { Button } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { Popover } from '../../components/popover.tsx';
import { formatCount } from '../../format.ts';
import { useAuditChain } from '../../queries.ts';

/** Says whether the audit is whole: every event is sealed with the one before it. */
export function ChainBadge() {
  const { data, error, refetch, isFetching } = useAuditChain();
  return (
    <Popover
      label="About the audit"
      look="secondary"
      className="text-xs"
      trigger={<Verdict chain={data} failed={error !== null} />}
    >
      <div className="grid gap-3">
        <Explanation chain={data} />
        <p className="text-ink-2">
          Each event is sealed together with the one before it. An event that was changed, removed or slipped in later
          breaks the chain at that place.
        </p>
        {data?.ok === true && data.head !== null && (
          <div>
            <div className="flex items-center justify-between">
              <h3 className="font-semibold text-ink-2 text-xs">Newest seal</h3>
              <CopyButton text={data.head} label="Copy newest seal" />
            </div>
            <p className="wrap-anywhere font-mono text-xs">{data.head}</p>
          </div>
        )}
        <Button disabled={isFetching} onClick={() => void refetch()}>
          {isFetching ? 'Checking…' : 'Check again'}
        </Button>
      </div>
    </Popover>
  );
}

function Verdict({ chain, failed }: { chain: AuditChainView | undefined; failed: boolean }) {
  if (chain === undefined) {
    const Icon = failed ? ShieldQuestion : LoaderCircle;
    return (
      <>
        <Icon className={`size-4 text-ink-3 ${failed ? '' : 'animate-spin'}`} aria-hidden />
        {failed ? 'Audit not checked' : 'Checking the audit'}
      </>
    );
  }
  return chain.ok ? (
    <>
      <ShieldCheck className="size-4 text-good" aria-hidden />
      Audit intact
    </>
  ) : (
    <>
      <Link2Off className="size-4 text-bad" aria-hidden />
      <span className="text-bad">Audit broken at event {chain.seq}</span>
    </>
  );
}

function Explanation({ chain }: { chain: AuditChainView | undefined }) {
  if (chain === undefined) return <p className="font-semibold">The audit could not be checked yet</p>;
  if (chain.ok) {
    return <p className="font-semibold">All {formatCount(chain.events)} events are as they were written</p>;
  }
  return (
    <div className="grid gap-1">
      <p className="font-semibold text-bad">The chain does not hold at event {chain.seq}</p>
      <p className="wrap-anywhere">{chain.reason}</p>
      <p>Events before it are proved. Keep a copy of the database and ask your administrator to look into it.</p>
    </div>
  );
}
