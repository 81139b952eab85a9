import { Fragment } from 'react';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { describeLimits } from '../../words.ts';
import { useLimitNames } from './use-limit-names.ts';

/** The limits of a persona by name. Names are looked up only where there is a limit: it costs questions to the connection. */
export function LimitsByName({ persona: { id, limits } }: { persona: PersonaView }) {
  const limited = Object.values(limits).some((ids) => ids !== undefined && ids.length > 0);
  const names = useLimitNames(limited ? id : null, limits);
  return <NamedLimits limits={limits} names={names} />;
}

/** Limits by name, with each id beside its name; an id nobody knows a name for stands alone. */
export function NamedLimits({ limits, names }: { limits: PersonaView['limits']; names: Names }) {
  return (
    <ul className="grid gap-0.5 text-ink-2">
      {describeLimits(limits).map(({ text, ids }) => (
        <li key={text} className="wrap-anywhere">
          {text}
          <NamedIds ids={ids} names={names} />
        </li>
      ))}
    </ul>
  );
}

/** Tables strangers can write to, by name; nothing where there is none. */
export function NamedTables({ tables, names }: { tables: readonly string[]; names: Names }) {
  if (tables.length === 0) return null;
  return (
    <p className="wrap-anywhere">
      Those tables:
      <NamedIds ids={tables} names={names} />
    </p>
  );
}

type Names = Readonly<Record<string, string>>;

function NamedIds({ ids, names }: { ids: readonly string[]; names: Names }) {
  return ids.map((id, index) => (
    <Fragment key={id}>
      {index === 0 ? ' ' : ', '}
      {names[id] !== undefined && <span className="text-ink">{names[id]} </span>}
      <code className="font-mono text-2xs text-ink-3">{id}</code>
    </Fragment>
  ));
}
