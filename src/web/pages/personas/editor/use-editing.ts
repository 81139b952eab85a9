import { useCallback, useEffect, useMemo, useState } from 'react';
import type { PersonaDefinition, ToolView } from '#channels/http/contract/personas.ts';
import { type Draft, sameDefinition, toDefinition } from './persona-draft.ts';

/** An edit on its way: what is written, and the state and revision it was begun from. */
export interface Edit {
  /** Null for a persona that is not there yet. */
  readonly revision: number | null;
  readonly base: PersonaDefinition;
  readonly draft: Draft;
}

export interface Editing extends Edit {
  readonly definition: PersonaDefinition;
  readonly dirty: boolean;
  /** True while what is shown was kept from before a reload or a visit elsewhere. */
  readonly restored: boolean;
  readonly change: (patch: Partial<Draft>) => void;
  /** Begins anew from another state. */
  readonly begin: (edit: Edit) => void;
  /** Takes what was kept out of this tab. */
  readonly forget: () => void;
}

/** Holds an edit and keeps it for this tab, so that a reload does not lose it. */
export function useEditing(key: string, fresh: Edit, tools: readonly ToolView[]): Editing {
  const storageKey = `draft:persona:${key}`;
  const [{ edit, restored }, setState] = useState(() => {
    const kept = readEdit(storageKey);
    return { edit: kept ?? fresh, restored: kept !== null };
  });
  const definition = useMemo(() => toDefinition(edit.draft, tools), [edit.draft, tools]);
  const dirty = !sameDefinition(definition, edit.base);
  useEffect(() => {
    if (dirty) writeEdit(storageKey, edit);
    else forgetEdit(storageKey);
  }, [storageKey, edit, dirty]);
  const change = useCallback(
    (patch: Partial<Draft>) =>
      setState((last) => ({ ...last, edit: { ...last.edit, draft: { ...last.edit.draft, ...patch } } })),
    [],
  );
  const begin = useCallback((next: Edit) => setState({ edit: next, restored: false }), []);
  const forget = useCallback(() => forgetEdit(storageKey), [storageKey]);
  return { ...edit, definition, dirty, restored: restored && dirty, change, begin, forget };
}

/** Counts up when what is kept looks different, so that an older page's drafts are left alone. */
const shape = 3;

function readEdit(key: string): Edit | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as { shape?: number; edit: Edit } | null;
    return kept?.shape === shape ? kept.edit : null;
  } catch {
    return null;
  }
}

function writeEdit(key: string, edit: Edit): void {
  try {
    sessionStorage.setItem(key, JSON.stringify({ shape, edit }));
  } catch {
    // Storage is refused or full: the draft then lives as long as the page.
  }
}

function forgetEdit(key: string): void {
  try {
    sessionStorage.removeItem(key);
  } catch {
    // Where nothing can be kept there is nothing to forget.
  }
}
