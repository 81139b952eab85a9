import { LoaderCircle, RotateCcw } from 'lucide-react';
import { useEffect, useMemo, useRef } from 'react';
import { Link, useNavigate } from 'react-router';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import type { ModelListView } from '#channels/http/contract/personas.ts';
import { useAnnounce } from '../../../components/announcements.tsx';
import { Button, buttonClass } from '../../../components/button.tsx';
import { LeaveGuard } from '../../../components/leave-guard.tsx';
import { Notice } from '../../../components/states.tsx';
import { useEveryMember } from '../api.ts';
import { countOf } from '../persona-words.ts';
import { useDiffNames } from '../use-diff-names.ts';
import { limitsNamed } from '../use-limit-names.ts';
import { ApprovalPart } from './approval-part.tsx';
import { ConflictDialog } from './conflict-dialog.tsx';
import { connectionInUse } from './connection-in-use.ts';
import { ConnectionPart } from './connection-part.tsx';
import { GuestsPart } from './guests-part.tsx';
import { IdentityPart } from './identity-part.tsx';
import { ModelPart } from './model-part.tsx';
import { toDraft } from './persona-draft.ts';
import { LimitPart, ScopePart } from './rights-parts.tsx';
import { BudgetPart, ChannelPart, StarterPart } from './running-parts.tsx';
import { SafeguardPart } from './safeguard-part.tsx';
import { Summary } from './summary.tsx';
import { type Edit, useEditing } from './use-editing.ts';
import { type Saving, useSave } from './use-save.ts';

interface Surroundings {
  readonly integrations: readonly IntegrationView[];
  readonly connections: readonly ConnectionView[];
  readonly models: ModelListView;
  /** Names for ids in the persona's limits. */
  readonly names: Readonly<Record<string, string>>;
}

interface EditorProps extends Surroundings {
  readonly personaId: string | null;
  /** What is written is kept under it. */
  readonly draftKey: string;
  readonly fresh: Edit;
}

/** The form of one persona, with a summary of what it may do beside it. */
export function Editor({ personaId, draftKey, fresh, integrations, connections, models, names }: EditorProps) {
  const navigate = useNavigate();
  const announce = useAnnounce();
  const tools = useMemo(() => integrations.flatMap((integration) => integration.tools), [integrations]);
  const editing = useEditing(draftKey, fresh, tools);
  const { draft, change, dirty } = editing;
  const members = useEveryMember().data;
  const diffNames = useDiffNames(personaId, limitsNamed(editing.base), {
    ...draft.limitNames,
    ...draft.publicNames,
    ...draft.guestNames,
  });
  const saving = useSave({
    personaId,
    editing,
    checks: { providers: models.providers, tools },
    onSaved({ persona }) {
      editing.forget();
      announce(
        personaId === null ? `Created “${persona.name}”.` : `Saved “${persona.name}”, revision ${persona.revision}.`,
      );
      void navigate(`/personas/${persona.id}`);
    },
  });
  const form = useRefusalFocus(saving);
  const limited = limitedIntegration(integrations);
  const inUse = connectionInUse(connections, limited, draft.connections[limited] ?? null);
  const part = { draft, change, problems: saving.problems };
  const home = personaId === null ? '/personas' : `/personas/${personaId}`;
  return (
    <>
      <form
        ref={form}
        noValidate
        aria-label={personaId === null ? 'New persona' : `Edit ${fresh.base.name}`}
        className="flex h-full flex-col"
        onSubmit={(event) => {
          event.preventDefault();
          if (!saving.saving) saving.save();
        }}
      >
        <div className="min-h-0 flex-1 overflow-y-auto">
          <div className="mx-auto grid max-w-6xl grid-cols-1 items-start gap-8 px-4 py-6 md:px-6 xl:grid-cols-[minmax(0,1fr)_19rem]">
            <div className="grid min-w-0 grid-cols-1 gap-6">
              <h1 className="font-semibold text-xl tracking-tight wrap-anywhere">
                {personaId === null ? 'New persona' : `Edit ${fresh.base.name}`}
              </h1>
              {editing.restored && <Restored onDiscard={() => editing.begin(fresh)} />}
              <IdentityPart {...part} />
              <ModelPart {...part} models={models} />
              <ConnectionPart {...part} integrations={integrations} connections={connections} />
              <ScopePart {...part} integrations={integrations} inUse={inUse} />
              <LimitPart {...part} names={names} inUse={inUse} />
              <ApprovalPart {...part} tools={tools} before={editing.base.approvals} members={members} />
              <SafeguardPart {...part} tools={tools} names={names} inUse={inUse} />
              <BudgetPart {...part} />
              <ChannelPart {...part} />
              <GuestsPart {...part} integrations={integrations} names={names} inUse={inUse} />
              <StarterPart {...part} />
            </div>
            <div className="xl:sticky xl:top-6">
              <Summary draft={draft} tools={tools} names={names} connections={connections} members={members ?? []} />
            </div>
          </div>
        </div>
        <SaveBar saving={saving} dirty={dirty} isNew={personaId === null} home={home} />
      </form>
      <LeaveGuard active={dirty && !saving.saving} onDiscard={editing.forget} />
      <ConflictDialog
        newest={saving.newest}
        mine={editing.definition}
        names={diffNames}
        busy={saving.saving}
        onOverwrite={saving.overwrite}
        onClose={saving.settle}
        onTakeTheirs={() => {
          const { newest } = saving;
          if (newest === null) return;
          const { definition, persona } = newest;
          editing.begin({ revision: persona.revision, base: definition, draft: toDraft(definition, draft.limitNames) });
          saving.settle();
          announce(`This is revision ${persona.revision} now. What you had written is gone.`);
        }}
      />
    </>
  );
}

/** Limits are written in the ids of one integration; its connection is what their names are picked from. */
function limitedIntegration(integrations: readonly IntegrationView[]): string {
  return (integrations.find(({ name }) => name === 'ninox') ?? integrations[0])?.name ?? 'ninox';
}

/** Leads to the first thing that is wrong after saving was refused. */
function useRefusalFocus({ refusals }: Saving) {
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (refusals === 0) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"], [data-problem]')?.focus();
  }, [refusals]);
  return form;
}

function Restored({ onDiscard }: { onDiscard: () => void }) {
  return (
    <Notice
      tone="plain"
      icon={RotateCcw}
      title="Your unsaved changes are back"
      role="status"
      action={<Button onClick={onDiscard}>Discard them</Button>}
    >
      They were kept in this tab since you were here last.
    </Notice>
  );
}

function SaveBar({ saving, dirty, isNew, home }: { saving: Saving; dirty: boolean; isNew: boolean; home: string }) {
  const wrong = Object.keys(saving.problems).length;
  return (
    <div className="grid gap-2 border-line border-t bg-surface px-4 py-2.5 md:px-6">
      {saving.failure !== null && (
        <Notice tone="bad" role="alert" title="Not saved">
          {saving.failure}
        </Notice>
      )}
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="me-auto text-ink-2 text-xs">
          {wrong > 0 && (
            <span className="font-medium text-bad">Not saved: {countOf(wrong, 'setting')} to correct. </span>
          )}
          {wrong === 0 && (dirty ? 'Not saved yet' : !isNew && 'Nothing changed')}
        </p>
        <Link to={home} className={buttonClass()}>
          Cancel
        </Link>
        <Button type="submit" look="primary" disabled={saving.saving || (!isNew && !dirty)}>
          {saving.saving && <LoaderCircle className="size-4 animate-spin" aria-hidden />}
          {isNew ? 'Create persona' : 'Save changes'}
        </Button>
      </div>
    </div>
  );
}
