import { ChoiceCards } from '../../../components/choice-cards.tsx';
import { TextField } from '../../../components/field.tsx';
import { Choice } from '../../../pages/personas/editor/choices.tsx';
import { Fold } from '../../../pages/personas/editor/fold.tsx';
import { Section } from '../../../pages/personas/editor/section.tsx';
import { SelectField } from '../fields/choice-fields.tsx';
import { DatabaseField, TableField, TeamField } from '../fields/place-fields.tsx';
import { ScheduleField } from '../fields/schedule-field.tsx';
import { useListedConnection, useUsable } from '../fields/use-places.ts';
import { changeWords, describeSeconds, missedWords, triggerWords } from '../job-words.ts';
import type { TriggerDraft } from './job-draft.ts';
import { errorOf, type PartProps } from './part.ts';
import { SchemaField } from './schema-field.tsx';

const kinds = ['schedule', 'webhook', 'ninox_change', 'manual'] as const;

interface TriggerProps {
  readonly trigger: TriggerDraft;
  readonly set: (patch: Partial<TriggerDraft>) => void;
  readonly problems: PartProps['problems'];
}

/** What starts the job, with the fields of its kind. */
export function TriggerPart({ draft: { trigger }, change, problems }: PartProps) {
  const set = (patch: Partial<TriggerDraft>) => change({ trigger: { ...trigger, ...patch } });
  const props = { trigger, set, problems };
  return (
    <Section title="What starts it">
      <ChoiceCards
        legend="What starts it"
        hiddenLegend
        value={trigger.kind}
        onChange={(value) => {
          const kind = kinds.find((one) => one === value);
          if (kind !== undefined) set({ kind });
        }}
        choices={kinds.map((kind) => ({
          value: kind,
          title: triggerWords[kind].title,
          description: triggerWords[kind].help,
        }))}
      />
      {trigger.kind === 'schedule' && <ScheduleFields {...props} />}
      {trigger.kind === 'webhook' && <WebhookFields {...props} />}
      {trigger.kind === 'ninox_change' && <ChangeFields {...props} />}
    </Section>
  );
}

function ScheduleFields({ trigger, set, problems }: TriggerProps) {
  return (
    <>
      <ScheduleField
        when={trigger.when}
        timeZone={trigger.timeZone}
        onChange={set}
        errors={{ when: errorOf(problems, 'trigger.when'), timeZone: errorOf(problems, 'trigger.timeZone') }}
      />
      <Fold
        title="Times that went by"
        state={`While the service could not start it: ${missedWords[trigger.missed].toLowerCase()}.`}
        wrong={errorOf(problems, 'trigger.missedHours') !== null}
      >
        <div className="grid grid-cols-1 gap-4 sm:grid-cols-2">
          <SelectField
            label="What becomes of them"
            value={trigger.missed}
            onValue={(missed) => set({ missed: missed as TriggerDraft['missed'] })}
            options={Object.entries(missedWords).map(([value, label]) => ({ value, label }))}
          />
          {trigger.missed !== 'skip' && (
            <TextField
              label="As far back as, in hours"
              value={trigger.missedHours}
              onValue={(missedHours) => set({ missedHours })}
              error={errorOf(problems, 'trigger.missedHours')}
              inputMode="numeric"
            />
          )}
        </div>
      </Fold>
    </>
  );
}

function WebhookFields({ trigger, set, problems }: TriggerProps) {
  return (
    <>
      <SelectField
        label="How the sender proves who it is"
        hint="The address and the secret are on the job’s page once it is saved."
        value={trigger.auth}
        error={errorOf(problems, 'trigger.auth')}
        onValue={(auth) => set({ auth: auth === 'signature' ? 'signature' : 'header' })}
        options={[
          { value: 'header', label: 'A secret in a header (Ninox scripts, and whatever cannot sign)' },
          { value: 'signature', label: 'A signature (Standard Webhooks)' },
        ]}
      />
      <SchemaField
        value={trigger.schema}
        onValue={(schema) => set({ schema })}
        error={errorOf(problems, 'trigger.schema')}
      />
    </>
  );
}

function ChangeFields({ trigger, set, problems }: TriggerProps) {
  const connections = useUsable('ninox');
  const connectionId = useListedConnection(trigger.connectionId || null);
  const { team, database, on } = trigger;
  const wrongOn = errorOf(problems, 'trigger.on');
  return (
    <>
      {(connections.length > 1 || trigger.connectionId !== '') && (
        <SelectField
          label="Connection"
          value={trigger.connectionId}
          error={errorOf(problems, 'trigger.connectionId')}
          onValue={(id) => set({ connectionId: id })}
          options={[
            { value: '', label: 'Whichever you have' },
            ...connections.map(({ id, label }) => ({ value: id, label })),
            ...(trigger.connectionId !== '' && !connections.some(({ id }) => id === trigger.connectionId)
              ? [{ value: trigger.connectionId, label: 'A connection that cannot be used now' }]
              : []),
          ]}
        />
      )}
      <div className="grid grid-cols-1 gap-4 sm:grid-cols-3">
        <TeamField
          label="Team"
          value={team}
          onValue={(id) => set({ team: id, database: '', table: '' })}
          connectionId={connectionId}
          error={errorOf(problems, 'trigger.team')}
        />
        <DatabaseField
          label="Database"
          value={database}
          onValue={(id) => set({ database: id, table: '' })}
          connectionId={connectionId}
          team={team}
          error={errorOf(problems, 'trigger.database')}
        />
        <TableField
          label="Table"
          value={trigger.table}
          onValue={(table) => set({ table })}
          connectionId={connectionId}
          team={team}
          database={database}
          anyTable="Every table"
          error={errorOf(problems, 'trigger.table')}
        />
      </div>
      <fieldset className="grid gap-1">
        <legend className="mb-1 font-medium">Kinds of change</legend>
        {wrongOn !== null && (
          <p role="alert" data-problem tabIndex={-1} className="text-bad">
            {wrongOn}
          </p>
        )}
        <div className="flex flex-wrap gap-x-6">
          {(['created', 'updated', 'deleted'] as const).map((kind) => (
            <Choice
              key={kind}
              kind="checkbox"
              label={changeWords[kind]}
              checked={on.includes(kind)}
              onChange={(checked) => set({ on: checked ? [...on, kind] : on.filter((one) => one !== kind) })}
            />
          ))}
        </div>
      </fieldset>
      <TextField
        label="Looked at every so many seconds"
        value={trigger.everySeconds}
        onValue={(everySeconds) => set({ everySeconds })}
        error={errorOf(problems, 'trigger.everySeconds')}
        inputMode="numeric"
        className="max-w-72"
        hint={`Every ${describeSeconds(Number(trigger.everySeconds) || 60)}. What the job changes itself does not start it again.`}
      />
    </>
  );
}
