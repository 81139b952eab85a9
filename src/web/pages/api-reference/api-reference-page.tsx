import { useQuery } from '@tanstack/react-query';
import { Download, Search, SearchX } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { Link } from 'react-router';
import { getJson, withSignal } from '../../api-client.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { inputClass } from '../../components/field.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { ThemeToggle } from '../../components/theme-toggle.tsx';
import { type ApiDocument, type EndpointGroup, groupEndpoints } from './document.ts';
import { EndpointDetails } from './endpoint-details.tsx';

const address = '/api/openapi.json';

/** The reference of the API, drawn from its own description; open to anyone. */
export function ApiReferencePage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['openapi'],
    queryFn: ({ signal }) => getJson<ApiDocument>(address, withSignal(signal)),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <div className="flex h-dvh flex-col">
      <title>API reference – Personas for Ninox</title>
      <header className="flex min-h-13 items-center justify-between gap-2 border-line border-b bg-surface ps-4 pe-2 md:ps-6">
        <Link to="/" className="flex min-h-11 items-center gap-1 rounded font-semibold tracking-tight">
          Personas <span className="font-normal text-ink-2 max-sm:hidden">for Ninox</span>
        </Link>
        <div className="flex items-center gap-1">
          <a href={address} download="openapi.json" className={buttonClass('quiet', 'text-xs')}>
            <Download className="size-4" aria-hidden />
            openapi.json
          </a>
          <ThemeToggle />
        </div>
      </header>
      {data === undefined && error === null && <Loading />}
      {data === undefined && error !== null && (
        <ErrorState
          heading="h1"
          title="The reference could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      )}
      {data !== undefined && <Reference document={data} />}
    </div>
  );
}

function Reference({ document }: { document: ApiDocument }) {
  const [search, setSearch] = useState('');
  const [wanted] = useState(() => decodeURIComponent(window.location.hash.slice(1)));
  const groups = useMemo(() => groupEndpoints(document, search), [document, search]);
  const count = groups.reduce((sum, { endpoints }) => sum + endpoints.length, 0);
  useEffect(() => {
    if (wanted !== '') window.document.getElementById(wanted)?.scrollIntoView();
  }, [wanted]);
  return (
    <div className="flex min-h-0 flex-1">
      <Tags groups={groups} />
      <main className="min-w-0 flex-1 overflow-y-auto px-4 py-5 md:px-8">
        <div className="mx-auto grid max-w-4xl grid-cols-1 gap-6">
          <div className="grid gap-2">
            <h1 className="font-semibold text-xl tracking-tight">API reference</h1>
            <div className="grid gap-1 text-ink-2 text-pretty">
              {document.info.description.split('\n').map((line) => (
                <p key={line}>{line.replaceAll('`', '')}</p>
              ))}
            </div>
          </div>
          <search className="relative">
            <Search
              className="-translate-y-1/2 pointer-events-none absolute start-3 top-1/2 size-4 text-ink-3"
              aria-hidden
            />
            <input
              type="search"
              value={search}
              onChange={(event) => setSearch(event.target.value)}
              placeholder="Search endpoints"
              aria-label="Search endpoints"
              className={`${inputClass} ps-9!`}
            />
          </search>
          <p role="status" className="sr-only">
            {count === 1 ? '1 endpoint' : `${count} endpoints`}
          </p>
          {groups.map((group) => (
            <Group key={group.tag} document={document} group={group} wanted={wanted} />
          ))}
          {groups.length === 0 && (
            <EmptyState
              icon={SearchX}
              title="No endpoint fits"
              action={<Button onClick={() => setSearch('')}>Clear the search</Button>}
            >
              Words are looked for in the address, what it does, and the permission it needs.
            </EmptyState>
          )}
        </div>
      </main>
    </div>
  );
}

const anchorOf = (tag: string) => `tag-${tag.toLowerCase()}`;

function Tags({ groups }: { groups: readonly EndpointGroup[] }) {
  return (
    <nav
      aria-label="Tags"
      className="w-52 shrink-0 overflow-y-auto border-line border-r bg-surface px-2 py-4 max-md:hidden"
    >
      <ul className="grid gap-0.5">
        {groups.map(({ tag, endpoints }) => (
          <li key={tag}>
            <a
              href={`#${anchorOf(tag)}`}
              className="flex min-h-9 items-center justify-between rounded-lg px-3 text-ink-2 hover:bg-sunken hover:text-ink pointer-coarse:min-h-11"
            >
              {tag} <span className="text-ink-3 text-xs tabular-nums">{endpoints.length}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function Group({ document, group, wanted }: { document: ApiDocument; group: EndpointGroup; wanted: string }) {
  const id = anchorOf(group.tag);
  return (
    <section aria-labelledby={id} className="grid grid-cols-1 gap-2">
      <h2 id={id} className="scroll-mt-2 font-semibold text-base">
        {group.tag}
      </h2>
      <p className="text-ink-2">{group.description}</p>
      {group.endpoints.map((endpoint) => (
        <EndpointDetails key={endpoint.id} document={document} endpoint={endpoint} startOpen={endpoint.id === wanted} />
      ))}
    </section>
  );
}

function Loading() {
  return (
    <Skeleton label="Loading the reference">
      <div className="mx-auto grid max-w-3xl gap-4 px-5 py-10">
        <Bar className="h-6 w-48" />
        <Bar className="h-11 w-full" />
        <Bar className="h-11 w-full" />
        <Bar className="h-11 w-full" />
      </div>
    </Skeleton>
  );
}
