import { useId, useState } from 'react';
import { inputClass, TextField } from '../../../components/field.tsx';
import { Notice } from '../../../components/states.tsx';
import { roleWords } from '../../../words.ts';
import { Choice } from './choices.tsx';
import type { Problems } from './draft-problems.ts';
import { type DraftRule, most } from './persona-draft.ts';
import { errorOf } from './section.tsx';
import { findDeadEnd, type Member, maySayYes } from './who-decides.ts';

interface DeciderFieldsProps {
  readonly rule: DraftRule;
  readonly onChange: (rule: DraftRule) => void;
  readonly problems: Problems;
  /** Where its problems are found, e.g. `approvers.ninox_delete_record`. */
  readonly path: string;
  /** Undefined while they are on their way. */
  readonly members: readonly Member[] | undefined;
}

/** Who decides on the calls of one tool, and within which time. */
export function DeciderFields({ rule, onChange, problems, path, members }: DeciderFieldsProps) {
  const name = useId();
  const deadEnd = members === undefined ? null : findDeadEnd(rule, members);
  const problem = problems[`${path}.people`];
  return (
    <div className="grid grid-cols-1 gap-4">
      <fieldset className="grid min-w-0 gap-1.5">
        <legend className="mb-1.5 font-medium">Who decides</legend>
        <Choice
          name={name}
          label="Whoever asked, owners and admins"
          hint="The person who writes to the persona approves for themselves; owners and admins decide on everything."
          checked={rule.people === null}
          onChange={() => onChange({ ...rule, people: null })}
        />
        <Choice
          name={name}
          label="Only members I choose"
          hint="Then nobody else decides, not even an owner."
          checked={rule.people !== null}
          onChange={() => onChange({ ...rule, people: rule.people ?? [] })}
        />
        {problem !== undefined && (
          <p data-problem tabIndex={-1} role="alert" className="wrap-anywhere text-bad">
            {problem}
          </p>
        )}
        {rule.people !== null && (
          <MemberChoice chosen={rule.people} members={members} onChange={(people) => onChange({ ...rule, people })} />
        )}
      </fieldset>
      <Choice
        kind="checkbox"
        label="Never whoever asked (four eyes)"
        hint="Somebody else has to approve what a person asks for."
        checked={rule.fourEyes}
        onChange={(fourEyes) => onChange({ ...rule, fourEyes })}
      />
      {deadEnd?.kind === 'somebody' && <Notice tone="warn">{deadEnd.message}</Notice>}
      <TextField
        label="Hours to decide"
        value={rule.hours}
        onValue={(hours) => onChange({ ...rule, hours })}
        error={errorOf(problems, `${path}.hours`)}
        hint={`Then the question is over and nothing is done. From 1 to ${most.hours}; 24 is usual.`}
        inputMode="numeric"
        autoComplete="off"
        className="max-w-60"
      />
    </div>
  );
}

/** As many as are seen at a glance: nothing to search for. */
const fewMembers = 8;

interface MemberChoiceProps {
  readonly chosen: readonly string[];
  readonly members: readonly Member[] | undefined;
  readonly onChange: (chosen: readonly string[]) => void;
}

function MemberChoice({ chosen, members, onChange }: MemberChoiceProps) {
  const [search, setSearch] = useState('');
  if (members === undefined) return <p className="ps-7 text-ink-2">Loading the members…</p>;
  const strays = chosen.filter((id) => !members.some((member) => member.id === id));
  const found = members.filter(({ name }) => name.toLowerCase().includes(search.trim().toLowerCase()));
  const toggle = (id: string, on: boolean) => onChange(on ? [...chosen, id] : chosen.filter((other) => other !== id));
  return (
    <div className="grid grid-cols-1 gap-1.5 ps-7">
      {members.length > fewMembers && (
        <input
          type="search"
          value={search}
          onChange={(event) => setSearch(event.target.value)}
          placeholder="Search members"
          aria-label="Search members"
          className={inputClass}
        />
      )}
      <ul aria-label="Members" className="max-h-60 overflow-y-auto overscroll-contain">
        {strays.map((id) => (
          <li key={id}>
            <Choice
              kind="checkbox"
              label="Somebody who has left"
              hint={`Does not belong to the organization any more (${id}).`}
              checked
              onChange={() => toggle(id, false)}
            />
          </li>
        ))}
        {found.map((member) => {
          const isChosen = chosen.includes(member.id);
          return (
            <li key={member.id}>
              <Choice
                kind="checkbox"
                label={`${member.name}${member.isYou ? ' (you)' : ''}, ${roleWords[member.role].title.toLowerCase()}`}
                {...(maySayYes(member) ? {} : { hint: 'An auditor decides nothing.' })}
                checked={isChosen}
                disabled={!maySayYes(member) && !isChosen}
                onChange={(on) => toggle(member.id, on)}
              />
            </li>
          );
        })}
      </ul>
      {found.length === 0 && <p className="text-ink-2">Nobody is called that.</p>}
    </div>
  );
}
