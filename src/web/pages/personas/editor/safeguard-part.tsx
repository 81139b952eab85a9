import { useId } from 'react';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { describeSafeguards, outsideTextWords } from '../approval-words.ts';
import { Choice } from './choices.tsx';
import { problemAt } from './draft-problems.ts';
import { Fold } from './fold.tsx';
import { type Draft, isIn } from './persona-draft.ts';
import { PublicTables } from './public-tables.tsx';
import { errorOf, type PartProps, Section } from './section.tsx';

interface SafeguardPartProps extends PartProps {
  readonly tools: readonly ToolView[];
  readonly names: Readonly<Record<string, string>>;
  readonly inUse: ConnectionView | null;
}

const rules = ['ask', 'trust'] as const;

/** What holds for everything it changes: text from outside, and the undo. Nothing where it changes nothing. */
export function SafeguardPart({ draft, change, problems, tools, names, inUse }: SafeguardPartProps) {
  const name = useId();
  const changes = tools.some((tool) => tool.effect !== 'read' && isIn(draft.scopes, tool.scope));
  if (!changes && isUsual(draft)) return null;
  const wrong = ['outsideText', 'publicTables', 'undo'].some((path) => problemAt(problems, path) !== undefined);
  return (
    <Section title="Safeguards" hint="What holds for every change it makes. Most personas are well served as it is.">
      <Fold title="Text from outside, and undo" state={describeSafeguards(draft)} wrong={wrong}>
        <fieldset className="grid min-w-0 gap-1.5">
          <legend className="mb-1.5 font-medium">Once it has read text that strangers may have written</legend>
          {rules.map((rule) => (
            <Choice
              key={rule}
              name={name}
              label={outsideTextWords[rule].title}
              hint={outsideTextWords[rule].hint}
              checked={draft.outsideText === rule}
              onChange={() => change({ outsideText: rule })}
            />
          ))}
        </fieldset>
        <PublicTables
          connectionId={inUse === null || inUse.status === 'revoked' ? null : inUse.id}
          ticked={draft.publicTables}
          names={{ ...names, ...draft.publicNames }}
          onChange={(publicTables, publicNames) => change({ publicTables, publicNames })}
          problem={errorOf(problems, 'publicTables')}
        />
        <Choice
          kind="checkbox"
          label="An undo needs an approval"
          hint="What it deleted can be restored for a while. Ticked, a person approves that before it is done."
          checked={draft.undo === 'ask'}
          onChange={(asks) => change({ undo: asks ? 'ask' : 'auto' })}
        />
      </Fold>
    </Section>
  );
}

function isUsual({ outsideText, publicTables, undo }: Draft): boolean {
  return outsideText === 'ask' && publicTables.length === 0 && undo === 'auto';
}
