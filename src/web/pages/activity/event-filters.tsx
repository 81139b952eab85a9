import { Filter, X } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Button } from '../../components/button.tsx';
import { shorten } from '../../format.ts';
import { useConversations, useNames } from '../../queries.ts';
import { useMay, useSession } from '../../session.tsx';
import {
  countFilters,
  directActions,
  type FilterName,
  filterNames,
  outcomeActions,
  quickRange,
  quickTimes,
  toDay,
  undoActions,
} from './filters.ts';
import { type Option, useConnectionOptions, useMemberOptions } from './use-event-names.ts';

const control =
  'min-h-9 max-md:min-h-11 pointer-coarse:min-h-11 w-full min-w-0 rounded-lg border border-control bg-surface px-2 text-base md:text-sm';

type Change = (changes: Partial<Record<FilterName, string>>) => void;

/** What the list is narrowed to. It lives in the page's address, so that it can be sent to a colleague. */
export function EventFilters() {
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState(false);
  const panelId = useId();
  const count = countFilters(search);
  const change: Change = (changes) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        for (const [name, value] of Object.entries(changes)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
        return next;
      },
      { replace: true },
    );
  const clear = () => change(Object.fromEntries(filterNames.map((name) => [name, ''])));
  return (
    <search aria-label="Filters" className="border-line border-b bg-surface px-4 py-2 md:px-6 md:py-3">
      <Button className="w-full md:hidden" aria-expanded={open} aria-controls={panelId} onClick={() => setOpen(!open)}>
        <Filter className="size-4" aria-hidden />
        Filters{count > 0 ? ` (${count})` : ''}
      </Button>
      <div
        id={panelId}
        className={`grid-cols-2 items-end gap-2 max-md:pt-2 md:grid md:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] ${open ? 'grid' : 'hidden'}`}
      >
        <Fields search={search} change={change} />
        <QuickTimes search={search} change={change} />
        {count > 0 && (
          <Button look="quiet" className="justify-self-start" onClick={clear}>
            <X className="size-4" aria-hidden />
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}

function Fields({ search, change }: { search: URLSearchParams; change: Change }) {
  const names = useNames();
  const connections = useConnectionOptions();
  const may = useMay();
  const field = (name: FilterName) => ({
    value: search.get(name) ?? '',
    onChange: (value: string) => change({ [name]: value }),
  });
  const lastDay = toDay(new Date());
  return (
    <>
      {may('audit:read') && <PersonChoice {...field('person')} />}
      <Choice
        label="Persona"
        {...field('persona')}
        options={names.personas.map((persona) => ({ value: persona.id, label: persona.name }))}
      />
      <Choice
        label="Tool"
        {...field('tool')}
        options={names.tools.map((tool) => ({ value: tool.name, label: tool.title }))}
      />
      <Choice label="Outcome or action" {...field('outcome')} options={[]} known={isOutcome}>
        <optgroup label="Calls of personas">
          <Options options={outcomeActions} />
        </optgroup>
        <optgroup label="Undo">
          <Options options={undoActions} />
        </optgroup>
        <optgroup label="What people did">
          <Options options={directActions} />
        </optgroup>
      </Choice>
      <Choice label="Connection" {...field('connection')} options={connections} />
      {may('chat') && <ConversationChoice {...field('conversation')} />}
      <Day label="From" {...field('from')} max={search.get('to') ?? lastDay} />
      <Day label="To" {...field('to')} min={search.get('from') ?? ''} max={lastDay} />
    </>
  );
}

function isOutcome(value: string): boolean {
  return [...outcomeActions, ...undoActions, ...directActions].some((option) => option.value === value);
}

function PersonChoice(field: Field) {
  const { user } = useSession();
  return <Choice label="Person" {...field} options={useMemberOptions(user.id)} />;
}

function ConversationChoice(field: Field) {
  const { data } = useConversations();
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Choice label="Conversation" {...field} options={items.map((item) => ({ value: item.id, label: item.title }))} />
  );
}

function QuickTimes({ search, change }: { search: URLSearchParams; change: Change }) {
  const now = new Date();
  return (
    <fieldset aria-label="Time" className="col-span-2 flex flex-wrap gap-1">
      {quickTimes.map(({ label, daysBack }) => {
        const { from, to } = quickRange(daysBack, now);
        const chosen = search.get('from') === from && search.get('to') === to;
        return (
          <Button
            key={label}
            className={`px-2.5! ${chosen ? 'border-accent! bg-accent-soft! text-accent!' : ''}`}
            aria-pressed={chosen}
            onClick={() => change(chosen ? { from: '', to: '' } : { from, to })}
          >
            {label}
          </Button>
        );
      })}
    </fieldset>
  );
}

interface Field {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** A choice among options; the chosen one is listed even where nothing else lists it any more. */
function Choice({
  label,
  value,
  onChange,
  options,
  known = (chosen) => options.some((option) => option.value === chosen),
  children,
}: Field & {
  label: string;
  options: readonly Option[];
  known?: (chosen: string) => boolean;
  children?: ReactNode;
}) {
  return (
    <Labelled label={label}>
      {(id) => (
        <select
          id={id}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          className={`${control} text-ink`}
        >
          <option value="">All</option>
          {value !== '' && !known(value) && (
            <option value={value}>{value.length > 12 ? `${shorten(value)}…` : value}</option>
          )}
          <Options options={options} />
          {children}
        </select>
      )}
    </Labelled>
  );
}

/** Beside the control, not around it: what one can choose is no part of its name. */
function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="grid min-w-0 gap-1 text-ink-2 text-xs">
      <label htmlFor={id}>{label}</label>
      {children(id)}
    </div>
  );
}

function Options({ options }: { options: readonly Option[] }) {
  return options.map((option) => (
    <option key={option.value} value={option.value}>
      {option.label}
    </option>
  ));
}

function Day({ label, value, onChange, ...bounds }: Field & { label: string; min?: string; max?: string }) {
  return (
    <Labelled label={label}>
      {(id) => (
        <input
          id={id}
          type="date"
          value={value}
          onChange={(event) => onChange(event.target.value)}
          {...bounds}
          className={`${control} text-ink`}
        />
      )}
    </Labelled>
  );
}
