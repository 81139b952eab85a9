import { useId, useState } from 'react';
import { inputClass } from '../../../components/field.tsx';
import { type Names, toggled } from '../../../components/limits.ts';
import { Opened, TableGroups, TickedChips } from '../../../components/resource-lists.tsx';
import { useResources } from '../../../components/use-resources.ts';

/** Picks by name the tables that people outside the organization can write to. */
export function PublicTables({
  connectionId,
  ticked,
  names,
  onChange,
  problem,
}: {
  /** Whose tables are listed; null while nothing is connected. */
  connectionId: string | null;
  ticked: readonly string[];
  names: Names;
  onChange: (ticked: readonly string[], names: Record<string, string>) => void;
  problem: string | null;
}) {
  const id = useId();
  const [search, setSearch] = useState('');
  const teams = useResources(connectionId, { level: 'teams' });
  const set = (tables: readonly string[], all: Names) => {
    const held = Object.entries(all).filter(([table]) => tables.includes(table));
    onChange(tables, Object.fromEntries(held));
  };
  return (
    <fieldset className="grid min-w-0 gap-2" aria-describedby={id}>
      <legend className="mb-1.5 font-medium">Tables strangers can write to</legend>
      <p id={id} className="text-ink-2 text-xs text-pretty">
        Such as one behind a form on your site. What is read from them counts as text that strangers may have written.
      </p>
      {problem !== null && (
        <p data-problem tabIndex={-1} role="alert" className="wrap-anywhere text-bad">
          {problem}
        </p>
      )}
      <TickedChips
        ticked={ticked}
        names={names}
        disabled={false}
        onRemove={(table) => set(toggled(ticked, table, false), names)}
      />
      {connectionId === null ? (
        <p className="text-ink-2">Tables can be picked by name while it is connected.</p>
      ) : (
        <>
          <input
            type="search"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            placeholder="Search tables"
            aria-label="Search the tables that are opened below"
            className={inputClass}
          />
          <Opened label="Teams" loaded={teams} ticked={null} empty="It sees no team.">
            {(team) => (
              <TableGroups
                connectionId={connectionId}
                team={team}
                databases={undefined}
                names={names}
                ticked={ticked}
                disabled={false}
                search={search.trim().toLowerCase()}
                onToggle={(table, name, on) => set(toggled(ticked, table, on), { ...names, [table]: name })}
              />
            )}
          </Opened>
        </>
      )}
    </fieldset>
  );
}
