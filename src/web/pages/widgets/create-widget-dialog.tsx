import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import type { PersonaView } from '#channels/http/contract/personas.ts';
import { ProblemError } from '../../api-client.ts';
import { Button, buttonClass } from '../../components/button.tsx';
import { Field, inputClass } from '../../components/field.tsx';
import { Form, useFieldProblem } from '../../components/form.tsx';
import { NamedTextField } from '../../components/form-fields.tsx';
import { Modal, ModalActions } from '../../components/modal.tsx';
import { Bar, ErrorState, Skeleton } from '../../components/states.tsx';
import { usePersonas } from '../../queries.ts';
import { widgetApi } from './api.ts';
import { most, originsProblem, readOrigins } from './widget-draft.ts';

/** Asks for what a widget cannot be without; everything else is set on its page. */
export function CreateWidgetDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Modal open={open} title="New widget" onClose={onClose}>
      <Content onClose={onClose} />
    </Modal>
  );
}

function Content({ onClose }: { onClose: () => void }) {
  const { data, error, refetch } = usePersonas();
  if (data === undefined) {
    if (error !== null)
      return <ErrorState title="The personas could not be loaded" error={error} onRetry={() => void refetch()} />;
    return (
      <Skeleton label="Loading the personas">
        <Bar className="h-24 w-full" />
      </Skeleton>
    );
  }
  const answering = data.items.filter(answersInWidgets);
  if (answering.length === 0) return <NobodyAnswers onClose={onClose} />;
  return <CreateForm personas={answering} onClose={onClose} />;
}

export function answersInWidgets({ channels, archived }: Pick<PersonaView, 'channels' | 'archived'>): boolean {
  return channels.includes('widget') && !archived;
}

function NobodyAnswers({ onClose }: { onClose: () => void }) {
  return (
    <>
      <p className="text-pretty">
        No persona answers in a web widget yet. Open one in the editor, tick <b>Web widget</b> under “Where it answers”,
        and say under “Guests” what may be read for visitors. Then come back.
      </p>
      <ModalActions>
        <Button onClick={onClose}>Cancel</Button>
        <Link to="/personas/new" className={buttonClass()}>
          Make a persona
        </Link>
        <Link to="/personas" className={buttonClass('primary')}>
          Choose a persona to edit
        </Link>
      </ModalActions>
    </>
  );
}

function CreateForm({ personas, onClose }: { personas: readonly PersonaView[]; onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  return (
    <Form
      submit="Create the widget"
      sending="Creating…"
      beside={<Button onClick={onClose}>Cancel</Button>}
      onSend={async (values) => {
        const origins = readOrigins(values.text('origins'));
        const problem = originsProblem(origins);
        if (problem !== null)
          throw new ProblemError({ status: 400, code: 'INPUT_INVALID', detail: `origins: ${problem}` });
        const made = await widgetApi.create({
          name: values.text('name'),
          personaId: values.text('personaId'),
          origins,
        });
        void client.invalidateQueries({ queryKey: ['widgets'] });
        await navigate(`/widgets/${made.id}`);
        return undefined;
      }}
    >
      <NamedTextField
        name="name"
        label="Name"
        hint="For you and your colleagues; visitors do not see it."
        autoComplete="off"
        maxLength={most.name}
        required
      />
      <PersonaField personas={personas} />
      <NamedTextField
        name="origins"
        label="Where it stands"
        hint="The address of the site, such as https://www.example.com. More can be added later."
        inputMode="url"
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
      />
    </Form>
  );
}

function PersonaField({ personas }: { personas: readonly PersonaView[] }) {
  const problem = useFieldProblem('personaId');
  return (
    <Field label="Persona" hint="Who answers. Only personas that answer in web widgets are listed." error={problem}>
      {(ids) => (
        <select {...ids} name="personaId" className={inputClass}>
          {personas.map(({ id, name, guests }) => (
            <option key={id} value={id}>
              {name}
              {guests === null ? ' (does not answer guests)' : ''}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
