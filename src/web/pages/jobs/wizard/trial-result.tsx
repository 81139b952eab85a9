import { FlaskConical, LoaderCircle } from 'lucide-react';
import { Link } from 'react-router';
import { describeError } from '../../../api-client.ts';
import { Notice } from '../../../components/states.tsx';
import { useNames } from '../../../queries.ts';
import { Markdown } from '../../chat/markdown.tsx';
import { RunMark } from '../run-mark.tsx';
import type { Trial } from './trial.ts';

/** What a test run is doing, what it answered, and what it would have changed. */
export function TrialResult({ trial: { view, running, error } }: { trial: Trial }) {
  if (error !== null && view === null) {
    return (
      <Notice tone="bad" role="alert" title="The test run could not be started">
        {describeError(error)}
      </Notice>
    );
  }
  if (view === null && !running) return null;
  return (
    <section
      aria-label="Test run"
      className="grid min-w-0 grid-cols-1 gap-4 rounded-xl border border-line bg-surface p-4"
    >
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1" role="status">
        <h3 className="flex items-center gap-2 font-semibold">
          <FlaskConical className="size-4 text-accent" aria-hidden />
          Test run
        </h3>
        {running ? (
          <span className="inline-flex items-center gap-1.5 text-ink-2">
            <LoaderCircle className="size-4 animate-spin" aria-hidden />
            It reads and plans; nothing is changed and nothing is sent.
          </span>
        ) : (
          view !== null && <RunMark status={view.run.status} />
        )}
      </div>
      {view?.run.problem != null && (
        <Notice tone="bad" role="alert">
          {view.run.problem}
        </Notice>
      )}
      {error !== null && <Notice tone="warn">{describeError(error)}</Notice>}
      {view !== null && !running && <WouldChange changes={view.wouldChange} />}
      {view?.answer != null && (
        <div className="grid min-w-0 grid-cols-1 gap-2">
          <h4 className="font-medium">What would be delivered</h4>
          <div className="min-w-0 rounded-lg border border-line bg-canvas p-3.5">
            <Markdown text={view.answer} streaming={false} />
          </div>
        </div>
      )}
      {view?.run.conversationId != null && (
        <Link to={`/c/${view.run.conversationId}`} target="_blank" className="justify-self-start text-accent underline">
          See each step in a new tab
        </Link>
      )}
    </section>
  );
}

function WouldChange({ changes }: { changes: readonly { tool: string; summary: string }[] }) {
  const names = useNames();
  if (changes.length === 0) return <p className="text-ink-2">It would change nothing.</p>;
  return (
    <div className="grid min-w-0 gap-2">
      <h4 className="font-medium">What it would change</h4>
      <ul aria-label="What it would change" className="divide-y divide-line border-line border-y">
        {changes.map(({ tool, summary }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list comes whole and is never reordered
          <li key={index} className="grid gap-0.5 py-2">
            <span className="text-pretty whitespace-pre-line wrap-anywhere">{summary}</span>
            <span className="text-ink-3 text-xs">{names.tool(tool)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
