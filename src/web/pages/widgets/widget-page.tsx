import { ArrowLeft, Compass, LoaderCircle } from 'lucide-react';
import { type RefObject, useEffect, useRef, useState } from 'react';
import { Link, useParams } from 'react-router';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { ProblemError } from '../../api-client.ts';
import { useAnnounce } from '../../components/announcements.tsx';
import { Button, buttonClass } from '../../components/button.tsx';
import { LeaveGuard } from '../../components/leave-guard.tsx';
import { EmptyState, ErrorState, LoadingPage, Notice } from '../../components/states.tsx';
import { useNames } from '../../queries.ts';
import { useWidget } from './api.ts';
import { AppearancePart } from './appearance-part.tsx';
import { DeletePanel } from './delete-panel.tsx';
import { KeysPanel } from './keys-panel.tsx';
import { OnSitePanel } from './on-site-panel.tsx';
import { AnswersPart, LimitsPart, PlacesPart } from './settings-parts.tsx';
import { SwitchPanel } from './switch-panel.tsx';
import { UsagePanel } from './usage-panel.tsx';
import { useWidgetEdit, type WidgetEdit } from './use-widget-edit.ts';

export function WidgetPage() {
  const { id = '' } = useParams();
  const { data, error, refetch } = useWidget(id);
  if (data !== undefined) return <Loaded key={data.id} widget={data} />;
  if (error === null) return <LoadingPage />;
  if (error instanceof ProblemError && error.status === 404) return <NoSuchWidget />;
  return (
    <ErrorState heading="h1" title="The widget could not be loaded" error={error} onRetry={() => void refetch()} />
  );
}

function NoSuchWidget() {
  return (
    <EmptyState
      icon={Compass}
      heading="h1"
      title="There is no such widget"
      action={
        <Link to="/widgets" className={buttonClass()}>
          All widgets
        </Link>
      }
    >
      It may have been deleted or belong to another organization, or the link is mistyped.
    </EmptyState>
  );
}

/** Everything about one widget: what it does at the top, its settings, and what is dangerous at the end. */
function Loaded({ widget }: { widget: WidgetView }) {
  const announce = useAnnounce();
  const names = useNames();
  const edit = useWidgetEdit(widget, () => announce('Saved.'));
  const form = useRefusalFocus(edit.refusals);
  const [gone, setGone] = useState(false);
  const { draft, change, problems } = edit;
  const part = { draft, change, problems };
  return (
    <div className="flex h-full flex-col">
      <title>{`${widget.name} – Personas for Ninox`}</title>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto grid max-w-4xl grid-cols-1 gap-5 px-4 py-6 md:px-6">
          <Link
            to="/widgets"
            className="-mt-2 -mb-3 flex min-h-9 items-center gap-1.5 justify-self-start font-medium text-ink-2 hover:text-ink pointer-coarse:min-h-11"
          >
            <ArrowLeft className="size-4" aria-hidden />
            Widgets
          </Link>
          <h1 className="font-semibold text-xl tracking-tight wrap-anywhere">{widget.name}</h1>
          <SwitchPanel widget={widget} />
          <OnSitePanel widget={widget} />
          <UsagePanel widgetId={widget.id} />
          <form
            ref={form}
            id="widget-settings"
            noValidate
            aria-label="Settings"
            className="grid grid-cols-1 gap-5"
            onSubmit={(event) => {
              event.preventDefault();
              if (!edit.saving && edit.dirty) edit.save();
            }}
          >
            <AnswersPart {...part} />
            <PlacesPart {...part} />
            <AppearancePart {...part} personaName={names.persona(draft.personaId)} />
            <LimitsPart {...part} />
          </form>
          <KeysPanel widget={widget} />
          <DeletePanel widget={widget} onGone={() => setGone(true)} />
        </div>
      </div>
      {(edit.dirty || edit.failure !== null) && <SaveBar edit={edit} />}
      <LeaveGuard active={edit.dirty && !edit.saving && !gone} onDiscard={() => setGone(true)} />
    </div>
  );
}

/** Leads to the first thing that is wrong after saving was refused. */
function useRefusalFocus(refusals: number): RefObject<HTMLFormElement | null> {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [refusals]);
  return form;
}

function SaveBar({ edit }: { edit: WidgetEdit }) {
  const wrong = Object.keys(edit.problems).length;
  return (
    <div className="grid gap-2 border-line border-t bg-surface px-4 py-2.5 md:px-6">
      {edit.failure !== null && (
        <Notice
          tone="bad"
          role="alert"
          title="Not saved"
          action={
            edit.overtaken && (
              <Button disabled={edit.saving} onClick={edit.overwrite}>
                Save mine all the same
              </Button>
            )
          }
        >
          {edit.failure}
        </Notice>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="me-auto text-ink-2 text-xs">
          {wrong > 0 ? (
            <span className="font-medium text-bad">
              Not saved: {wrong === 1 ? '1 setting' : `${wrong} settings`} to correct.
            </span>
          ) : (
            'Not saved yet'
          )}
        </p>
        <Button disabled={edit.saving} onClick={edit.discard}>
          Discard
        </Button>
        <Button type="submit" form="widget-settings" look="primary" disabled={edit.saving}>
          {edit.saving && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          Save changes
        </Button>
      </div>
    </div>
  );
}
