import { ChevronRight, Plug } from 'lucide-react';
import { useId } from 'react';
import { Link } from 'react-router';
import type { IntegrationView } from '#channels/http/contract/connections.ts';
import { buttonClass } from '../../components/button.tsx';
import { EffectHint } from '../../components/effect-hint.tsx';
import { useMay } from '../../session.tsx';
import { describeScope } from '../../words.ts';
import { categoryWords, countOf } from './connection-words.ts';

/** One kind of service: what it is, what its tools do, and the way to connect it. */
export function IntegrationCard({ integration }: { integration: IntegrationView }) {
  const headingId = useId();
  const may = useMay();
  const connectable = may('connections:own') || may('connections:manage');
  const { connections } = integration;
  return (
    <article
      aria-labelledby={headingId}
      className="grid gap-3 rounded-xl border border-line bg-surface p-4 shadow-card md:p-5"
    >
      <header className="grid gap-1">
        <div className="flex flex-wrap items-center justify-between gap-x-3 gap-y-1">
          <h3 id={headingId} className="font-semibold text-base">
            {integration.title}
          </h3>
          <span className="rounded-md border border-line bg-sunken px-2 py-0.5 text-ink-2 text-xs">
            {categoryWords[integration.category]}
          </span>
        </div>
        <p className="text-ink-2 text-pretty">{integration.description}</p>
      </header>
      {integration.tools.length > 0 && <Tools integration={integration} />}
      <footer className="flex flex-wrap items-center justify-between gap-2">
        <p className="text-ink-2">{connections === 0 ? 'Not connected yet' : countOf(connections, 'connection')}</p>
        {connectable ? (
          <Link
            to={`/integrations/${encodeURIComponent(integration.name)}/connect`}
            aria-label={`Connect ${integration.title}`}
            className={buttonClass(connections === 0 ? 'primary' : 'secondary')}
          >
            <Plug className="size-4" aria-hidden />
            {connections === 0 ? 'Connect' : 'Connect another'}
          </Link>
        ) : (
          <p className="text-ink-3 text-xs">Your role does not connect services.</p>
        )}
      </footer>
    </article>
  );
}

function Tools({ integration }: { integration: IntegrationView }) {
  const { tools } = integration;
  return (
    <details className="group/tools rounded-lg border border-line">
      <summary className="flex min-h-9 items-center gap-2 rounded-lg px-2.5 font-medium hover:bg-sunken pointer-coarse:min-h-11">
        <ChevronRight className="size-4 shrink-0 text-ink-3 group-open/tools:rotate-90" aria-hidden />
        {countOf(tools.length, 'tool')}
      </summary>
      <ul aria-label={`Tools of ${integration.title}`} className="divide-y divide-line border-line border-t">
        {tools.map((tool) => (
          <li key={tool.name} className="grid gap-0.5 px-3.5 py-2.5">
            <p className="flex flex-wrap items-center justify-between gap-x-3">
              <span className="font-medium">{tool.title}</span>
              <EffectHint effect={tool.effect} />
            </p>
            <p className="flex flex-wrap items-baseline gap-x-2 text-ink-2 text-xs">
              Needs: {describeScope(tool.scope) ?? tool.scope}
              <code className="wrap-anywhere font-mono text-2xs text-ink-3">{tool.scope}</code>
            </p>
          </li>
        ))}
      </ul>
    </details>
  );
}
