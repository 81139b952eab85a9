import type { ReactNode } from 'react';
import type { JobView } from '#channels/http/contract/jobs.ts';
import { Panel } from '../../../components/panel.tsx';
import { useNames } from '../../../queries.ts';
import type { Delivery } from '../api.ts';
import { deliverWhenWords, deliveryKindWords, operatorWords, overlapWords, ruleWords } from '../job-words.ts';

/** Everything the job is set to, to be read. */
export function SetUpPanel({ job: { definition } }: { job: JobView }) {
  const names = useNames();
  const { persona, model, prompt, conditions, sync, deliveries, deliverWhen, mandate } = definition;
  return (
    <Panel title="How it is set up">
      <dl className="grid grid-cols-1 gap-3">
        <Line term="Persona">
          {names.persona(persona)}
          {model !== null && <span className="text-ink-2"> with {model}</span>}
        </Line>
        {conditions.length > 0 && (
          <Line term="Only if">
            {conditions
              .map(({ field, is, value }) =>
                [field, operatorWords[is], value].filter((one) => one !== undefined).join(' '),
              )
              .join(' and ')}
          </Line>
        )}
        {sync !== null && (
          <Line term="Copies">
            What {names.tool(sync.from.tool)} reads into table {sync.to.table}, told apart by “{sync.key}”, at most{' '}
            {sync.most} at a time.
          </Line>
        )}
        <Line term="Where the answer goes">
          {deliveries.length === 0
            ? 'Nowhere; it is kept in the history below.'
            : deliveries.map(placeWords).join('; ')}
          {deliveries.length > 0 && deliverWhen !== 'always' && (
            <span className="text-ink-2"> ({deliverWhenWords[deliverWhen].toLowerCase()})</span>
          )}
        </Line>
        <Line term="Where a person would have to approve">{ruleWords[mandate.rule].title}</Line>
        <Line term="While an earlier run goes on">{overlapWords[definition.overlap]}</Line>
        <Line term="Limits">
          Tried again {definition.retries} times after a fault; at most {definition.mostPerHour} runs an hour
        </Line>
        <Line term="Prompt">
          <pre className="max-h-80 overflow-y-auto rounded-lg bg-sunken p-3 font-sans whitespace-pre-wrap wrap-anywhere">
            {prompt}
          </pre>
        </Line>
      </dl>
    </Panel>
  );
}

function placeWords(delivery: Delivery): string {
  const kind = deliveryKindWords[delivery.kind];
  switch (delivery.kind) {
    case 'inbox':
      return kind;
    case 'email':
      return `${kind} to ${delivery.to.join(', ')}`;
    case 'slack':
      return `${kind}, ${delivery.channel}`;
    case 'webhook':
      return `${kind} to ${delivery.url}`;
  }
}

function Line({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-0.5">
      <dt className="text-ink-3 text-xs">{term}</dt>
      <dd className="min-w-0 wrap-anywhere">{children}</dd>
    </div>
  );
}
