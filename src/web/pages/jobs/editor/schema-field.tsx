import { useMutation } from '@tanstack/react-query';
import { Wand2 } from 'lucide-react';
import { useId, useState } from 'react';
import { describeError } from '../../../api-client.ts';
import { Button } from '../../../components/button.tsx';
import { inputClass } from '../../../components/field.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { type Json, jobApi } from '../api.ts';
import { LongField } from '../fields/long-field.tsx';

/** What an event must look like: JSON Schema, or drawn from an example. */
export function SchemaField({
  value,
  onValue,
  error,
}: {
  value: string;
  onValue: (schema: string) => void;
  error: string | null;
}) {
  return (
    <div className="grid min-w-0 grid-cols-1 gap-3">
      <LongField
        label="What an event must look like (optional)"
        hint="JSON Schema. Events that differ are refused. Left open, any JSON is taken."
        value={value}
        onValue={onValue}
        error={error}
        rows={4}
        code
      />
      <Fold title="Draw it from an example" state="Paste one event as it is sent.">
        <FromSample onDrawn={onValue} />
      </Fold>
    </div>
  );
}

function FromSample({ onDrawn }: { onDrawn: (schema: string) => void }) {
  const id = useId();
  const [sample, setSample] = useState('');
  const draw = useMutation({
    async mutationFn() {
      const { schema } = await jobApi.draftSchema(readSample(sample));
      onDrawn(JSON.stringify(schema, null, 2));
    },
  });
  const problem = draw.error instanceof SampleProblem ? draw.error.message : draw.error && describeError(draw.error);
  return (
    <div className="grid min-w-0 gap-2">
      <label htmlFor={id} className="font-medium">
        An example
      </label>
      <textarea
        id={id}
        rows={5}
        value={sample}
        spellCheck={false}
        onChange={(event) => setSample(event.target.value)}
        placeholder={'{ "order": { "id": 17, "total": 99.5 } }'}
        className={`${inputClass} py-2 font-mono text-xs!`}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button disabled={sample.trim() === '' || draw.isPending} onClick={() => draw.mutate()}>
          <Wand2 className="size-4" aria-hidden />
          Draw the schema
        </Button>
        <p role="status" className="min-w-0 wrap-anywhere">
          {draw.isSuccess && <span className="text-good">Done; it stands above.</span>}
          {problem !== null && <span className="text-bad">{problem}</span>}
        </p>
      </div>
    </div>
  );
}

class SampleProblem extends Error {}

function readSample(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new SampleProblem(`This is no JSON: ${error instanceof Error ? error.message : 'it cannot be read'}.`);
  }
}
