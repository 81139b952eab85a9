import { CircleCheck, CircleSlash, CircleX, Clock, Gauge, Hand, Info, type LucideIcon, Undo2 } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import type { ApprovalView } from '#channels/http/contract/approvals.ts';
import { formatMoment } from '../../format.ts';
import { useNow } from '../../use-now.ts';
import { Notice } from '../states.tsx';
import { useFocusHandedOn } from '../use-focus-handed-on.ts';
import { ApprovalEnd } from './approval-end.tsx';
import { describeMoment, describeWhy, endsIn, type State, stateOf, summaryOf } from './approval-words.ts';
import { BudgetForm } from './budget-form.tsx';
import { Arguments, Changes, ModelWords } from './call-parts.tsx';
import { DecideForm } from './decide-form.tsx';
import { PlanView } from './plan-view.tsx';
import { useName, useNameList } from './use-name.ts';

interface CardProps {
  readonly approval: ApprovalView;
  readonly heading?: 'h2' | 'h3';
  readonly onReplaced: (next: ApprovalView) => void;
}

const borders: Readonly<Record<State['tone'], string>> = {
  wait: 'border-warn',
  good: 'border-line',
  bad: 'border-line',
  over: 'border-line',
};

/** One question to a person: what exactly would happen, why it is asked, and the answers there are. */
export function ApprovalCard({ approval, heading: Heading = 'h3', onReplaced }: CardProps) {
  const summaryId = useId();
  const card = useRef<HTMLElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  useFocusHandedOn(card);
  const [problem, setProblem] = useState<string | null>(null);
  const { plan, words, kind } = approval;
  const focusTitle = () => title.current?.focus();
  const replaced = (next: ApprovalView) => {
    onReplaced(next);
    focusTitle();
  };
  return (
    <article
      ref={card}
      aria-labelledby={summaryId}
      data-approval={approval.status}
      className={`scroll-mt-4 overflow-hidden rounded-xl border bg-surface shadow-card ${borders[stateOf(approval).tone]}`}
    >
      <CardHead approval={approval} />
      <div className="grid grid-cols-1 gap-3.5 px-4 py-4">
        <Heading
          ref={title}
          id={summaryId}
          tabIndex={-1}
          className="font-semibold text-base text-pretty outline-none wrap-anywhere"
        >
          {summaryOf(approval)}
        </Heading>
        {kind === 'budget' && plan !== null && <p className="text-pretty">What would come next: {plan.summary}.</p>}
        {plan !== null && <PlanView plan={plan} moment={describeMoment(approval)} isUndo={kind === 'undo'} />}
        {approval.editor !== null && approval.askedFor !== null && (
          <Changes approval={approval} editor={approval.editor} />
        )}
        {words !== null && words.trim() !== '' && <ModelWords words={words} />}
        <Circumstances approval={approval} />
        {kind !== 'budget' && <Arguments value={approval.arguments} />}
        {problem !== null && <Problem text={problem} />}
        <Answer
          approval={approval}
          summaryId={summaryId}
          onProblem={setProblem}
          onDecide={focusTitle}
          onReplaced={replaced}
        />
      </div>
    </article>
  );
}

const marks: Readonly<Record<State['tone'], { readonly icon: LucideIcon; readonly className: string }>> = {
  wait: { icon: Hand, className: 'bg-warn-soft text-warn' },
  good: { icon: CircleCheck, className: 'bg-good-soft text-good' },
  bad: { icon: CircleX, className: 'bg-bad-soft text-bad' },
  over: { icon: CircleSlash, className: 'bg-sunken text-ink-2' },
};

const kindMarks: Readonly<Record<ApprovalView['kind'], { readonly icon: LucideIcon | null; readonly title: string }>> =
  {
    call: { icon: null, title: 'A call' },
    budget: { icon: Gauge, title: 'Limit reached' },
    undo: { icon: Undo2, title: 'Undo' },
  };

