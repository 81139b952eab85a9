import { ArrowLeft, MessagesSquare, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'react-router';
import type { AuditDetailView, AuditEventView } from '#channels/http/contract/audit-events.ts';
import { ProblemError } from '../../api-client.ts';
import { buttonClass } from '../../components/button.tsx';
import { JsonBlock } from '../../components/json-block.tsx';
import { OutcomeBadge } from '../../components/outcome-badge.tsx';
import { Bar, EmptyState, ErrorState, Skeleton } from '../../components/states.tsx';
import { formatDuration, formatMoment } from '../../format.ts';
import { useAuditEvent, useIntent } from '../../queries.ts';
import { useMay } from '../../session.tsx';
import { describeCode, headlineOf } from '../../words.ts';
import { CallLife } from './call-life.tsx';
import { EventFacts } from './event-facts.tsx';
import { type EventNames, outcomeOf, readDetails, sentenceOf, titleOf } from './event-words.ts';

/** One event with everything that was recorded of it. */
export function EventDetail({ id, names }: { id: string; names: EventNames }) {
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
          {data === undefined ? 'Event' : titleOf(data.event, names)}
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

function Recorded({ detail, names }: { detail: AuditDetailView; names: EventNames }) {
  const { event, body, bodyProblem } = detail;
  const may = useMay();
  const sentence = sentenceOf(event, names);
  const isOwn = event.actor.id === names.you;
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="grid gap-1">
        <p className="font-semibold text-base text-pretty lg:hidden">{titleOf(event, names)}</p>
        <div className="flex flex-wrap items-center gap-x-3 text-ink-2">
          <OutcomeBadge outcome={outcomeOf(event)} />
          <time dateTime={event.at}>{formatMoment(event.at)}</time>
          {event.durationMs !== null && <span>{formatDuration(event.durationMs)}</span>}
        </div>
        {sentence !== null && <p className="mt-1 text-pretty wrap-anywhere">{sentence}.</p>}
        <WhatWentWrong event={event} error={body?.error} />
      </div>
      {event.conversationId !== null && isOwn && may('chat') && (
        <Link to={`/c/${event.conversationId}`} className={buttonClass('secondary', 'justify-self-start')}>
          <MessagesSquare className="size-4" aria-hidden />
          Open the conversation
        </Link>
      )}
      <CallLife event={event} />
      {bodyProblem !== null && <MissingBody problem={bodyProblem} />}
      {body !== null && <Body event={event} body={body} />}
      <EventFacts event={event} names={names} />
    </div>
  );
}

/** What was recorded about a failure, once: in the words it was told with, else in plain words for its code. */
function WhatWentWrong({ event: { code }, error }: { event: AuditEventView; error: string | undefined }) {
  const text = error ?? describeCode(code);
  if (text === null) return null;
  const headline = headlineOf(code);
  return (
    <div className="mt-1 grid gap-0.5">
      {headline !== null && <p className="font-semibold">{headline}</p>}
      <p className="whitespace-pre-wrap text-pretty wrap-anywhere">{text}</p>
    </div>
  );
}

const missingBody: Readonly<Record<NonNullable<AuditDetailView['bodyProblem']>, string>> = {
  erased: 'The content of this event was erased. Who did what and when stays on record and stays provable.',
  unreadable:
    'The content of this event cannot be read: it was altered where it is stored, or its key is gone. Ask whoever runs this service to look at its log and its vault.',
};

function MissingBody({ problem }: { problem: NonNullable<AuditDetailView['bodyProblem']> }) {
  return <p className="rounded-lg bg-sunken px-3 py-2.5 text-ink-2">{missingBody[problem]}</p>;
}

function Body({ event, body }: { event: AuditEventView; body: NonNullable<AuditDetailView['body']> }) {
  const intent = useIntent(event);
  const prompt = body.prompt ?? intent.data?.body?.prompt;
  const args = body.arguments ?? intent.data?.body?.arguments;
  return (
    <>
      {prompt !== undefined && <JsonBlock label="Prompt" value={prompt} />}
      {args !== undefined && <JsonBlock label="Arguments" value={args} />}
      {body.response !== undefined && <JsonBlock label="Response" value={body.response} />}
      {body.details !== undefined && <Details details={body.details} />}
    </>
  );
}

/** What an event that is no call was about: short values as lines, the rest as it was recorded. */
function Details({ details }: { details: unknown }) {
  const all = readDetails(details);
  const lines = all.filter(({ line }) => line !== null);
  if (all.length === 0) return null;
  return (
    <>
      {lines.length > 0 && (
        <dl aria-label="Details" className="grid grid-cols-[8.5rem_1fr] gap-y-1.5">
          {lines.map(({ label, line }) => (
            <div key={label} className="contents">
              <dt className="text-ink-3">{label}</dt>
              <dd className="wrap-anywhere">{line}</dd>
            </div>
          ))}
        </dl>
      )}
      {all
        .filter(({ line }) => line === null)
        .map(({ label, value }) => (
          <JsonBlock key={label} label={label} value={value} />
        ))}
    </>
  );
}

function DetailProblem({ error, onRetry }: { error: unknown; onRetry: () => void }) {
  if (error instanceof ProblemError && error.status === 404) {
    return (
      <EmptyState icon={X} title="There is no such event">
        It does not exist, or it is not yours to see.
      </EmptyState>
    );
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
