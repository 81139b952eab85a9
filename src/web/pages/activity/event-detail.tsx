import { ArrowLeft, MessagesSquare, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { AuditDetailView, AuditEventView } from '#channels/http/contract.ts';
import { ProblemError } from '../../api-client.ts';
import { buttonClass } from '../../components/button.tsx';
import { CopyButton } from '../../components/copy-button.tsx';
import { JsonBlock } from '../../components/json-block.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { formatDuration, formatMoment } from '../../format.ts';
import { type Names, useAuditEvent, useIntent } from '../../queries.ts';
import { describeActor, describeCode, outcomeOfAction } from '../../words.ts';

/** One event with everything that was recorded of it. */
export function EventDetail({ id, names }: { id: string; names: Names }) {
  const { search } = useLocation();
  const { data, error, refetch } = useAuditEvent(id);
  const heading = useRef<HTMLHeadingElement>(null);
  const loaded = data !== undefined;
  useEffect(() => {
    if (loaded) heading.current?.focus({ preventScroll: true });
  }, [loaded]);
  const back = `/activity${search}`;
  return (
    <section aria-label="Event" className="flex h-full flex-col bg-surface">
      <h1 className="sr-only lg:hidden">Activity</h1>
      <header className="flex min-h-13 items-center justify-between gap-2 border-line border-b ps-2 pe-2 lg:ps-6">
        <Link to={back} className={buttonClass('quiet', 'lg:hidden')}>
          <ArrowLeft className="size-4" aria-hidden />
          Back to Activity
        </Link>
        <h2 ref={heading} tabIndex={-1} className="min-w-0 flex-1 truncate font-semibold outline-none max-lg:sr-only">
          {data === undefined ? 'Event' : names.tool(data.event.tool)}
        </h2>
        <Link to={back} aria-label="Close" title="Close" className={buttonClass('quiet', 'min-w-9 max-lg:hidden')}>
          <X className="size-4" aria-hidden />
        </Link>
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-4 lg:px-6">
        {data === undefined && error === null && <LoadingDetail />}
        {data === undefined && error !== null && <DetailProblem error={error} onRetry={() => void refetch()} />}
        {data !== undefined && <Recorded detail={data} names={names} />}
      </div>
    </section>
  );
}

function Recorded({ detail: { event, body }, names }: { detail: AuditDetailView; names: Names }) {
  const plain = describeCode(event.code);
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid gap-1">
        <p className="font-semibold text-base lg:hidden">{names.tool(event.tool)}</p>
        <div className="flex flex-wrap items-center gap-x-3 text-ink-2">
          <OutcomeBadge outcome={outcomeOfAction[event.action]} />
          <time dateTime={event.at}>{formatMoment(event.at)}</time>
          {event.durationMs !== null && <span>{formatDuration(event.durationMs)}</span>}
        </div>
        {plain !== null && <p className="mt-1 text-pretty">{plain}</p>}
      </div>
      <Link to={`/c/${event.conversationId}`} className={buttonClass('secondary', 'justify-self-start')}>
        <MessagesSquare className="size-4" aria-hidden />
        Open the conversation
      </Link>
      {body === null ? (
        <p className="rounded-lg bg-sunken px-3 py-2.5 text-ink-2">
          The content of this event was erased. Who did what and when stays on record and stays provable.
        </p>
      ) : (
        <Body event={event} body={body} />
      )}
      <Facts event={event} names={names} />
    </div>
  );
}

function Body({ event, body }: { event: AuditEventView; body: NonNullable<AuditDetailView['body']> }) {
  const intent = useIntent(event);
  const prompt = body.prompt ?? intent.data?.body?.prompt;
  const args = body.arguments ?? intent.data?.body?.arguments;
  return (
    <>
      {body.error !== undefined && <JsonBlock label="Error" value={body.error} />}
      {prompt !== undefined && <JsonBlock label="Prompt" value={prompt} />}
      {args !== undefined && <JsonBlock label="Arguments" value={args} />}
      {body.response !== undefined && <JsonBlock label="Response" value={body.response} />}
    </>
  );
}

function Facts({ event, names }: { event: AuditEventView; names: Names }) {
  return (
    <section aria-labelledby="facts-heading" className="grid gap-1">
      <h3 id="facts-heading" className="font-semibold text-ink-2 text-xs">
        On record
      </h3>
      <dl className="grid grid-cols-[8.5rem_1fr] items-center text-xs">
        <Fact name="Event number">{event.seq}</Fact>
        <Fact name="Asked by">{describeActor(event.actor)}</Fact>
        <Fact name="Persona">{names.persona(event.personaId)}</Fact>
        <Fact name="Persona version" copy={event.personaVersion} />
        <Fact name="Channel">{event.channel}</Fact>
        <Fact name="Tool">
          <code className="font-mono">{event.tool}</code>
        </Fact>
        {event.code !== null && (
          <Fact name="Code">
            <code className="font-mono">{event.code}</code>
          </Fact>
        )}
        <Fact name="Credits">{event.credits}</Fact>
        <Fact name="Connection">{event.connectionId ?? 'None: the call never got that far'}</Fact>
        <Fact name="Conversation id" copy={event.conversationId} />
        <Fact name="Run id" copy={event.runId} />
        <Fact name="Call id" copy={event.callId} />
        <Fact name="Event id" copy={event.id} />
        <Fact name="Seal" copy={event.hash} />
        <Fact name="Seal before it" copy={event.previousHash} />
      </dl>
    </section>
  );
}

function Fact({ name, copy, children }: { name: string; copy?: string; children?: ReactNode }) {
  return (
    <>
      <dt className="self-start py-1.5 text-ink-3">{name}</dt>
      <dd className="flex min-w-0 items-center justify-between gap-1 py-1.5">
        {copy === undefined ? (
          <span className="wrap-anywhere">{children}</span>
        ) : (
          <>
            <span className="wrap-anywhere font-mono">{copy === '' ? 'None' : copy}</span>
            <CopyButton text={copy} label={`Copy ${name.toLowerCase()}`} className="-my-2" />
          </>
        )}
      </dd>
    </>
  );
}

function DetailProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ProblemError && error.status === 404) {
    return <EmptyState icon={X} title="There is no such event" />;
  }
  return <ErrorState title="The event could not be loaded" error={error} onRetry={onRetry} />;
}

function LoadingDetail() {
  return (
    <Skeleton label="Loading the event">
      <div className="grid gap-4">
        <Bar className="h-5 w-56" />
        <Bar className="h-20 w-full" />
        <Bar className="h-32 w-full" />
      </div>
    </Skeleton>
  );
}
