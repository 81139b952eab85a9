import { ChevronRight, LoaderCircle, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import type { ResourceView } from '#channels/http/contract/connections.ts';
import { describeError } from '../api-client.ts';
import { Button } from './button.tsx';
import { type Limits, type Names, tableKey } from './limits.ts';
import { type ResourcesLoaded, useResources } from './use-resources.ts';

interface Picking {
  readonly ticked: readonly string[];
  readonly disabled: boolean;
  /** In lower case; empty for everything. */
  readonly search: string;
  readonly onToggle: (id: string, name: string, on: boolean) => void;
  /** Only what lies within these can be ticked. */
  readonly within?: Limits | undefined;
}

interface Row extends ResourceView {
  /** Stands in the list in place of the name where the list itself says the rest. */
  readonly shown?: string;
}

/** What is ticked, in one place, wherever it lies and whether or not its name is known. */
export function TickedChips({
  ticked,
  names,
  disabled,
  onRemove,
}: {
  ticked: readonly string[];
  names: Names;
  disabled: boolean;
  onRemove: (id: string) => void;
}) {
  if (ticked.length === 0) return null;
  return (
    <ul aria-label="Ticked" className="flex flex-wrap gap-1.5">
      {ticked.map((id) => (
        <li key={id} className="flex min-w-0 items-center rounded-lg border border-line bg-sunken ps-2.5">
          <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5 py-1">
            {names[id] !== undefined && <span className="wrap-anywhere">{names[id]}</span>}
            <code className="wrap-anywhere font-mono text-2xs text-ink-3">{id}</code>
          </span>
          <Button
            look="quiet"
            disabled={disabled}
            onClick={() => onRemove(id)}
            aria-label={`Take ${names[id] ?? id} away`}
            className="min-h-8! px-2! pointer-coarse:min-h-11!"
          >
            <X className="size-3.5" aria-hidden />
          </Button>
        </li>
      ))}
    </ul>
  );
}

/** Checkboxes for what is loaded. With `keepStrays`, ticked ids that are not listed any more stay in the list. */
export function ResourceChecks({
  label,
  loaded,
  names,
  ticked,
  disabled,
  search,
  onToggle,
  within,
  keepStrays = false,
}: Picking & {
  label: string;
  loaded: ResourcesLoaded & { items: readonly Row[] | undefined };
  names: Names;
  keepStrays?: boolean;
}) {
  const { items } = loaded;
  if (items === undefined) return <Pending loaded={loaded} label={label} />;
  const strays = keepStrays ? ticked.filter((id) => !items.some((item) => item.id === id)) : [];
  const rows: readonly Row[] = [...items, ...strays.map((id) => ({ id, name: names[id] ?? '' }))];
  const found = rows.filter((row) => `${row.name} ${row.id}`.toLowerCase().includes(search));
  return (
    <div className="grid gap-1">
      {found.length === 0 && (
        <p className="py-1.5 text-ink-2">
          {rows.length === 0 ? 'There is nothing here.' : 'Nothing here is called that.'}
        </p>
      )}
      {found.length > 0 && (
        <ul aria-label={label} className="max-h-72 overflow-y-auto overscroll-contain">
          {found.map((row) => (
            <li key={row.id}>
              <label className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-md px-1 hover:bg-sunken pointer-coarse:min-h-11">
                <input
                  type="checkbox"
                  checked={ticked.includes(row.id)}
                  disabled={disabled}
                  onChange={(event) => onToggle(row.id, row.name, event.target.checked)}
                  className="size-4.5 shrink-0 accent-accent"
                />
                <span className="flex min-w-0 flex-wrap items-baseline gap-x-2">
                  <span className="wrap-anywhere">{row.shown ?? row.name}</span>
                  <code className="wrap-anywhere font-mono text-2xs text-ink-3">{row.id}</code>
                  {strays.includes(row.id) && <span className="text-warn text-xs">{strayWords(row.id, within)}</span>}
                </span>
              </label>
            </li>
          ))}
        </ul>
      )}
      <More loaded={loaded} />
    </div>
  );
}

function strayWords(id: string, within: Limits | undefined): string {
  const isOutside = within?.teams !== undefined && !within.teams.includes(id);
  return isOutside ? 'outside the limits of the connection' : 'not seen any more';
}

/** Groups that open; what is inside is asked for only then. */
export function Opened({
  label,
  loaded,
  ticked,
  empty,
  children,
}: {
  label: string;
  loaded: ResourcesLoaded;
  /** What stands there when there is no group. */
  empty: string;
  /** How many are ticked inside a group; null where that is not known. */
  ticked: ((id: string) => number) | null;
  children: (item: ResourceView) => ReactNode;
}) {
  if (loaded.items === undefined) return <Pending loaded={loaded} label={label} />;
  if (loaded.items.length === 0) return <p className="py-1.5 text-ink-2">{empty}</p>;
  return (
    <div className="grid gap-1">
      <ul aria-label={label} className="grid gap-1">
        {loaded.items.map((item) => (
          <li key={item.id}>
            <Group item={item} ticked={ticked?.(item.id) ?? 0} openAtFirst={loaded.items?.length === 1}>
              {() => children(item)}
            </Group>
          </li>
        ))}
      </ul>
      <More loaded={loaded} />
    </div>
  );
}

function Group({
  item,
  ticked,
  openAtFirst,
  children,
}: {
  item: ResourceView;
  ticked: number;
  openAtFirst: boolean;
  children: () => ReactNode;
}) {
  const [open, setOpen] = useState(openAtFirst);
  return (
    <details
      open={open}
      onToggle={(event) => setOpen(event.currentTarget.open)}
      className="group/fold rounded-lg border border-line"
    >
      <summary className="flex min-h-9 items-center gap-2 rounded-lg px-2 hover:bg-sunken pointer-coarse:min-h-11">
        <ChevronRight className={`size-4 shrink-0 text-ink-3 ${open ? 'rotate-90' : ''}`} aria-hidden />
        <span className="flex min-w-0 flex-1 flex-wrap items-baseline gap-x-2">
          <span className="wrap-anywhere font-medium">{item.name}</span>
          <code className="wrap-anywhere font-mono text-2xs text-ink-3">{item.id}</code>
        </span>
        {ticked > 0 && <span className="text-ink-2 text-xs">{ticked} ticked</span>}
      </summary>
      {open && <div className="border-line border-t p-2 ps-3">{children()}</div>}
    </details>
  );
}

export function DatabaseChecks({
  connectionId,
  team,
  names,
  ...picking
}: Picking & { connectionId: string | null; team: ResourceView; names: Names }) {
  const loaded = useResources(connectionId, { level: 'databases', team: team.id });
  const items = loaded.items?.filter(({ id }) => picking.within?.databases?.includes(id) ?? true);
  return (
    <ResourceChecks label={`Databases of ${team.name}`} loaded={{ ...loaded, items }} names={names} {...picking} />
  );
}

export function TableGroups({
  connectionId,
  team,
  databases,
  names,
  ...picking
}: Picking & {
  connectionId: string | null;
  team: ResourceView;
  /** The databases there are limits for; undefined for all. */
  databases: readonly string[] | undefined;
  names: Names;
}) {
  const loaded = useResources(connectionId, { level: 'databases', team: team.id });
  const items = loaded.items?.filter(
    ({ id }) => (databases?.includes(id) ?? true) && (picking.within?.databases?.includes(id) ?? true),
  );
  const empty =
    databases === undefined ? `${team.name} has no databases.` : `No database of ${team.name} is ticked above.`;
  const tickedIn = (database: string) => picking.ticked.filter((id) => id.startsWith(`${database}/`)).length;
  return (
    <Opened label={`Databases of ${team.name}`} loaded={{ ...loaded, items }} ticked={tickedIn} empty={empty}>
      {(database) => (
        <TableChecks connectionId={connectionId} team={team} database={database} names={names} {...picking} />
      )}
    </Opened>
  );
}

function TableChecks({
  connectionId,
  team,
  database,
  names,
  ...picking
}: Picking & { connectionId: string | null; team: ResourceView; database: ResourceView; names: Names }) {
  const loaded = useResources(connectionId, { level: 'tables', team: team.id, database: database.id });
  // A table's own name says little away from its database.
  const items = loaded.items
    ?.map(({ id, name }) => ({
      id: tableKey(database.id, id),
      name: `${database.name} › ${name}`.slice(0, 200),
      shown: name,
    }))
    .filter(({ id }) => picking.within?.tables?.includes(id) ?? true);
  return (
    <ResourceChecks label={`Tables of ${database.name}`} loaded={{ ...loaded, items }} names={names} {...picking} />
  );
}

function Pending({ loaded, label }: { loaded: ResourcesLoaded; label: string }) {
  if (loaded.error === null) {
    return (
      <p role="status" className="flex items-center gap-2 py-1.5 text-ink-2">
        <LoaderCircle className="size-4 animate-spin" aria-hidden />
        Loading: {label}
      </p>
    );
  }
  return (
    <div role="alert" className="grid justify-items-start gap-1.5 py-1.5">
      <p className="text-bad">{describeError(loaded.error)}</p>
      <Button onClick={loaded.retry}>Try again</Button>
    </div>
  );
}

function More({ loaded }: { loaded: ResourcesLoaded }) {
  if (loaded.more === null) return null;
  return (
    <Button look="quiet" className="justify-self-start" disabled={loaded.loadingMore} onClick={loaded.more}>
      {loaded.loadingMore ? 'Loading…' : 'Show more'}
    </Button>
  );
}
