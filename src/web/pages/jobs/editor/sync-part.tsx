import { TextField } from '../../../components/field.tsx';
import { Choice } from '../../../pages/personas/editor/choices.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { ReadingToolField } from '../fields/choice-fields.tsx';
import { DatabaseField, TableField, TeamField } from '../fields/place-fields.tsx';
import { useListedConnection } from '../fields/use-places.ts';
import { ReadFromField } from '../wizard/read-from-field.tsx';
import { blankSync, type SyncDraft } from './job-draft.ts';
import { errorOf, type PartProps } from './part.ts';

/** Whether the job copies records, from where, and into which table. */
export function SyncPart({ draft, change, problems }: PartProps) {
  const connectionId = useListedConnection(null);
  const { sync } = draft;
  const set = (patch: Partial<SyncDraft>) => change({ sync: { ...(sync ?? blankSync), ...patch } });
  return (
    <Section title="Copying records">
      <Choice
        kind="checkbox"
        label="It copies records into a table of Ninox"
        hint="Items are read with a tool, turned into records by the persona, and created or updated by a field that tells them apart."
        checked={sync !== null}
        onChange={(on) => change({ sync: on ? blankSync : null })}
      />
      {sync !== null && (
        <>
          <ReadingToolField
            label="Read with"
            value={sync.tool}
            onValue={(tool) => set({ tool, arguments: '' })}
            error={errorOf(problems, 'sync.from.tool')}
          />
          <ReadFromField
            label="What to read"
            hint="What the tool is called with, as JSON."
            value={sync.arguments}
            onValue={(given) => set({ arguments: given })}
            error={errorOf(problems, 'sync.from.arguments')}
            tool={sync.tool}
            persona={draft.persona}
          />
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
            <TeamField
              label="Write to the team"
              value={sync.team}
              onValue={(team) => set({ team, database: '', table: '' })}
              connectionId={connectionId}
              error={errorOf(problems, 'sync.to.team')}
            />
            <DatabaseField
              label="Database"
              value={sync.database}
              onValue={(database) => set({ database, table: '' })}
              connectionId={connectionId}
              team={sync.team}
              error={errorOf(problems, 'sync.to.database')}
            />
            <TableField
              label="Table"
              value={sync.table}
              onValue={(table) => set({ table })}
              connectionId={connectionId}
              team={sync.team}
              database={sync.database}
              error={errorOf(problems, 'sync.to.table')}
            />
          </div>
          <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
            <TextField
              label="Field that tells records apart"
              value={sync.key}
              onValue={(key) => set({ key })}
              error={errorOf(problems, 'sync.key')}
              autoComplete="off"
            />
            <TextField
              label="At most so many at a time"
              value={sync.most}
              onValue={(most) => set({ most })}
              error={errorOf(problems, 'sync.most')}
              inputMode="numeric"
            />
          </div>
          <TextField
            label="Where the list is in the answer (optional)"
            value={sync.items}
            onValue={(items) => set({ items })}
            error={errorOf(problems, 'sync.from.items')}
            hint="For example data.orders. Left open, it is found by itself."
            autoComplete="off"
            spellCheck={false}
          />
        </>
      )}
    </Section>
  );
}
