import { Filter, X } from 'lucide-react';
import { type ReactNode, useId, useState } from 'react';
import { useSearchParams } from 'react-router';
import { Button } from '../../components/button.tsx';
import { shorten } from '../../format.ts';
import { useConversations, useNames } from '../../queries.ts';
import { countFilters, type FilterName, filterNames, outcomeActions } from './filters.ts';

const control =
  'min-h-9 max-md:min-h-11 pointer-coarse:min-h-11 w-full min-w-0 rounded-lg border border-control bg-surface px-2 text-base md:text-sm';

/** What the list is narrowed to. It lives in the page's address, so that it can be sent to a colleague. */
export function EventFilters() {
  const [search, setSearch] = useSearchParams();
  const [open, setOpen] = useState(false);
  const panelId = useId();
  const count = countFilters(search);
  const change = (name: FilterName, value: string) =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const clear = () =>
    setSearch(
      (current) => {
        const next = new URLSearchParams(current);
        for (const name of filterNames) next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <search aria-label="Filters" className="border-line border-b bg-surface px-4 py-2 md:px-6 md:py-3">
      <Button className="w-full md:hidden" aria-expanded={open} aria-controls={panelId} onClick={() => setOpen(!open)}>
        <Filter className="size-4" aria-hidden />
        Filters{count > 0 ? ` (${count})` : ''}
      </Button>
      <div
        id={panelId}
        className={`grid-cols-2 gap-2 pt-2 md:grid md:grid-cols-[repeat(auto-fit,minmax(9rem,1fr))] md:pt-0 ${open ? 'grid' : 'hidden'}`}
      >
        <Fields search={search} change={change} />
        {count > 0 && (
          <Button look="quiet" className="self-end justify-self-start" onClick={clear}>
            <X className="size-4" aria-hidden />
            Clear filters
          </Button>
        )}
      </div>
    </search>
  );
}

function Fields({ search, change }: { search: URLSearchParams; change: (name: FilterName, value: string) => void }) {
  const names = useNames();
  const value = (name: FilterName) => search.get(name) ?? '';
  const today = new Date();
  const lastDay = `${today.getFullYear()}-${String(today.getMonth() + 1).padStart(2, '0')}-${String(today.getDate()).padStart(2, '0')}`;
  return (
    <>
      <Choice label="Persona" value={value('persona')} onChange={(next) => change('persona', next)}>
        {withUnknown(
          names.personas.map((persona) => ({ value: persona.id, label: persona.name })),
          value('persona'),
        )}
      </Choice>
      <Choice label="Tool" value={value('tool')} onChange={(next) => change('tool', next)}>
        {withUnknown(
          names.tools.map((tool) => ({ value: tool.name, label: tool.title })),
          value('tool'),
        )}
      </Choice>
      <Choice label="Outcome" value={value('outcome')} onChange={(next) => change('outcome', next)}>
        {withUnknown(outcomeActions, value('outcome'))}
      </Choice>
      <ConversationChoice value={value('conversation')} onChange={(next) => change('conversation', next)} />
      <Day label="From" value={value('from')} max={value('to') || lastDay} onChange={(next) => change('from', next)} />
      <Day label="To" value={value('to')} min={value('from')} max={lastDay} onChange={(next) => change('to', next)} />
    </>
  );
}

function ConversationChoice({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { data } = useConversations();
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Choice label="Conversation" value={value} onChange={onChange}>
      {withUnknown(
        items.map((item) => ({ value: item.id, label: item.title })),
        value,
      )}
    </Choice>
  );
}

/** The options, with the chosen one even where nothing lists it any more. */
function withUnknown(options: readonly { value: string; label: string }[], chosen: string): ReactNode {
  const known = chosen === '' || options.some((option) => option.value === chosen);
  return (
    <>
      {!known && <option value={chosen}>{chosen.length > 12 ? `${shorten(chosen)}…` : chosen}</option>}
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </>
  );
}

interface FieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function Choice({ label, value, onChange, children }: FieldProps & { children: ReactNode }) {
  return (
    <label className="grid min-w-0 gap-1 text-ink-2 text-xs">
      {label}
      <select value={value} onChange={(event) => onChange(event.target.value)} className={`${control} text-ink`}>
        <option value="">All</option>
        {children}
      </select>
    </label>
  );
}

function Day({ label, value, onChange, ...bounds }: FieldProps & { min?: string; max?: string }) {
  return (
    <label className="grid min-w-0 gap-1 text-ink-2 text-xs">
      {label}
      <input
        type="date"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...bounds}
        className={`${control} text-ink`}
      />
    </label>
  );
}
