import { useQuery } from '@tanstack/react-query';
import { CircleDot } from 'lucide-react';
import { Link, useLocation } from 'react-router';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import type { EffectView } from '#channels/http/contract/effects.ts';
import { api } from '../../api-client.ts';
import { approvalQuery, useEffectOf } from '../../approval-queries.ts';
import { ApprovalLink } from '../../components/undo/undo-report.tsx';
import { UndoSection } from '../../components/undo/undo-section.tsx';
import { formatMoment, splitMoment } from '../../format.ts';
import { useMay, useSession } from '../../session.tsx';
import { type LifeStep, lifeOf } from './call-life.ts';
import { isCall, isDecision } from './event-words.ts';

/** The life of the call that an event is about, step by step, and the way to take it back. */
export function CallLife({ event }: { event: AuditEventView }) {
  const { callId, runId, tool } = event;
  if (callId === null || runId === null || tool === null) return null;
  if (!isCall(event.action) && !isDecision(event.action)) return null;
  return <Life of={{ callId, runId, tool }} openId={event.id} />;
}

interface CallPlace {
  readonly callId: string;
  readonly runId: string;
  readonly tool: string;
}

function Life({ of, openId }: { of: CallPlace; openId: string }) {
  const { user } = useSession();
  const { search } = useLocation();
  const may = useMay();
  const { events, effect, approval } = useLife(of);
  const steps = lifeOf({ events, effect, approval, you: user.id });
  if (steps.length === 0) return null;
  return (
    <section aria-labelledby="life-heading" className="grid gap-2">
      <h3 id="life-heading" className="font-semibold text-ink-2 text-xs">
        Step by step
      </h3>
      <ol aria-label="Step by step" className="grid">
        {steps.map((step) => (
          <Step key={step.key} step={step} open={step.eventId === openId} search={search} />
        ))}
      </ol>
      {effect !== null && effect.approvalId !== null && may('approvals:read') && (
        <ApprovalLink id={effect.approvalId} text="See what was approved, with the record’s fields" />
      )}
      {effect !== null && isUndoable(effect) && <UndoSection callId={effect.id} what={effect.tool.title} eager />}
    </section>
  );
}

const tones: Readonly<Record<LifeStep['tone'], string>> = {
  plain: 'text-ink-3',
  good: 'text-good',
  bad: 'text-bad',
  warn: 'text-warn',
};

function Step({ step, open, search }: { step: LifeStep; open: boolean; search: string }) {
  const { at, text, tone, eventId } = step;
  return (
    <li className="relative grid grid-cols-[auto_1fr_auto] items-baseline gap-x-2.5 py-1 not-last:before:absolute not-last:before:inset-y-0 not-last:before:start-[0.4375rem] not-last:before:top-5 not-last:before:border-line not-last:before:border-s">
      <CircleDot className={`size-3.5 translate-y-0.5 bg-surface ${tones[tone]}`} aria-hidden />
      {eventId === null || open ? (
        <span aria-current={open ? 'step' : undefined} className={open ? 'font-semibold' : ''}>
          {text}
        </span>
      ) : (
        <Link to={`/activity/${eventId}${search}`} className="rounded-sm hover:underline underline-offset-2">
          {text}
        </Link>
      )}
      <time dateTime={at} title={formatMoment(at)} className="whitespace-nowrap text-ink-3 text-xs tabular-nums">
        {splitMoment(at).time}
      </time>
    </li>
  );
}

function isUndoable({ kind, happened }: EffectView): boolean {
  return kind === 'call' && happened === true;
}

/** What there is to know of one call. The effect and its approval are asked for only where the record says they are there. */
function useLife({ callId, runId, tool }: CallPlace) {
  const may = useMay();
  const all = useQuery({
    queryKey: ['call-life', runId, tool],
    queryFn: ({ signal }) => api.eventsOfRun({ runId, tool }, signal),
    staleTime: 5_000,
  }).data;
  const own = all?.filter((event) => event.callId === callId) ?? [];
  const has = (action: AuditEventView['action']) => own.some((event) => event.action === action);
  const effect = useEffectOf(callId, { enabled: has('tool.planned') && has('tool.intended') }).data ?? null;
  const undoId = effect?.undo.undoId ?? null;
  const approvalId = effect?.approvalId ?? null;
  const approval = useQuery({
    ...approvalQuery(approvalId ?? '', 'one'),
    enabled: approvalId !== null && may('approvals:read') && !has('approval.approved'),
  });
  const ofUndo = all?.filter((event) => undoId !== null && event.callId === undoId) ?? [];
  return { events: [...own, ...ofUndo], effect, approval: approval.data ?? null };
}
