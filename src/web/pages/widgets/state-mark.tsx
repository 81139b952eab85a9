import { CircleCheck, CirclePause, TriangleAlert } from 'lucide-react';
import type { WidgetView } from '#channels/http/contract/widgets.ts';

const states = {
  on: { icon: CircleCheck, words: 'On', className: 'text-good' },
  stuck: { icon: TriangleAlert, words: 'On, but does not answer', className: 'text-warn' },
  off: { icon: CirclePause, words: 'Switched off', className: 'text-bad' },
} as const;

/** Whether visitors are answered: an icon and the words, never colour alone. */
export function StateMark({ widget: { isOn, problems } }: { widget: Pick<WidgetView, 'isOn' | 'problems'> }) {
  const { icon: Icon, words, className } = states[isOn ? (problems.length === 0 ? 'on' : 'stuck') : 'off'];
  return (
    <span className={`inline-flex items-center gap-1.5 font-medium ${className}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      {words}
    </span>
  );
}
