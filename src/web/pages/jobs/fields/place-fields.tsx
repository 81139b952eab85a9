import type { ReactNode } from 'react';
import type { ResourceView } from '#channels/http/contract/connections.ts';
import { describeError } from '../../../api-client.ts';
import { Button } from '../../../components/button.tsx';
import { Field, inputClass } from '../../../components/field.tsx';
import { ResourceChecks } from '../../../components/resource-lists.tsx';
import { type ResourcesLoaded, useResources } from '../../../components/use-resources.ts';

interface PlaceFieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | null | undefined;
  readonly value: string;
  readonly onValue: (id: string) => void;
  readonly connectionId: string | null;
}

/** A team by name; its id can be written where nothing is connected. */
export function TeamField({ connectionId, ...field }: PlaceFieldProps) {
  const loaded = useResources(connectionId, { level: 'teams' });
  return <Chosen {...field} loaded={loaded} listed={connectionId !== null} first="Choose a team" />;
}

export function DatabaseField({ connectionId, team, ...field }: PlaceFieldProps & { team: string }) {
  const asks = team === '' ? null : connectionId;
  const loaded = useResources(asks, { level: 'databases', team });
  const first = team === '' ? 'Choose a team first' : 'Choose a database';
  return <Chosen {...field} loaded={loaded} listed={connectionId !== null} disabled={team === ''} first={first} />;
}

export function TableField({
  connectionId,
  team,
  database,
  anyTable,
  ...field
}: PlaceFieldProps & { team: string; database: string; anyTable?: string }) {
  const ready = team !== '' && database !== '';
  const loaded = useResources(ready ? connectionId : null, { level: 'tables', team, database });
  const first = ready ? (anyTable ?? 'Choose a table') : 'Choose a database first';
  return (
    <Chosen
      {...field}
      // A table's listed id carries its database; a job names the table alone.
      loaded={shortIds(loaded)}
      listed={connectionId !== null}
      disabled={!ready}
      first={first}
    />
  );
}

/** Several tables of one database, ticked by name. */
export function TablesField({
  connectionId,
  team,
  database,
  label,
  hint,
  error,
  value,
  onValue,
}: Omit<PlaceFieldProps, 'value' | 'onValue'> & {
  team: string;
  database: string;
  value: readonly string[];
  onValue: (ids: readonly string[]) => void;
}) {
  const ready = team !== '' && database !== '' && connectionId !== null;
  const loaded = shortIds(useResources(ready ? connectionId : null, { level: 'tables', team, database }));
  return (
    <fieldset className="grid min-w-0 gap-1.5">
      <legend className="mb-1.5 font-medium">{label}</legend>
      {hint !== undefined && <p className="text-ink-2 text-xs text-pretty">{hint}</p>}
      {error !== undefined && error !== null && (
        <p role="alert" data-problem tabIndex={-1} className="text-bad">
          {error}
        </p>
      )}
      {ready ? (
        <ResourceChecks
          label={label}
          loaded={loaded}
          names={{}}
          ticked={value}
          disabled={false}
          search=""
          keepStrays
          onToggle={(id, _name, on) => onValue(on ? [...value, id] : value.filter((one) => one !== id))}
        />
      ) : (
        <p className="text-ink-2">Choose a database first.</p>
      )}
    </fieldset>
  );
}

function Chosen({
  label,
  hint,
  error,
  value,
  onValue,
  loaded,
  listed,
  first,
  disabled = false,
}: Omit<PlaceFieldProps, 'connectionId'> & {
  loaded: ResourcesLoaded;
  listed: boolean;
  first: string;
  disabled?: boolean;
}): ReactNode {
  const failed = loaded.items === undefined && loaded.error !== null;
  const problem = error ?? (failed ? describeError(loaded.error) : null);
  const items = loaded.items ?? [];
  const isStray = value !== '' && !items.some((item) => item.id === value);
  return (
    <Field label={label} {...(hint === undefined ? {} : { hint })} error={problem}>
      {(ids) =>
        listed ? (
          <span className="flex min-w-0 gap-2">
            <select
              {...ids}
              value={value}
              disabled={disabled}
              onChange={(event) => onValue(event.target.value)}
              className={inputClass}
            >
              <option value="">{loaded.items === undefined && !failed && !disabled ? 'Loading…' : first}</option>
              {items.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
              {isStray && <option value={value}>{value}</option>}
            </select>
            {failed && <Button onClick={loaded.retry}>Try again</Button>}
            {loaded.more !== null && (
              <Button disabled={loaded.loadingMore} onClick={loaded.more}>
                More
              </Button>
            )}
          </span>
        ) : (
          <input
            {...ids}
            type="text"
            value={value}
            placeholder="Its id"
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => onValue(event.target.value.trim())}
            className={inputClass}
          />
        )
      }
    </Field>
  );
}

function shortIds(loaded: ResourcesLoaded): ResourcesLoaded {
  if (loaded.items === undefined) return loaded;
  return { ...loaded, items: loaded.items.map(shortId) };
}

function shortId({ id, name }: ResourceView): ResourceView {
  return { id: id.slice(id.lastIndexOf('/') + 1), name };
}
