import { type ReactNode, useId, useState } from 'react';
import type { ResourceView } from '#channels/http/contract/connections.ts';
import { inputClass } from './field.tsx';
import { type LimitLevel, type Limits, type Names, namesIn, toggled, unreachableTables, withLevel } from './limits.ts';
import { DatabaseChecks, Opened, ResourceChecks, TableGroups, TickedChips } from './resource-lists.tsx';
import { Notice } from './states.tsx';
import { type ResourcesLoaded, useResources } from './use-resources.ts';

interface ResourcePickerProps {
  /** Whose teams, databases and tables are listed; null while nothing is connected. */
  readonly connectionId: string | null;
  readonly value: Limits;
  /** Names for the ids in `value`; ids nobody knows a name for are kept and shown as they are. */
  readonly names: Names;
  readonly onChange: (limits: Limits, names: Record<string, string>) => void;
  readonly disabled?: boolean;
  /** Teams that are known already, as from the test of a key; then none are asked for. */
  readonly teams?: readonly ResourceView[];
  /** Which levels can be limited here; all three unless said otherwise. */
  readonly levels?: readonly LimitLevel[];
  /** Only what lies within these is offered: limits that hold anyway, as those of a connection. */
  readonly within?: Limits | undefined;
}

const everyLevel: readonly LimitLevel[] = ['teams', 'databases', 'tables'];
const levelWords: readonly { level: LimitLevel; title: string; all: string; only: string; none: string }[] = [
  {
    level: 'teams',
    title: 'Teams',
    all: 'Every team the key can see',
    only: 'Only these teams',
    none: 'Nothing is ticked: no team may be used at all.',
  },
  {
    level: 'databases',
    title: 'Databases',
    all: 'Every database in those teams',
    only: 'Only these databases',
    none: 'Nothing is ticked: no database may be used at all.',
  },
  {
    level: 'tables',
    title: 'Tables',
    all: 'Every table in those databases',
    only: 'Only these tables',
    none: 'Nothing is ticked: no table, and so no database, may be used at all.',
  },
];

/** Limits by name: which teams, databases and tables. Lists are fetched only when they are opened. */
export function ResourcePicker(props: ResourcePickerProps) {
  const { connectionId, value, names, onChange, disabled = false, teams, levels = everyLevel, within } = props;
  // Where nothing is limited, nothing needs to be listed: the other service is not asked for it.
  const isLimited = levels.some((level) => value[level] !== undefined);
  const asked = useResources(teams === undefined && isLimited ? connectionId : null, { level: 'teams' });
  const known: ResourcesLoaded = teams === undefined ? asked : { ...asked, items: teams, error: null, more: null };
  const loaded = inside(known, within?.teams);
  const change = (level: LimitLevel, ids: readonly string[] | undefined, name?: Names) => {
    const limits = withLevel(value, level, ids);
    onChange(limits, namesIn(limits, { ...names, ...name }));
  };
  const unreachable = unreachableTables(value).length;
  return (
    <div className="grid gap-3">
      {levelWords
        .filter(({ level }) => levels.includes(level))
        .map((words) => {
          const ticked = value[words.level];
          return (
            <Level
              key={words.level}
              words={words}
              ticked={ticked}
              disabled={disabled}
              onLimit={(limited) => change(words.level, limited ? [] : undefined)}
            >
              {ticked !== undefined && (
                <Chooser
                  level={words.level}
                  title={words.title}
                  ticked={ticked}
                  picker={{ connectionId, value, names, disabled, within }}
                  teams={loaded}
                  onToggle={(id, name, on) => change(words.level, toggled(ticked, id, on), { [id]: name })}
                />
              )}
            </Level>
          );
        })}
      {unreachable > 0 && (
        <Notice tone="warn">
          {unreachable === 1 ? 'One ticked table lies' : `${unreachable} ticked tables lie`} in a database that is not
          ticked, so no call can reach {unreachable === 1 ? 'it' : 'them'}.
        </Notice>
      )}
    </div>
  );
}

