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
export function NamedLimits({
  limits,
  names,
}: {
  limits: PersonaView['limits'];
  names: Readonly<Record<string, string>>;
}) {
  return (
    <ul className="grid gap-0.5 text-ink-2">
      {describeLimits(limits).map(({ text, ids }) => (
        <li key={text} className="wrap-anywhere">
          {text}
          {ids.map((id, index) => (
            <Fragment key={id}>
              {index === 0 ? ' ' : ', '}
              {names[id] !== undefined && <span className="text-ink">{names[id]} </span>}
              <code className="font-mono text-2xs text-ink-3">{id}</code>
            </Fragment>
          ))}
        </li>
      ))}
    </ul>
  );
}
