import { Link } from 'react-router';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { formatCount, formatMoment } from '../../format.ts';
import { describeEnding, describeOutcome, type OutcomeWords } from './approval-words.ts';
import { useName } from './use-name.ts';

const tones: Readonly<Record<OutcomeWords['tone'], string>> = {
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
  plain: 'text-ink-2',
};

/** What became of a question: who decided, when and why, and how the call went. */
export function ApprovalEnd({ approval }: { approval: ApprovalView }) {
  const { status, decidedBy, reason, outcome, replacedBy } = approval;
  const ending = describeEnding(status, reason);
  const result = outcome === null ? null : describeOutcome(outcome);
  return (
    <div className="grid gap-1 rounded-lg bg-sunken px-3 py-2.5">
      {decidedBy !== null && <DecidedBy approval={approval} person={decidedBy} />}
      {status === 'denied' && reason !== null && reason !== '' && (
        <p className="wrap-anywhere">
          <span className="text-ink-2">Reason: </span>“{reason}”
        </p>
      )}
      {ending !== null && <p className="text-pretty">{ending}</p>}
      {status === 'void' && reason === null && approval.kind === 'call' && (
        <p className="text-ink-2 text-pretty">Ask the persona again: it is looked up anew and asked for anew.</p>
      )}
      {replacedBy !== null && (
        <p>
          <Link
            to={`/approvals/${encodeURIComponent(replacedBy)}`}
            className="inline-flex min-h-9 items-center text-accent underline underline-offset-2 pointer-coarse:min-h-11"
          >
            See what is asked now
          </Link>
        </p>
      )}
      {result !== null && <p className={`font-medium text-pretty ${tones[result.tone]}`}>{result.text}</p>}
      {status === 'approved' && outcome === null && approval.kind === 'call' && (
        <p className="text-ink-2">It is done as soon as everything this answer waits for is decided.</p>
      )}
    </div>
  );
}

function DecidedBy({
  approval: { status, kind, decidedAt, more },
  person,
}: {
  approval: ApprovalView;
  person: NonNullable<ApprovalView['decidedBy']>;
}) {
  const name = useName(person);
  const yes = status !== 'denied';
  const verb =
    kind === 'budget' ? (yes ? 'let it continue' : 'did not let it continue') : yes ? 'approved it' : 'denied it';
  return (
    <p className="wrap-anywhere">
      <span className="font-semibold">{name}</span> {verb}
      {more !== null && ` with up to ${formatCount(more)} more`}
      {decidedAt !== null && (
        <span className="text-ink-2">
          , <time dateTime={decidedAt}>{formatMoment(decidedAt)}</time>
        </span>
      )}
    </p>
  );
}
