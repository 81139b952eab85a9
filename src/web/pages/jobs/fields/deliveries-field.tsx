import { useMutation } from '@tanstack/react-query';
import { Plus, Send, Trash2 } from 'lucide-react';
import { describeError } from '../../../api-client.ts';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import { jobApi } from '../api.ts';
import { deliveryKindWords } from '../job-words.ts';
import { SelectField } from './choice-fields.tsx';
import { type DeliveryDraft, deliveryProblems, newDelivery, type Problems, toDelivery } from './delivery-draft.ts';
import { SlackPlaceFields } from './slack-place-fields.tsx';
import { useUsable } from './use-places.ts';

const kinds = ['inbox', 'email', 'slack', 'webhook'] as const;
const mostPlaces = 10;

/** Where the answer goes: a list of places, each with a test message. */
export function DeliveriesField({
  value,
  onChange,
  problems,
  subject,
}: {
  value: readonly DeliveryDraft[];
  onChange: (next: readonly DeliveryDraft[]) => void;
  /** By `index.field`. */
  problems: Problems;
  /** What an e-mail is called unless somebody says otherwise. */
  subject: string;
}) {
  const change = (key: string, patch: Partial<DeliveryDraft>) =>
    onChange(value.map((one) => (one.key === key ? { ...one, ...patch } : one)));
  return (
    <div className="grid min-w-0 grid-cols-1 gap-3">
      {value.length === 0 && <p className="text-ink-2">Nowhere: the answer is only kept in the job’s history.</p>}
      {value.map((draft, index) => (
        <Place
          key={draft.key}
          draft={draft}
          number={index + 1}
          subject={subject}
          onChange={(patch) => change(draft.key, patch)}
          onRemove={() => onChange(value.filter((one) => one.key !== draft.key))}
          problemOf={(field) => problems[`${index}.${field}`] ?? problems[`${index}`]}
        />
      ))}
      <Button
        className="justify-self-start"
        disabled={value.length >= mostPlaces}
        onClick={() => onChange([...value, newDelivery(value.length === 0 ? 'inbox' : 'email', subject)])}
      >
        <Plus className="size-4" aria-hidden />
        {value.length === 0 ? 'Add a place' : 'Add another place'}
      </Button>
    </div>
  );
}

function Place({
  draft,
  number,
  subject,
  onChange,
  onRemove,
  problemOf,
}: {
  draft: DeliveryDraft;
  number: number;
  subject: string;
  onChange: (patch: Partial<DeliveryDraft>) => void;
  onRemove: () => void;
  problemOf: (field: string) => string | undefined;
}) {
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3 rounded-xl border border-line bg-surface p-3.5">
      <legend className="sr-only">Place {number}</legend>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <SelectField
            label={`Place ${number}`}
            value={draft.kind}
            error={draft.kind === 'inbox' ? (problemOf('kind') ?? null) : null}
            onValue={(kind) => {
              const chosen = kinds.find((one) => one === kind);
              if (chosen !== undefined) onChange({ kind: chosen, connectionId: '', subject: draft.subject || subject });
            }}
            options={kinds.map((kind) => ({ value: kind, label: deliveryKindWords[kind] }))}
          />
        </div>
        <IconButton label={`Remove place ${number}`} onClick={onRemove}>
          <Trash2 className="size-4" aria-hidden />
        </IconButton>
      </div>
      {draft.kind === 'inbox' && (
        <p className="text-ink-2 text-xs">The inbox of the person the job belongs to, here in these pages.</p>
      )}
      {draft.kind === 'email' && <EmailFields draft={draft} onChange={onChange} problemOf={problemOf} />}
      {draft.kind === 'slack' && <SlackPlaceFields draft={draft} onChange={onChange} problemOf={problemOf} />}
      {draft.kind === 'webhook' && (
        <TextField
          label="Address"
          value={draft.url}
          onValue={(url) => onChange({ url })}
          error={problemOf('url')}
          inputMode="url"
          autoComplete="off"
          spellCheck={false}
          placeholder="https://example.com/hook"
          hint="What is sent is signed (Standard Webhooks). The secret is made on the job’s page."
        />
      )}
      {draft.kind !== 'inbox' && <TestMessage key={JSON.stringify(toDelivery(draft))} draft={draft} />}
    </fieldset>
  );
}

export interface PlacePartProps {
  readonly draft: DeliveryDraft;
  readonly onChange: (patch: Partial<DeliveryDraft>) => void;
  readonly problemOf: (field: string) => string | undefined;
}

function EmailFields({ draft, onChange, problemOf }: PlacePartProps) {
  const connections = useUsable('email');
  return (
    <>
      <TextField
        label="To"
        value={draft.to}
        onValue={(to) => onChange({ to })}
        error={problemOf('to')}
        inputMode="email"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="ada@example.com, grace@example.com"
        hint="Several addresses with commas between them, at most 20."
      />
      <TextField
        label="Subject"
        value={draft.subject}
        onValue={(subject) => onChange({ subject })}
        error={problemOf('subject')}
        maxLength={150}
      />
      {(connections.length > 0 || draft.connectionId !== '') && (
        <SelectField
          label="Sent through"
          value={draft.connectionId}
          error={problemOf('connectionId')}
          onValue={(connectionId) => onChange({ connectionId })}
          options={[
            { value: '', label: 'The service’s own mail settings' },
            ...connections.map(({ id, label }) => ({ value: id, label })),
            ...(draft.connectionId !== '' && !connections.some(({ id }) => id === draft.connectionId)
              ? [{ value: draft.connectionId, label: 'A connection that cannot be used now' }]
              : []),
          ]}
        />
      )}
    </>
  );
}

/** Sends a short message there, as a proof before anything depends on it. */
function TestMessage({ draft }: { draft: DeliveryDraft }) {
  const test = useMutation({ mutationFn: () => jobApi.testDelivery(toDelivery(draft)) });
  const ready = Object.keys(deliveryProblems(draft)).length === 0;
  const problem = test.data?.problem ?? (test.error === null ? null : describeError(test.error));
  return (
    <div className="flex flex-wrap items-center gap-2">
      <Button disabled={!ready || test.isPending} onClick={() => test.mutate()}>
        <Send className="size-4" aria-hidden />
        {test.isPending ? 'Sending…' : 'Send a test message'}
      </Button>
      <p role="status" className="min-w-0 text-pretty wrap-anywhere">
        {test.data?.sent === true && <span className="text-good">It is on its way.</span>}
        {problem !== null && <span className="text-bad">{problem}</span>}
      </p>
    </div>
  );
}