function Level({
  words,
  ticked,
  disabled,
  onLimit,
  children,
}: {
  words: (typeof levelWords)[number];
  ticked: readonly string[] | undefined;
  disabled: boolean;
  onLimit: (limited: boolean) => void;
  children: ReactNode;
}) {
  const name = useId();
  const limited = ticked !== undefined;
  return (
    <fieldset className="min-w-0 rounded-xl border border-line bg-surface p-3.5">
      <legend className="float-start mb-1.5 w-full font-semibold">{words.title}</legend>
      <div className="clear-both grid gap-x-6 sm:grid-cols-2">
        {[false, true].map((limit) => (
          <label key={String(limit)} className="flex min-h-9 items-center gap-2.5 pointer-coarse:min-h-11">
            <input
              type="radio"
              name={name}
              checked={limited === limit}
              disabled={disabled}
              onChange={() => onLimit(limit)}
              className="size-4.5 shrink-0 accent-accent"
            />
            {limit ? words.only : words.all}
          </label>
        ))}
      </div>
      {limited && (
        <div className="mt-2 grid gap-2">
          {children}
          {ticked.length === 0 && <p className="text-warn text-xs">{words.none}</p>}
        </div>
      )}
    </fieldset>
  );
}

/** As many as are seen at a glance: nothing to search for. */
const fewTeams = 7;

interface ChooserProps {
  readonly level: LimitLevel;
  readonly title: string;
  readonly ticked: readonly string[];
  readonly picker: Pick<ResourcePickerProps, 'connectionId' | 'value' | 'names' | 'within'> & {
    readonly disabled: boolean;
  };
  readonly teams: ResourcesLoaded;
  readonly onToggle: (id: string, name: string, on: boolean) => void;
}

function Chooser({ level, title, ticked, picker, teams, onToggle }: ChooserProps) {
  const [search, setSearch] = useState('');
  const { connectionId, value, names, disabled, within } = picker;
  const listed = connectionId !== null || (level === 'teams' && teams.items !== undefined);
  const common = { ticked, disabled, search: search.trim().toLowerCase(), onToggle, within };
  const searchable = listed && (level !== 'teams' || (teams.items?.length ?? 0) > fewTeams);
  const noTeams = value.teams === undefined ? 'It sees no team.' : 'Tick a team above first.';
  const inTeams = inside(teams, value.teams);
  return (
    <>
      {(level !== 'teams' || !listed) && (
        <TickedChips ticked={ticked} names={names} disabled={disabled} onRemove={(id) => onToggle(id, '', false)} />
      )}
      {!listed && <p className="text-ink-2">{title} can be picked by name while it is connected.</p>}
      {searchable && (
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder={`Search ${level}`}
          aria-label={level === 'teams' ? 'Search teams' : `Search the ${level} that are opened below`}
          className={inputClass}
        />
      )}
      {listed && level === 'teams' && (
        <ResourceChecks label="Teams" loaded={teams} names={names} keepStrays {...common} />
      )}
      {listed && level === 'databases' && (
        <Opened label="Teams" loaded={inTeams} ticked={null} empty={noTeams}>
          {(team) => <DatabaseChecks connectionId={connectionId} team={team} names={names} {...common} />}
        </Opened>
      )}
      {listed && level === 'tables' && (
        <Opened label="Teams" loaded={inTeams} ticked={null} empty={noTeams}>
          {(team) => (
            <TableGroups
              connectionId={connectionId}
              team={team}
              databases={value.databases}
              names={names}
              {...common}
            />
          )}
        </Opened>
      )}
    </>
  );
}

/** Only what the level above leaves. */
function inside(loaded: ResourcesLoaded, ids: readonly string[] | undefined): ResourcesLoaded {
  if (ids === undefined || loaded.items === undefined) return loaded;
  return { ...loaded, items: loaded.items.filter((item) => ids.includes(item.id)) };
}
