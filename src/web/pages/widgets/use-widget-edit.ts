import { useMemo, useState } from 'react';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { describeError, ProblemError } from '../../api-client.ts';
import { useWidgetChange, widgetApi } from './api.ts';
import { changeOf, findProblems, type Problems, placeProblems, toDraft, type WidgetDraft } from './widget-draft.ts';

export interface WidgetEdit {
  readonly draft: WidgetDraft;
  readonly change: (patch: Partial<WidgetDraft>) => void;
  readonly problems: Problems;
  readonly dirty: boolean;
  readonly saving: boolean;
  /** What went wrong that belongs to no setting. */
  readonly failure: string | null;
  /** Somebody else was faster: what is written here was not stored. */
  readonly overtaken: boolean;
  /** Counts the attempts that were refused, for the focus to follow. */
  readonly refusals: number;
  readonly save: () => void;
  /** Stores what was changed here over the newest state. */
  readonly overwrite: () => void;
  /** Begins anew from the newest state; what was written is gone. */
  readonly discard: () => void;
}

interface Refusal {
  readonly problems: Problems;
  readonly failure: string | null;
  readonly overtaken: boolean;
  readonly draft: WidgetDraft | null;
}

const none: Refusal = { problems: {}, failure: null, overtaken: false, draft: null };

/** Holds what is written of a widget's settings, and saves what differs from the state it was begun from. */
export function useWidgetEdit(widget: WidgetView, onSaved: () => void): WidgetEdit {
  const [{ base, draft }, setEdit] = useState(() => ({ base: widget, draft: toDraft(widget) }));
  const [refusal, setRefusal] = useState<Refusal>(none);
  const [refusals, setRefusals] = useState(0);
  const changed = useMemo(() => changeOf(draft, base), [draft, base]);
  const dirty = Object.keys(changed).length > 0;
  // Where nothing is written, the newest state is what is shown; being switched off or on is no setting of the form.
  if (widget !== base && (!dirty || isOnlySwitched(base, widget))) {
    setEdit({ base: widget, draft: dirty ? draft : toDraft(widget) });
  }
  const begin = (newest: WidgetView) => {
    setEdit({ base: newest, draft: toDraft(newest) });
    setRefusal(none);
  };
  const refuse = (next: Omit<Refusal, 'draft'>) => {
    setRefusal({ ...next, draft });
    setRefusals((count) => count + 1);
  };
  const { mutate, isPending } = useWidgetChange(widget.id, async (over: boolean) => {
    const revision = over ? (await widgetApi.get(widget.id)).revision : base.revision;
    return widgetApi.change(widget.id, { revision, ...changed });
  });
  const send = (over: boolean) =>
    mutate(over, {
      onSuccess(saved) {
        begin(saved);
        onSaved();
      },
      onError: (error) => refuse(refusalOf(error)),
    });
  const discarding = useWidgetChange(widget.id, () => widgetApi.get(widget.id));
  return {
    draft,
    change: (patch) => setEdit((last) => ({ ...last, draft: { ...last.draft, ...patch } })),
    problems: problemsLeft(refusal, draft),
    dirty,
    saving: isPending || discarding.isPending,
    failure: refusal.failure,
    overtaken: refusal.overtaken,
    refusals,
    save() {
      const problems = findProblems(draft);
      if (Object.keys(problems).length > 0) return refuse({ ...none, problems });
      setRefusal(none);
      send(false);
    },
    overwrite: () => send(true),
    discard: () =>
      discarding.mutate(undefined, {
        onSuccess: begin,
        onError: (error) => refuse(refusalOf(error)),
      }),
  };
}

function isOnlySwitched(before: WidgetView, after: WidgetView): boolean {
  return after.revision - before.revision <= 1 && Object.keys(changeOf(toDraft(before), after)).length === 0;
}

function refusalOf(error: unknown): Omit<Refusal, 'draft'> {
  const refused = error instanceof ProblemError;
  if (refused && error.code === 'INPUT_INVALID') {
    const { problems, rest } = placeProblems(error.detail);
    return { problems, failure: rest, overtaken: false };
  }
  return { problems: {}, failure: describeError(error), overtaken: refused && error.code === 'WIDGET_CHANGED' };
}

/** What of a refusal still counts: the settings nobody has touched since, and those that are still wrong. */
function problemsLeft({ problems, draft: refused }: Refusal, draft: WidgetDraft): Problems {
  if (refused === null || refused === draft) return problems;
  const wrong = findProblems(draft);
  const left = Object.entries(problems).flatMap(([path, problem]): [string, string][] => {
    const still = valueAt(refused, path) === valueAt(draft, path) ? problem : wrong[path];
    return still === undefined ? [] : [[path, still]];
  });
  return Object.fromEntries(left);
}

function valueAt(draft: WidgetDraft, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], draft);
}
