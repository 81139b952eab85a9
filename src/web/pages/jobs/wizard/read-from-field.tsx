import { useState } from 'react';
import { Button } from '../../../components/button.tsx';
import { useXRay } from '../../../pages/personas/api.ts';
import { LongField } from '../fields/long-field.tsx';
import { DatabaseField, TableField, TeamField } from '../fields/place-fields.tsx';
import { useListedConnection } from '../fields/use-places.ts';
import { readFrom, tableTools, writeReadFrom } from './read-from.ts';

interface ReadFromFieldProps {
  readonly label: string;
  readonly hint: string | undefined;
  readonly error: string | null;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly tool: string;
  readonly persona: string;
}

/** What a tool is called with: a table chosen from lists where it reads one, else JSON with what the tool takes. */
export function ReadFromField({ tool, persona, ...field }: ReadFromFieldProps) {
  const connectionId = useListedConnection(null);
  const [asJson, setAsJson] = useState(false);
  const place = readFrom(field.value);
  if (asJson || place === null || !tableTools.includes(tool)) {
    return <JsonArguments {...field} tool={tool} persona={persona} />;
  }
  const change = (patch: Partial<typeof place>) => field.onValue(writeReadFrom({ ...place, ...patch }));
  return (
    <fieldset className="grid min-w-0 grid-cols-1 gap-3 rounded-xl border border-line bg-surface p-3.5">
      <legend className="sr-only">What to read</legend>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <TeamField
          label="Read from the team"
          value={place.team}
          onValue={(team) => change({ team, database: '', table: '' })}
          connectionId={connectionId}
          error={field.error}
        />
        <DatabaseField
          label="Read from the database"
          value={place.database}
          onValue={(database) => change({ database, table: '' })}
          connectionId={connectionId}
          team={place.team}
        />
        <TableField
          label="Read from the table"
          value={place.table}
          onValue={(table) => change({ table })}
          connectionId={connectionId}
          team={place.team}
          database={place.database}
        />
      </div>
      <Button look="quiet" className="justify-self-start" onClick={() => setAsJson(true)}>
        Write it as JSON, with filters
      </Button>
    </fieldset>
  );
}

function JsonArguments({ tool, persona, hint, ...field }: ReadFromFieldProps) {
  const xRay = useXRay(persona === '' ? null : persona);
  const known = xRay.data?.tools.find((one) => one.tool.name === tool)?.parameters ?? [];
  return (
    <div className="grid min-w-0 gap-2">
      <LongField {...field} hint={hint} rows={5} code />
      {known.length > 0 && (
        <dl className="grid gap-1 text-xs">
          {known.map(({ name, description }) => (
            <div key={name} className="flex flex-wrap gap-x-2">
              <dt className="font-mono">{name}</dt>
              <dd className="min-w-0 flex-1 basis-60 text-ink-2">{description}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
