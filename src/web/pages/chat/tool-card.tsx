import { ChevronRight, LoaderCircle, SearchCheck, Wrench } from 'lucide-react';
import { Link } from 'react-router';
import type { CallSummary } from '#channels/http/contract/conversations.ts';
import { JsonBlock } from '../../components/json-block.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { UndoSection } from '../../components/undo/undo-section.tsx';
import { formatDuration } from '../../format.ts';
import { describeCode, headlineOf, type Outcome } from '../../words.ts';

/** What the page knows of one tool call, from the message's part and its metadata. */
export interface ToolCall {
  readonly id: string;
  readonly title: string;
  readonly state: 'running' | 'succeeded' | 'error';
  readonly input: unknown;
  readonly output: unknown;
  readonly errorText: string | undefined;
  readonly summary: CallSummary | undefined;
}

/** One tool call: how it went at a glance, everything whole when opened. */
export function ToolCard({ call, live, activityLink }: { call: ToolCall; live: boolean; activityLink: string }) {
  const running = call.state === 'running' && live;
  const outcome = outcomeOf(call);
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <details className="group">
        <summary className="flex min-h-10 max-md:min-h-11 pointer-coarse:min-h-11 items-center gap-2 px-3 hover:bg-sunken">
          <Wrench className="size-4 shrink-0 text-ink-3" aria-hidden />
          <span className="min-w-0 py-1 font-medium max-sm:flex-1 sm:shrink-0">{call.title}</span>
          <span className="min-w-0 flex-1 truncate font-mono text-2xs text-ink-3 max-sm:hidden">
            {describeInput(call.input)}
          </span>
          {running ? (
            <span className="inline-flex items-center gap-1.5 whitespace-nowrap text-accent text-xs">
              <LoaderCircle className="size-4 animate-spin" aria-hidden />
              Running
            </span>
          ) : (
            <span className="flex text-xs">
              <OutcomeBadge outcome={outcome} />
            </span>
          )}
          {typeof call.summary?.durationMs === 'number' && (
            <span className="whitespace-nowrap text-ink-3 text-xs tabular-nums max-sm:hidden">
              {formatDuration(call.summary.durationMs)}
            </span>
          )}
          <ChevronRight className="size-4 shrink-0 text-ink-3 transition-transform group-open:rotate-90" aria-hidden />
        </summary>
        <div className="grid grid-cols-1 gap-2 border-line border-t px-3 pt-1 pb-3">
          <JsonBlock label="Arguments" value={call.input ?? {}} />
          {call.state === 'succeeded' && <JsonBlock label="Result" value={call.output} />}
          <p className="flex flex-wrap items-center gap-x-3 text-ink-3 text-xs">
            {call.summary?.code !== undefined && <span>Code {call.summary.code}</span>}
            {typeof call.summary?.durationMs === 'number' && (
              <span>Took {formatDuration(call.summary.durationMs)}</span>
            )}
            <Link
              to={activityLink}
              className="inline-flex min-h-9 max-md:min-h-11 pointer-coarse:min-h-11 items-center text-accent underline underline-offset-2"
            >
              See it in Activity
            </Link>
          </p>
        </div>
      </details>
      <Explanation call={call} running={running} />
      <Aftermath call={call} live={live} />
    </div>
  );
}

/** What happened to the call after its answer: found out, taken back, or still to be taken back. */
function Aftermath({ call, live }: { call: ToolCall; live: boolean }) {
  const { reconciled = false, undone = false, isEffect = false, outcome } = call.summary ?? {};
  const undoable = isEffect && outcome === 'succeeded' && !live;
  if (!reconciled && !undone && !undoable) return null;
  return (
    <div className="grid gap-1.5 border-line border-t px-3 py-2">
      {reconciled && (
        <p className="flex items-center gap-2 text-ink-2 text-xs">
          <SearchCheck className="size-4 shrink-0" aria-hidden />
          No answer came back at first; how it went was found out afterwards.
        </p>
      )}
      {(undoable || undone) && <UndoSection callId={call.id} what={call.title} undone={undone} />}
    </div>
  );
}

const unfinished =
  'No result was recorded before the answer ended: the call may or may not have had its effect. See Activity.';

/** What the service said of a call without a result, once; our own sentence only where it said nothing. */
function Explanation({ call, running }: { call: ToolCall; running: boolean }) {
  if (call.state === 'succeeded' || running) return null;
  const code = call.summary?.code;
  const headline = call.state === 'running' ? null : headlineOf(code);
  const text = call.state === 'running' ? unfinished : call.errorText || describeCode(code);
  return (
    <div className="grid gap-0.5 border-line border-t bg-sunken px-3 py-2 text-sm wrap-anywhere">
      {headline !== null && <p className="font-medium">{headline}</p>}
      {text !== null && <p className={headline === null ? '' : 'text-ink-2'}>{text}</p>}
    </div>
  );
}

function outcomeOf(call: ToolCall): Outcome {
  if (call.summary !== undefined) return call.summary.outcome;
  if (call.state === 'running') return 'outcome_unknown';
  return call.state === 'succeeded' ? 'succeeded' : 'failed';
}

function describeInput(input: unknown): string {
  if (typeof input !== 'object' || input === null) return '';
  return Object.entries(input)
    .map(([name, value]) => `${name}: ${typeof value === 'object' ? '…' : String(value)}`)
    .join('  ');
}
