import { useState } from 'react';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import type { Json, Trigger } from '../api.ts';
import { LongField } from '../fields/long-field.tsx';

/** What stands for an event in a test run. */
export function TrialPayload({
  trigger,
  onPayload,
}: {
  trigger: Trigger['kind'];
  onPayload: (payload: Json | undefined) => void;
}) {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  if (trigger !== 'webhook' && trigger !== 'ninox_change') return null;
  const read = (next: string) => {
    setText(next);
    setProblem(null);
    if (next.trim() === '') return onPayload(undefined);
    try {
      onPayload(JSON.parse(next) as Json);
    } catch {
      setProblem('This is no JSON yet, so it is not used.');
      onPayload(undefined);
    }
  };
  return (
    <Fold title="What stands for the event in a test run" state="An example as JSON; without one it is empty.">
      <LongField label="Example" hint={undefined} error={problem} value={text} onValue={read} rows={5} code />
    </Fold>
  );
}
