import { useState } from 'react';
import type { ModelListView } from '#channels/http/contract/personas.ts';
import { Field, inputClass, TextField } from '../../../components/field.tsx';
import { errorOf, type PartProps, Section } from './section.tsx';

/** No model is called this: their ids have a slash. */
const other = 'other';

/** Which model answers: the default one, one that is listed, or another one of a provider there is a key for. */
export function ModelPart({ draft, change, problems, models }: PartProps & { models: ModelListView }) {
  const listed = draft.model === '' || models.items.some((model) => model.id === draft.model);
  const [writing, setWriting] = useState(!listed);
  const standard = models.items.find((model) => model.isDefault);
  const isDemo = draft.model === '' ? standard?.isDemo : models.items.find(({ id }) => id === draft.model)?.isDemo;
  const choose = (value: string) => {
    setWriting(value === other);
    change({ model: value === other ? '' : value });
  };
  const error = errorOf(problems, 'model');
  return (
    <Section title="Model">
      <Field
        label="Who answers"
        error={writing ? null : error}
        hint={isDemo === true ? 'The offline demo model understands a few sentences only. It needs no key.' : undefined}
      >
        {(ids) => (
          <select
            {...ids}
            value={writing ? other : draft.model}
            onChange={(event) => choose(event.target.value)}
            className={inputClass}
          >
            <option value="">The service’s default{standard === undefined ? '' : `: ${nameOf(standard)}`}</option>
            {models.items.map((model) => (
              <option key={model.id} value={model.id}>
                {nameOf(model)}
                {model.isDefault ? ', the default now' : ''}
              </option>
            ))}
            {!writing && !listed && <option value={draft.model}>{draft.model}</option>}
            <option value={other}>Another model…</option>
          </select>
        )}
      </Field>
      {writing && (
        <TextField
          label="Model id"
          value={draft.model}
          onValue={(model) => change({ model })}
          error={error}
          placeholder="provider/model"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          hint={`As the provider calls it, with the provider before it. There is a key for: ${models.providers.join(', ') || 'none'}.`}
        />
      )}
    </Section>
  );
}

function nameOf({ id, isDemo }: ModelListView['items'][number]): string {
  return isDemo ? `${id} (offline demo)` : id;
}