function CardHead({ approval }: { approval: ApprovalView }) {
  const { title, tone } = stateOf(approval);
  const { icon, className } = marks[tone];
  const kind = kindMarks[approval.kind];
  const Icon = tone === 'wait' ? (kind.icon ?? icon) : icon;
  const toolTitle = approval.tool?.title ?? kind.title;
  return (
    <header className={`flex flex-wrap items-center gap-x-3 gap-y-0.5 px-4 py-2 ${className}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      <span className="font-semibold max-sm:flex-1">{title}</span>
      <span className="min-w-0 flex-1 basis-40 wrap-anywhere text-ink-2 text-xs max-sm:order-last max-sm:basis-full">
        {approval.kind === 'call' ? toolTitle : `${kind.title}${approval.tool === null ? '' : `: ${toolTitle}`}`}
      </span>
      {approval.status === 'pending' && <EndsIn expiresAt={approval.expiresAt} />}
    </header>
  );
}

/** How long there still is to decide. */
export function EndsIn({ expiresAt }: { expiresAt: string }) {
  const now = useNow(20_000);
  return (
    <span className="inline-flex items-center gap-1 whitespace-nowrap text-xs">
      <Clock className="size-3.5 shrink-0" aria-hidden />
      <time dateTime={expiresAt} title={`Until ${formatMoment(expiresAt)}`}>
        {endsIn(expiresAt, now) ?? 'time is up'}
      </time>
    </span>
  );
}

/** Who asked, as whom, and why a person is asked. */
function Circumstances({ approval }: { approval: ApprovalView }) {
  const why = describeWhy(approval);
  const requester = useName(approval.requester, 'you');
  return (
    <div className="grid gap-1 text-ink-2 text-xs text-pretty">
      {why !== null && <p className={approval.why === 'outside_text' ? 'font-medium text-warn' : ''}>{why}</p>}
      <p className="wrap-anywhere">
        {approval.kind === 'undo'
          ? `Asked by ${requester}, to take back what ${approval.persona.name} did`
          : `${approval.persona.name} asks on behalf of ${requester}`}
        ,{' '}
        <time dateTime={approval.createdAt} className="whitespace-nowrap">
          {formatMoment(approval.createdAt)}
        </time>
        {approval.connection !== null && (
          <>
            , with the connection <span className="font-medium">{approval.connection.label}</span>
          </>
        )}
        .{approval.status === 'pending' && <WhoDecides approval={approval} />}
      </p>
    </div>
  );
}

function WhoDecides({ approval: { approvers, fourEyes } }: { approval: ApprovalView }) {
  const names = useNameList(approvers ?? []);
  if (approvers !== null) return ` Only ${names} may decide${fourEyes ? ', and not on their own request' : ''}.`;
  return fourEyes ? ' An owner or admin decides, but never whoever asked.' : null;
}

function Problem({ text }: { text: string }) {
  return (
    <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2 wrap-anywhere">
      {text}
    </p>
  );
}

function Answer(props: {
  approval: ApprovalView;
  summaryId: string;
  onProblem: (problem: string | null) => void;
  onDecide: () => void;
  onReplaced: (next: ApprovalView) => void;
}) {
  const { approval, onProblem, onDecide } = props;
  const { status, mayDecide, mayNotBecause, budget } = approval;
  if (status !== 'pending') return <ApprovalEnd approval={approval} />;
  if (!mayDecide && mayNotBecause === null && Date.parse(approval.expiresAt) <= Date.now()) {
    return (
      <Notice tone="plain" icon={Clock} title="Time is up">
        Nobody decided in time, so it is not done. The persona is told in a moment.
      </Notice>
    );
  }
  if (!mayDecide) {
    return (
      <Notice tone="plain" icon={Info} title="You cannot decide on this">
        {mayNotBecause ?? 'Somebody else has to.'}
      </Notice>
    );
  }
  if (budget !== null)
    return <BudgetForm approval={approval} budget={budget} onProblem={onProblem} onDecide={onDecide} />;
  return <DecideForm key={`${approval.id} ${approval.hash}`} {...props} />;
}
