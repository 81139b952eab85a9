import { describeScope } from '../../words.ts';

/** Permissions in words, each with its scope beside it. */
export function ScopeList({ scopes }: { scopes: readonly string[] }) {
  return (
    <ul className="grid gap-0.5">
      {scopes.map((scope) => (
        <li key={scope} className="flex flex-wrap items-baseline gap-x-2">
          {describeScope(scope)} <code className="wrap-anywhere font-mono text-2xs text-ink-3">{scope}</code>
        </li>
      ))}
    </ul>
  );
}
