import { Plug, SearchX } from 'lucide-react';
import { type ReactNode, useDeferredValue } from 'react';
import { useSearchParams } from 'react-router';
import type { IntegrationView } from '#channels/http/contract/connections.ts';
import { Button } from '../../components/button.tsx';
import { inputClass } from '../../components/field.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { useConnections, useIntegrations } from './api.ts';
import { CameBack } from './came-back.tsx';
import { ConnectionList } from './connection-list.tsx';
import { categoryWords } from './connection-words.ts';
import { IntegrationCard } from './integration-card.tsx';
import { KeyPromise, PageFrame } from './page-frame.tsx';

type Category = IntegrationView['category'];
const categories = Object.keys(categoryWords) as Category[];

export function IntegrationsPage() {
  return (
    <PageFrame title="Integrations" wide>
      <header className="grid gap-1">
        <h1 className="font-semibold text-xl tracking-tight">Integrations</h1>
        <p className="max-w-2xl text-ink-2 text-pretty">
          Connect a service once, choose what may be done with it, and attach it to personas. Revoke it at any time,
          with effect at once.
        </p>
      </header>
      <CameBack />
      <Connections />
      <CatalogSection />
      <KeyPromise />
    </PageFrame>
  );
}

function Connections() {
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useConnections();
  const catalog = useIntegrations({ search: '', category: '' });
  const connections = data?.pages.flatMap((page) => page.items);
  return (
    <section aria-labelledby="connections-heading" className="grid gap-3">
      <h2 id="connections-heading" className="font-semibold text-base">
        Connections
      </h2>
      {connections === undefined && error === null && <LoadingRows label="Loading the connections" rows={2} />}
      {connections === undefined && error !== null && (
        <Framed>
          <ErrorState title="The connections could not be loaded" error={error} onRetry={() => void refetch()} />
        </Framed>
      )}
      {connections?.length === 0 && (
        <Framed>
          <EmptyState icon={Plug} title="Nothing is connected yet">
            Pick a service below and connect it. It takes a minute and an API key; personas can use it right after.
          </EmptyState>
        </Framed>
      )}
      {connections !== undefined && connections.length > 0 && (
        <ConnectionList connections={connections} integrations={catalog.data?.items ?? []} />
      )}
      {hasNextPage && (
        <Button className="justify-self-start" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {isFetchingNextPage ? 'Loading…' : 'Show older connections'}
        </Button>
      )}
    </section>
  );
}

function CatalogSection() {
  const [params, setParams] = useSearchParams();
  const search = params.get('search') ?? '';
  const category = categories.find((one) => one === params.get('category')) ?? '';
  const query = useDeferredValue(search.trim().slice(0, 80));
  const { data, error, refetch, isPlaceholderData } = useIntegrations({ search: query, category });
  const whole = useIntegrations({ search: '', category: '' });
  const offered = categories.filter(
    (one) => one === category || whole.data?.items.some((integration) => integration.category === one),
  );
  const change = (name: string, value: string) =>
    setParams(
      (current) => {
        const next = new URLSearchParams(current);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <section aria-labelledby="catalog-heading" className="grid gap-3">
      <h2 id="catalog-heading" className="font-semibold text-base">
        What can be connected
      </h2>
      <search className="flex flex-wrap gap-2">
        <input
          type="search"
          value={search}
          maxLength={80}
          aria-label="Search integrations"
          placeholder="Search integrations and tools"
          onChange={(event) => change('search', event.target.value)}
          className={`${inputClass} flex-[2_1_14rem]`}
        />
        <select
          value={category}
          aria-label="Category"
          onChange={(event) => change('category', event.target.value)}
          className={`${inputClass} flex-[1_1_9rem] px-2!`}
        >
          <option value="">All categories</option>
          {offered.map((one) => (
            <option key={one} value={one}>
              {categoryWords[one]}
            </option>
          ))}
        </select>
      </search>
      <p role="status" className="sr-only">
        {data !== undefined && !isPlaceholderData && (search !== '' || category !== '')
          ? `${data.items.length} found`
          : ''}
      </p>
      {data === undefined && error === null && <LoadingRows label="Loading the catalog" rows={1} />}
      {data === undefined && error !== null && (
        <Framed>
          <ErrorState title="The catalog could not be loaded" error={error} onRetry={() => void refetch()} />
        </Framed>
      )}
      {data?.items.length === 0 && (
        <Framed>
          <EmptyState
            icon={SearchX}
            title="Nothing in the catalog fits"
            action={
              <Button onClick={() => setParams(new URLSearchParams(), { replace: true })}>Show everything</Button>
            }
          >
            Try another word or all categories.
          </EmptyState>
        </Framed>
      )}
      {data !== undefined && data.items.length > 0 && (
        <ul aria-label="Integrations" className="grid items-start gap-4 lg:grid-cols-2">
          {data.items.map((integration) => (
            <li key={integration.name} className="min-w-0">
              <IntegrationCard integration={integration} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Framed({ children }: { children: ReactNode }) {
  return <div className="rounded-xl border border-line bg-surface">{children}</div>;
}

function LoadingRows({ label, rows }: { label: string; rows: number }) {
  return (
    <Skeleton label={label}>
      <div className="grid gap-3">
        {['a', 'b', 'c'].slice(0, rows).map((row) => (
          <Bar key={row} className="h-20 rounded-xl" />
        ))}
      </div>
    </Skeleton>
  );
}
