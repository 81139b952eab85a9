import { useState } from 'react';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { describeError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button } from '../../components/button.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Notice } from '../../components/states.tsx';
import { useWidgetChange, widgetApi } from './api.ts';
import { StateMark } from './state-mark.tsx';

/** Whether it answers, what stands in the way, and the switch that stops it at once. */
export function SwitchPanel({ widget }: { widget: WidgetView }) {
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const { id, name, isOn, problems } = widget;
  const { mutate, mutateAsync, isPending, error } = useWidgetChange(id, async (on: boolean) => {
    // Whatever else was changed meanwhile, the switch is what counts now.
    const { revision } = await widgetApi.get(id);
    return widgetApi.change(id, { revision, isOn: on });
  });
  const others = isOn ? problems : problems.slice(1);
  return (
    <section
      aria-label="On or off"
      className={`grid gap-3 rounded-xl border bg-surface p-4 shadow-card md:p-5 ${isOn ? 'border-line' : 'border-bad'}`}
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="grid min-w-0 flex-1 basis-56 gap-0.5">
          <StateMark widget={widget} />
          <p className="text-ink-2 text-pretty">
            {isOn
              ? 'Switched off, it disappears from every page, and answers that are being written are stopped.'
              : 'Nobody is answered, on no page, until it is switched on again.'}
          </p>
        </div>
        {isOn ? (
          <Button look="danger" onClick={() => setAsking(true)}>
            Switch off…
          </Button>
        ) : (
          <Button
            look="primary"
            disabled={isPending}
            onClick={() => mutate(true, { onSuccess: () => announce(`“${name}” is switched on.`) })}
          >
            {isPending ? 'Switching on…' : 'Switch on'}
          </Button>
        )}
      </div>
      {error !== null && !asking && (
        <Notice tone="bad" role="alert">
          {describeError(error)}
        </Notice>
      )}
      {others.length > 0 && (
        <Notice tone="warn" title={isOn ? 'What is to be done' : 'This is to be done as well'}>
          <ul className={others.length > 1 ? 'list-disc ps-4' : ''}>
            {others.map((problem) => (
              <li key={problem}>{problem}</li>
            ))}
          </ul>
        </Notice>
      )}
      <ConfirmDialog
        open={asking}
        title={`Switch off “${name}”?`}
        submit="Switch off"
        sending="Switching off…"
        onClose={() => setAsking(false)}
        onConfirm={async () => {
          await mutateAsync(false);
          announce(`“${name}” is switched off.`);
        }}
      >
        <p className="text-pretty">
          From the next request on nobody is answered any more, on whatever page the tag stands. Nothing is lost: it can
          be switched on again at any time.
        </p>
      </ConfirmDialog>
    </section>
  );
}
