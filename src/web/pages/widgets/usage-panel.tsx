import { useState } from 'react';
import { Panel } from '../../components/panel.tsx';
import { Bar, ErrorState, Skeleton } from '../../components/states.tsx';
import { formatCount } from '../../format.ts';
import { useWidgetUsage } from './api.ts';
import { More } from './more.tsx';
import {
  amountOf,
  formatTotal,
  formatUtcDay,
  heightsOf,
  type Measure,
  measures,
  measureWords,
  totalOf,
  type UsageDay,
} from './usage-words.ts';

/** How it was used in the last 30 days: a chart, and the same as a table. */
export function UsagePanel({ widgetId }: { widgetId: string }) {
  const { data, error, refetch } = useWidgetUsage(widgetId);
  return (
    <Panel title="Use" intro="Of the last 30 days, each from midnight to midnight in UTC.">
      {data !== undefined && <Usage days={data.days} />}
      {data === undefined && error === null && (
        <Skeleton label="Loading how it was used">
          <Bar className="h-44 w-full" />
        </Skeleton>
      )}
      {data === undefined && error !== null && (
        <ErrorState title="Its use could not be loaded" error={error} onRetry={() => void refetch()} />
      )}
    </Panel>
  );
}

const totalHints: Readonly<Record<Measure, string>> = {
  messages: 'in all',
  visitors: 'on the busiest day',
  tokens: 'in all',
};

function Usage({ days }: { days: readonly UsageDay[] }) {
  const [measure, setMeasure] = useState<Measure>('messages');
  return (
    <>
      <fieldset className="grid min-w-0 grid-cols-3 gap-2">
        <legend className="sr-only">What the chart shows</legend>
        {measures.map((one) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === measure}
            onClick={() => setMeasure(one)}
            className={`grid min-h-11 min-w-0 content-start gap-0.5 rounded-lg border px-2.5 py-2 text-start sm:px-3 ${one === measure ? 'border-accent bg-accent-soft' : 'border-line hover:bg-sunken'}`}
          >
            <span className="text-ink-2 text-xs">{measureWords[one]}</span>
            <span className="font-semibold text-base tabular-nums wrap-anywhere">
              {formatTotal(totalOf(days, one))}
            </span>
            <span className="text-2xs text-ink-2">{totalHints[one]}</span>
          </button>
        ))}
      </fieldset>
      <Chart days={days} measure={measure} />
      <More title="As a table">
        <UsageTable days={days} />
      </More>
    </>
  );
}

function Chart({ days, measure }: { days: readonly UsageDay[]; measure: Measure }) {
  const heights = heightsOf(days, measure);
  const [first, last] = [days.at(0), days.at(-1)];
  if (first === undefined || last === undefined) return null;
  const highest = Math.max(...days.map((day) => amountOf(day, measure)));
  const words = measureWords[measure].toLowerCase();
  return (
    <figure className="grid min-w-0 gap-1">
      <div
        role="img"
        aria-label={`${measureWords[measure]} by day, from ${formatUtcDay(first.day)} to ${formatUtcDay(last.day)}: at most ${formatCount(highest)} a day. The table has each day.`}
        className="flex h-32 items-end gap-px border-line border-b sm:gap-1"
      >
        {days.map((day, index) => (
          <span
            key={day.day}
            title={`${formatUtcDay(day.day)}: ${formatCount(amountOf(day, measure))} ${words}`}
            className="flex h-full min-w-0 flex-1 items-end"
          >
            <span style={{ height: `${(heights[index] ?? 0) * 100}%` }} className="w-full rounded-t-sm bg-accent" />
          </span>
        ))}
      </div>
      <figcaption aria-hidden className="flex justify-between gap-2 text-2xs text-ink-2 tabular-nums">
        <span>{formatUtcDay(first.day)}</span>
        <span>{highest === 0 ? 'No use yet' : `at most ${formatCount(highest)} a day`}</span>
        <span>{formatUtcDay(last.day)}</span>
      </figcaption>
    </figure>
  );
}

function UsageTable({ days }: { days: readonly UsageDay[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached with the keyboard.
    <section aria-label="Use by day" tabIndex={0} className="max-h-80 overflow-auto rounded-lg border border-line">
      <table className="w-full text-end tabular-nums [&_td]:px-3 [&_td]:py-1.5 [&_th]:px-3 [&_th]:py-1.5">
        <thead className="sticky top-0 bg-sunken text-ink-2 text-xs">
          <tr>
            <th scope="col" className="text-start font-medium">
              Day
            </th>
            {measures.map((measure) => (
              <th key={measure} scope="col" className="font-medium">
                {measureWords[measure]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {days.toReversed().map((day) => (
            <tr key={day.day}>
              <th scope="row" className="whitespace-nowrap text-start font-normal">
                {formatUtcDay(day.day)}
              </th>
              {measures.map((measure) => (
                <td key={measure}>{formatCount(amountOf(day, measure))}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
