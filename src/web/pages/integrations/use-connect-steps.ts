import { useState } from 'react';
import { useSearchParams } from 'react-router';
import type { IntegrationView } from '#channels/http/contract/connections.ts';
import { type Draft, missingIn, type Step, stepToShow } from './connect-draft.ts';

interface ConnectSteps<Name extends Step> {
  readonly step: Name;
  /** What is missing in this step; null until somebody tried to go on. */
  readonly missing: string | null;
  /** True once a step was changed: its heading should take the focus. */
  readonly moved: boolean;
  /** Goes on when nothing is missing here, else says what is. */
  readonly next: () => void;
  readonly back: (() => void) | null;
  readonly goTo: (step: Name) => void;
}

/** Which step is shown. It lives in the address, so that the browser's own way back goes one step back. */
export function useConnectSteps<Name extends Step>(
  steps: readonly Name[],
  draft: Draft,
  integration: IntegrationView,
): ConnectSteps<Name> {
  const [search, setSearch] = useSearchParams();
  const [tried, setTried] = useState<Step | null>(null);
  const [moved, setMoved] = useState(false);
  const missingAt = (step: Step) => missingIn(step, draft, integration);
  const step = stepToShow(search.get('step'), steps, (one) => missingAt(one) === null) as Name;
  const index = steps.indexOf(step);
  const goTo = (to: Name) => {
    setTried(null);
    setMoved(true);
    setSearch({ step: to });
  };
  const before = steps[index - 1];
  const after = steps[index + 1];
  return {
    step,
    missing: tried === step ? missingAt(step) : null,
    moved,
    next: () => {
      if (missingAt(step) !== null) setTried(step);
      else if (after !== undefined) goTo(after);
    },
    back: before === undefined ? null : () => goTo(before),
    goTo,
  };
}
