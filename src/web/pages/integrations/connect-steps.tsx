import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { ChoiceCards } from '../../components/choice-cards.tsx';
import { TextField } from '../../components/field.tsx';
import { ResourcePicker } from '../../components/resource-picker.tsx';
import { ScopeChoice } from '../../components/scope-choice.tsx';
import { StepIndicator } from '../../components/step-indicator.tsx';
import { useMay } from '../../session.tsx';
import { asksAddress, type Draft, placeOf, placesOf, type Step, stepTitles, testedNow } from './connect-draft.ts';
import { StandInMark } from './connection-list.tsx';
import { hostOf } from './connection-words.ts';
import { StepForm, type StepFrame } from './step-form.tsx';

export interface StepProps {
  readonly integration: IntegrationView;
  readonly draft: Draft;
  readonly change: (part: Partial<Draft>) => void;
  /** What is missing here, once somebody tried to go on. */
  readonly missing: string | null;
}

/** What is being connected, and how far that is. */
export function ConnectHeader({ title, steps, current }: { title: string; steps: readonly Step[]; current: Step }) {
  return (
    <header className="grid gap-4">
      <h1 className="font-semibold text-xl tracking-tight">Connect {title}</h1>
      <StepIndicator
        label="Steps of connecting"
        steps={steps.map((step) => stepTitles[step])}
        current={steps.indexOf(current)}
      />
    </header>
  );
}

export function PlaceFields({ integration, draft, change, missing }: StepProps) {
  const place = placeOf(draft, integration);
  return (
    <>
      <ChoiceCards
        legend="Place"
        hiddenLegend
        value={draft.place}
        onChange={(id) => change({ place: id })}
        choices={placesOf(integration).map(({ id, title, description, baseUrl, bringsKey }) => ({
          value: id,
          title,
          description:
            baseUrl === null || bringsKey ? (
              description
            ) : (
              <>
                {description} <code className="font-mono text-xs">{hostOf(baseUrl)}</code>
              </>
            ),
          aside: bringsKey ? <StandInMark /> : undefined,
        }))}
      />
      {asksAddress(place) && (
        <TextField
          label="Address of the server"
          type="url"
          inputMode="url"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={300}
          value={draft.address}
          error={missing}
          placeholder={place?.addressExample ?? undefined}
          hint={
            place?.addressExample === null || place === undefined
              ? 'As it stands in the browser when the service is open.'
              : `As it stands in the browser when the service is open, for example ${place.addressExample}`
          }
          onValue={(address) => change({ address })}
        />
      )}
    </>
  );
}

const ownershipChoices: readonly {
  value: ConnectionView['ownership'];
  permission: 'connections:manage' | 'connections:own';
  title: string;
  description: string;
}[] = [
  {
    value: 'organization',
    permission: 'connections:manage',
    title: 'For the whole organization',
    description: 'Everybody’s conversations use it, within its permissions and the persona’s.',
  },
  {
    value: 'personal',
    permission: 'connections:own',
    title: 'Personal',
    description: 'Only your own conversations use it. Others cannot see it.',
  },
];

/** What the person's role may own, the widest first. */
export function useOwnerships(): readonly ConnectionView['ownership'][] {
  const may = useMay();
  return ownershipChoices.filter((choice) => may(choice.permission)).map((choice) => choice.value);
}

export function DetailFields({ draft, change, missing }: StepProps) {
  const allowed = useOwnerships();
  const choices = ownershipChoices.filter((choice) => allowed.includes(choice.value));
  return (
    <>
      <TextField
        label="Name"
        value={draft.label}
        maxLength={80}
        error={missing}
        hint="How colleagues will recognize it, for example “Ninox, sales team”."
        onValue={(label) => change({ label })}
      />
      {choices.length > 1 ? (
        <ChoiceCards
          legend="Who may use it"
          choices={choices}
          value={draft.ownership}
          onChange={(value) => change({ ownership: value === 'personal' ? 'personal' : 'organization' })}
        />
      ) : (
        choices.map((choice) => (
          <div key={choice.value} className="grid gap-0.5">
            <p className="font-medium">Who may use it</p>
            <p className="text-ink-2">
              {choice.title}. {choice.description}
              {choice.value === 'personal' && ' An owner or admin can connect for the whole organization.'}
            </p>
          </div>
        ))
      )}
    </>
  );
}

export function PermissionFields({ integration, draft, change, missing }: StepProps) {
  return (
    <div className="grid gap-2">
      <ScopeChoice offered={integration.scopes} value={draft.scopes} onChange={(scopes) => change({ scopes })} />
      {missing !== null && (
        <p role="alert" className="text-bad">
          {missing}
        </p>
      )}
    </div>
  );
}

export function LimitFields({ integration, draft, change }: StepProps) {
  return (
    <>
      <ResourcePicker
        connectionId={null}
        levels={['teams']}
        teams={testedNow(draft, integration)?.sees ?? []}
        value={draft.limits}
        names={draft.limitNames}
        onChange={(limits, limitNames) => change({ limits, limitNames })}
      />
      <p className="text-ink-2 text-xs">
        Single databases and tables can be picked by name on the connection’s own page, once it is connected.
      </p>
    </>
  );
}

interface WholeStepProps {
  readonly fields: StepProps;
  readonly frame: StepFrame;
  readonly onSubmit: () => void;
}

export function DetailsStep({ fields, frame, onSubmit }: WholeStepProps) {
  return (
    <StepForm {...frame} title="Name it" submit="Continue" onSubmit={onSubmit}>
      <DetailFields {...fields} />
    </StepForm>
  );
}

export function PermissionsStep({ fields, frame, onSubmit }: WholeStepProps) {
  return (
    <StepForm
      {...frame}
      title="What may be done with it?"
      intro="A persona gets at most what both it and the connection are allowed. This can be changed later."
      submit="Continue"
      onSubmit={onSubmit}
    >
      <PermissionFields {...fields} />
    </StepForm>
  );
}
