import type { ReactNode } from 'react';
import { Link } from 'react-router';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { useMay } from '../../session.tsx';
import { actorName, type EventNames, isCall } from './event-words.ts';

const channelWords: Readonly<Record<string, string>> = {
  web: 'This website',
  api: 'API',
  widget: 'Widget',
  slack: 'Slack',
  job: 'Job',
};

/** Who, what and when, as sealed into the chain; what does not apply is left out. */
export function EventFacts({ event, names }: { event: AuditEventView; names: EventNames }) {
  const may = useMay();
  const call = isCall(event.action);
  return (
    <section aria-labelledby="facts-heading" className="grid gap-1">
      <h3 id="facts-heading" className="font-semibold text-ink-2 text-xs">
        On record
      </h3>
      <dl className="grid grid-cols-[8.5rem_1fr] items-center text-xs">
        <Fact name="Event number">{event.seq}</Fact>
        <Fact name={call ? 'Asked by' : 'Done by'}>
          {actorName(event.actor, names.you)}
          {may('audit:read') && (
            <Link to={`/activity?person=${event.actor.id}`} className="ms-2 text-accent underline underline-offset-2">
              Show everything
            </Link>
          )}
        </Fact>
        {event.personaId !== null && <Fact name="Persona">{names.persona(event.personaId)}</Fact>}
        <Fact name="Persona version" copy={event.personaVersion} />
        <Fact name="Channel">{channelWords[event.channel] ?? event.channel}</Fact>
        {event.tool !== null && (
          <Fact name="Tool">
            <code className="font-mono">{event.tool}</code>
          </Fact>
        )}
        {event.code !== null && (
          <Fact name="Code">
            <code className="font-mono">{event.code}</code>
          </Fact>
        )}
        {call && <Fact name="Credits">{event.credits}</Fact>}
        {event.connectionId !== null && <Fact name="Connection">{names.connection(event.connectionId)}</Fact>}
        {call && event.connectionId === null && <Fact name="Connection">None: the call never got that far</Fact>}
        <Fact name="Connection id" copy={event.connectionId} />
        <Fact name="Conversation id" copy={event.conversationId} />
        <Fact name="Run id" copy={event.runId} />
        <Fact name={call ? 'Call id' : 'Export id'} copy={event.callId} />
        <Fact name="Person id" copy={event.actor.id} />
        <Fact name="Event id" copy={event.id} />
        <Fact name="Seal" copy={event.hash} />
        <Fact name="Seal before it" copy={event.previousHash} />
      </dl>
    </section>
  );
}

/** One line; with `copy` an id to be taken along, left out where there is none. */
function Fact({ name, copy, children }: { name: string; copy?: string | null; children?: ReactNode }) {
  if (copy === null) return null;
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
