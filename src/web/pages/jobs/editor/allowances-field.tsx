import { Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '../../../components/button.tsx';
import { TextField } from '../../../components/field.tsx';
import type { Names } from '../../../components/limits.ts';
import { ResourcePicker } from '../../../components/resource-picker.tsx';
import { Choice } from '../../../pages/personas/editor/choices.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { useNames } from '../../../queries.ts';
import { SelectField } from '../fields/choice-fields.tsx';
import type { Problems } from '../fields/delivery-draft.ts';
import { useListedConnection } from '../fields/use-places.ts';
import { type AllowanceDraft, newAllowance } from './allowance-draft.ts';

const mostAllowances = 20;

interface AllowancesFieldProps {
  readonly value: readonly AllowanceDraft[];
  readonly onChange: (next: readonly AllowanceDraft[]) => void;
  /** Whose tools can be approved beforehand. */
  readonly personaId: string;
  /** By `index.field`. */
  readonly problems: Problems;
}

/** Standing approvals: a tool, where, how often, and until when. */
export function AllowancesField({ value, onChange, personaId, problems }: AllowancesFieldProps) {
  const persona = useNames().personas.find(({ id }) => id === personaId);
  const tools = (persona?.tools ?? []).filter(({ effect }) => effect !== 'read');
  return (
    <div className="grid min-w-0 grid-cols-1 gap-3">
      {value.length === 0 && <p className="text-ink-2">None yet: whatever needs an approval waits for a person.</p>}
      {value.map((draft, index) => (
        <OneAllowance
          key={draft.key}
          draft={draft}
          number={index + 1}
          tools={tools}
          onChange={(patch) => onChange(value.map((one) => (one === draft ? { ...one, ...patch } : one)))}
          onRemove={() => onChange(value.filter((one) => one !== draft))}
          problemOf={(field) => problems[`${index}.${field}`] ?? null}
        />
      ))}
      {tools.length === 0 && (
        <p className="text-ink-2 text-xs">
          {persona === undefined ? 'Choose a persona first.' : 'This persona has no tool that changes anything.'}
        </p>
      )}
      <Button
        className="justify-self-start"
        disabled={tools.length === 0 || value.length >= mostAllowances}
        onClick={() => onChange([...value, newAllowance(tools[0]?.name ?? '')])}
      >
        <Plus className="size-4" aria-hidden />
        Add a standing approval
      </Button>
    </div>
  );
}

function OneAllowance({
  draft,
  number,
  tools,
  onChange,
  onRemove,
  problemOf,
}: {
  draft: AllowanceDraft;
  number: number;
  tools: readonly { readonly name: string; readonly title: string; readonly integration: string }[];
  onChange: (patch: Partial<AllowanceDraft>) => void;
  onRemove: () => void;
  problemOf: (field: string) => string | null;
}) {
  const connectionId = useListedConnection(null);
  const [names, setNames] = useState<Names>({});
  const chosen = tools.find(({ name }) => name === draft.tool);
  const isStray = draft.tool !== '' && chosen === undefined;
  const integration = chosen?.integration ?? draft.tool.split('_')[0];
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3 rounded-xl border border-line bg-surface p-3.5">
      <legend className="sr-only">Standing approval {number}</legend>
      <div className="flex items-end gap-2">
        <div className="min-w-0 flex-1">
          <SelectField
            label="What may be done"
            value={draft.tool}
            error={problemOf('tool')}
            onValue={(tool) => onChange({ tool })}
            options={[
              ...tools.map(({ name, title }) => ({ value: name, label: title })),
              ...(isStray ? [{ value: draft.tool, label: `${draft.tool} (not a tool of this persona)` }] : []),
            ]}
          />
        </div>
        <IconButton label={`Remove standing approval ${number}`} onClick={onRemove}>
          <Trash2 className="size-4" aria-hidden />
        </IconButton>
      </div>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
        <TextField
          label="At most, over all runs"
          value={draft.count}
          onValue={(count) => onChange({ count })}
          error={problemOf('count')}
          inputMode="numeric"
          hint="Records; for tools without records: calls."
        />
        <TextField
          label="Up to and including"
          type="date"
          value={draft.until}
          onValue={(until) => onChange({ until })}
          error={problemOf('expiresAt')}
        />
      </div>
      {integration === 'slack' && (
        <TextField
          label="Only to these channels or people (optional)"
          value={draft.channels}
          onValue={(channels) => onChange({ channels })}
          error={problemOf('limits')}
          hint="Their ids in Slack, with commas between them."
          autoComplete="off"
        />
      )}
      {integration === 'email' && (
        <TextField
          label="Only to these addresses (optional)"
          value={draft.recipients}
          onValue={(recipients) => onChange({ recipients })}
          error={problemOf('limits')}
          hint="With commas between them."
          autoComplete="off"
        />
      )}
      {integration === 'ninox' && (
        <Fold title="Where" state={whereWords(draft)} wrong={problemOf('limits') !== null}>
          {problemOf('limits') !== null && <p className="text-bad">{problemOf('limits')}</p>}
          <ResourcePicker
            connectionId={connectionId}
            value={draft.limits}
            names={names}
            onChange={(limits, next) => {
              setNames(next);
              onChange({ limits });
            }}
          />
        </Fold>
      )}
      <Choice
        kind="checkbox"
        label="Also after it has read text from outside"
        hint="Such as an event, an e-mail or a message: text that others wrote and that could try to talk the persona into something."
        checked={draft.afterOutsideText}
        onChange={(afterOutsideText) => onChange({ afterOutsideText })}
      />
    </fieldset>
  );
}

function whereWords({ limits }: AllowanceDraft): string {
  const parts = [
    count(limits.teams, 'team'),
    count(limits.databases, 'database'),
    count(limits.tables, 'table'),
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'Wherever the persona may.' : `Only in ${parts.join(', ')}.`;
}

function count(ids: readonly string[] | undefined, noun: string): string | null {
  return ids === undefined ? null : `${ids.length} ${ids.length === 1 ? noun : `${noun}s`}`;
}
