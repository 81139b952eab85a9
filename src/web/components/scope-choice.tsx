import { useId } from 'react';
import { describeScope } from '../words.ts';
import { type Effect, EffectHint } from './effect-hint.tsx';

interface OfferedScope {
  readonly scope: string;
  readonly title: string;
  readonly effect: Effect;
  /** Why it cannot be chosen, in words for the person. */
  readonly disabledReason?: string;
}

/**
 * Permissions by checkbox. What is chosen but not offered is shown too, so that it can be seen and taken away.
 * `legend` is the accessible name of the group; the page shows its own heading.
 */
export function ScopeChoice({
  offered,
  value,
  onChange,
  legend = 'Permissions',
  disabled = false,
}: {
  offered: readonly OfferedScope[];
  value: readonly string[];
  onChange: (scopes: string[]) => void;
  legend?: string;
  disabled?: boolean;
}) {
  const strays = value.filter((scope) => !offered.some((offer) => offer.scope === scope));
  const toggle = (scope: string, on: boolean) => {
    const kept = value.filter((one) => one !== scope);
    // In the order they are offered, so that ticking twice leaves everything as it was.
    const order = [...offered.map((offer) => offer.scope), ...strays];
    onChange(on ? order.filter((one) => one === scope || kept.includes(one)) : kept);
  };
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{legend}</legend>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface">
        {offered.map((offer) => (
          <ScopeRow
            key={offer.scope}
            offer={offer}
            checked={value.includes(offer.scope)}
            disabled={disabled}
            onToggle={(on) => toggle(offer.scope, on)}
          />
        ))}
        {strays.map((scope) => (
          <ScopeRow
            key={scope}
            offer={{
              scope,
              title: describeScope(scope) ?? scope,
              effect: null,
              note: 'No tool here needs it any more.',
            }}
            checked
            disabled={disabled}
            onToggle={(on) => toggle(scope, on)}
          />
        ))}
      </ul>
    </fieldset>
  );
}

type ShownScope = Omit<OfferedScope, 'effect'> & { readonly effect: Effect | null; readonly note?: string };

function ScopeRow({
  offer,
  checked,
  disabled,
  onToggle,
}: {
  offer: ShownScope;
  checked: boolean;
  disabled: boolean;
  onToggle: (on: boolean) => void;
}) {
  const hintId = useId();
  // What is on can always be taken away, even where it could not be chosen again.
  const locked = disabled || (offer.disabledReason !== undefined && !checked);
  const remark = offer.disabledReason ?? offer.note;
  return (
    <li>
      <label className={`flex min-h-11 gap-3 px-3.5 py-2.5 ${locked ? '' : 'cursor-pointer hover:bg-sunken'}`}>
        <input
          type="checkbox"
          checked={checked}
          disabled={locked}
          onChange={(event) => onToggle(event.target.checked)}
          aria-label={offer.title}
          aria-describedby={hintId}
          className="mt-0.5 size-4.5 shrink-0 accent-accent"
        />
        <span className="grid min-w-0 flex-1 gap-0.5">
          <span className={`font-medium ${locked && !checked ? 'text-ink-3' : ''}`}>{offer.title}</span>
          <span id={hintId} className="flex flex-wrap items-center gap-x-2.5 gap-y-0.5">
            {offer.effect !== null && <EffectHint effect={offer.effect} />}
            <code className="wrap-anywhere font-mono text-2xs text-ink-3">{offer.scope}</code>
            {remark !== undefined && <span className="basis-full text-ink-2 text-xs">{remark}</span>}
          </span>
        </span>
      </label>
    </li>
  );
}
