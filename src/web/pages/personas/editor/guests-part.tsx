import { useId } from 'react';
import type { ConnectionView, IntegrationView } from '#channels/http/contract/connections.ts';
import { ResourcePicker } from '../../../components/resource-picker.tsx';
import { ScopeChoice } from '../../../components/scope-choice.tsx';
import { Notice } from '../../../components/states.tsx';
import { areLimited, describeGuests, whoGuestsAre } from '../guest-words.ts';
import type { Scope } from '../persona-words.ts';
import { Choice } from './choices.tsx';
import { problemAt } from './draft-problems.ts';
import { Fold } from './fold.tsx';
import { type Draft, isIn } from './persona-draft.ts';
import { errorOf, type PartProps, Section } from './section.tsx';

interface GuestsPartProps extends PartProps {
  readonly integrations: readonly IntegrationView[];
  readonly names: Readonly<Record<string, string>>;
  readonly inUse: ConnectionView | null;
}

/** Whether people from outside are answered, and what may be read for them. */
export function GuestsPart(props: GuestsPartProps) {
  const { draft, change, problems } = props;
  const name = useId();
  return (
    <Section
      title="Guests"
      hint={`${whoGuestsAre} What they write counts as text from outside.`}
      problem={errorOf(problems, 'guests') ?? undefined}
    >
      <fieldset className="grid min-w-0 gap-1.5">
        <legend className="sr-only">Guests</legend>
        <Choice
          name={name}
          label="Do not answer guests"
          hint="They are told so in plain words. Members, linked ones too, are answered as ever."
          checked={draft.guests === null}
          onChange={() => change({ guests: null })}
        />
        <Choice
          name={name}
          label="Answer guests, reading only"
          hint="Nothing is ever changed for them, whatever they write."
          checked={draft.guests !== null}
          onChange={() => change({ guests: { scopes: [], limits: {} } })}
        />
      </fieldset>
      {draft.guests !== null && <Answered {...props} guests={draft.guests} />}
    </Section>
  );
}

type Guests = NonNullable<Draft['guests']>;

function Answered({
  draft,
  change,
  problems,
  integrations,
  names,
  inUse,
  guests,
}: GuestsPartProps & { guests: Guests }) {
  const set = (patch: Partial<Guests>) => change({ guests: { ...guests, ...patch } });
  const isReached = isIn(draft.channels, 'widget') || isIn(draft.channels, 'slack');
  return (
    <>
      <ScopeChoice
        legend="What may be read for guests"
        offered={offeredTo(draft, integrations)}
        value={guests.scopes}
        onChange={(scopes) => set({ scopes: scopes as Scope[] })}
      />
      {guests.scopes.length > 0 && (
        <>
          <Notice tone="warn">
            Anybody who can open your site or write in your Slack can read what this reaches. Tick only what may be
            public.
          </Notice>
          <Fold
            title="Where, for guests"
            state={areLimited(guests) ? 'Limits of their own.' : 'As far as the persona itself.'}
            wrong={problemAt(problems, 'guests.limits') !== undefined}
          >
            <ResourcePicker
              connectionId={inUse === null || inUse.status === 'revoked' ? null : inUse.id}
              value={guests.limits}
              names={{ ...names, ...draft.limitNames, ...draft.guestNames }}
              onChange={(limits, guestNames) => change({ guests: { ...guests, limits }, guestNames })}
              within={Object.keys(draft.limits).length === 0 ? undefined : draft.limits}
            />
          </Fold>
        </>
      )}
      {!isReached && (
        <p className="text-ink-2 text-xs text-pretty">
          So far it answers neither in a web widget nor in Slack, so no guest reaches it. Tick one under “Where it
          answers”.
        </p>
      )}
      <p role="status" className="sr-only">
        {describeGuests(guests)}
      </p>
    </>
  );
}

/** Only what reads is there to be ticked, and of that only what the persona itself may do. */
function offeredTo(draft: Draft, integrations: readonly IntegrationView[]) {
  return integrations
    .flatMap(({ scopes }) => scopes)
    .filter(({ effect }) => effect === 'read')
    .map((offer) =>
      isIn(draft.scopes, offer.scope) ? offer : { ...offer, disabledReason: 'The persona itself may not do it.' },
    );
}
