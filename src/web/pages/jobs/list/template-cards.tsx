import { BellRing, FilePlus2, type LucideIcon, Newspaper, RefreshCw } from 'lucide-react';
import { Link } from 'react-router';
import type { JobTemplateView } from '#channels/http/contract/jobs.ts';
import { Bar, ErrorState, Skeleton } from '../../../components/states.tsx';
import { useJobTemplates } from '../queries.ts';

const icons: Readonly<Record<JobTemplateView['id'], LucideIcon>> = {
  'trigger-on-event': BellRing,
  'daily-summary': Newspaper,
  'cross-tool-sync': RefreshCw,
};

/** The three workflows and an empty job, each a link to where it is set up. */
export function TemplateCards() {
  const { data, error, refetch } = useJobTemplates();
  if (data === undefined) {
    if (error !== null)
      return <ErrorState title="The templates could not be loaded" error={error} onRetry={() => void refetch()} />;
    return (
      <Skeleton label="Loading the templates">
        <div className="grid gap-3 sm:grid-cols-2">
          <Bar className="h-28 rounded-xl" />
          <Bar className="h-28 rounded-xl" />
        </div>
      </Skeleton>
    );
  }
  return (
    <ul aria-label="Templates" className="grid grid-cols-1 gap-3 sm:grid-cols-2">
      {data.map(({ id, title, description }) => (
        <li key={id} className="min-w-0">
          <Card to={`/jobs/new/${id}`} icon={icons[id]} title={title} description={description} />
        </li>
      ))}
      <li className="min-w-0">
        <Card
          to="/jobs/new/blank"
          icon={FilePlus2}
          title="An empty job"
          description="Everything by hand: what starts it, what the persona is asked, where the answer goes, and what it may do unattended."
        />
      </li>
    </ul>
  );
}

function Card({
  to,
  icon: Icon,
  title,
  description,
}: {
  to: string;
  icon: LucideIcon;
  title: string;
  description: string;
}) {
  return (
    <Link
      to={to}
      className="flex h-full gap-3 rounded-xl border border-line bg-surface p-4 shadow-card hover:border-control hover:bg-sunken"
    >
      <span className="grid size-9 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent">
        <Icon className="size-5" aria-hidden />
      </span>
      <span className="grid min-w-0 content-start gap-1">
        <span className="font-semibold">{title}</span>
        <span className="text-ink-2 text-pretty">{description}</span>
      </span>
    </Link>
  );
}
