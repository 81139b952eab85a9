import { useId } from 'react';
import type { ToolView } from '#channels/http/contract/personas.ts';
import { EffectHint } from '../../../components/effect-hint.tsx';
import { TextField } from '../../../components/field.tsx';
import { Notice } from '../../../components/states.tsx';
import { kindOfPolicy, type PlainPolicy } from '../../../words.ts';
import { describeEffects, describeRule, mayAsk } from '../approval-words.ts';
import { Choice } from './choices.tsx';
import { DeciderFields } from './decider-fields.tsx';
import { problemAt } from './draft-problems.ts';
import { EffectFields } from './effect-fields.tsx';
import { Fold } from './fold.tsx';
import { blankEffects, blankRule, boundText, type Draft, isIn, most, toEffects } from './persona-draft.ts';
import { errorOf, type PartProps, Section } from './section.tsx';
import { findDeadEnd, type Member, nameMembers } from './who-decides.ts';

interface ApprovalPartProps extends PartProps {
  readonly tools: readonly ToolView[];
  /** Policies the persona set before this edit; they stay written down even where they are the tool's own. */
  readonly before: Readonly<Record<string, string>>;
  /** Undefined while they are on their way. */
  readonly members: readonly Member[] | undefined;
}

/** For each tool it may use: at once, after asking a person, or never; and who decides, and how much it may change. */
export function ApprovalPart({ tools, before, members, ...part }: ApprovalPartProps) {
  const granted = tools.filter((tool) => isIn(part.draft.scopes, tool.scope));
  return (
    <Section title="Approval" hint="Whether a call is made at once, only after a person approves it, or never.">
      {granted.length === 0 ? (
        <p className="text-ink-2">Choose a permission first: without one the persona has no tools and can only talk.</p>
      ) : (
        <ul className="divide-y divide-line rounded-xl border border-line bg-surface">
          {granted.map((tool) => (
            <li key={tool.name} className="grid grid-cols-1 gap-3 p-3.5">
              <ToolPolicy {...part} tool={tool} isSaid={before[tool.name] !== undefined} />
              <ToolRules {...part} tool={tool} members={members} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const choices: readonly { kind: PlainPolicy; title: string }[] = [
  { kind: 'auto', title: 'Without asking' },
  { kind: 'ask', title: 'Ask first' },
  { kind: 'bound', title: 'Ask above a number of records' },
  { kind: 'deny', title: 'Never' },
];
const usualBound = 'ask above 5';

function policyOf({ approvals }: Draft, tool: ToolView): string {
  return approvals[tool.name] ?? tool.approval;
}

interface ToolPolicyProps extends PartProps {
  readonly tool: ToolView;
  readonly isSaid: boolean;
}

function ToolPolicy({ draft, change, problems, tool, isSaid }: ToolPolicyProps) {
  const id = useId();
  const policy = policyOf(draft, tool);
  const kind = kindOfPolicy(policy);
  const bound = boundText(policy);
  const path = `approvals.${tool.name}`;
  const set = (next: string) => {
    const { [tool.name]: _last, ...others } = draft.approvals;
    change({ approvals: isSaid || next !== tool.approval ? { ...others, [tool.name]: next } : others });
  };
  // A bound counts changed records, and a tool that only reads changes none.
  const offered = choices.filter((choice) => choice.kind !== 'bound' || tool.effect !== 'read');
  const problem = bound === null ? problemAt(problems, path) : undefined;
  return (
    <fieldset className="grid min-w-0 gap-2">
      <legend className="mb-2 flex flex-wrap items-center gap-x-3 gap-y-0.5 font-medium">
        {tool.title} <EffectHint effect={tool.effect} />
      </legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1">
        {offered.map((choice) => (
          <Choice
            key={choice.kind}
            name={id}
            label={
              <>
                {choice.title}
                {choice.kind === kindOfPolicy(tool.approval) && <span className="text-ink-3"> (default)</span>}
              </>
            }
            checked={kind === choice.kind}
            onChange={() => set(choice.kind === 'bound' ? usualBound : choice.kind)}
          />
        ))}
      </div>
      {problem !== undefined && (
        <p data-problem tabIndex={-1} role="alert" className="wrap-anywhere text-bad">
          {problem}
        </p>
      )}
      {bound !== null && (
        <TextField
          label="Records in one answer without asking"
          value={bound}
          onValue={(text) => set(`ask above ${text}`)}
          error={errorOf(problems, path)}
          hint={`Whatever goes beyond, a person has to approve. From 1 to ${most.bound}.`}
          inputMode="numeric"
          autoComplete="off"
          className="max-w-72"
        />
      )}
      {kind === 'auto' && tool.effect === 'destructive' && (
        <p className="text-warn text-xs text-pretty">
          Takes data away without anybody looking at it first. Limit where and how often it may do so.
        </p>
      )}
    </fieldset>
  );
}

interface ToolRulesProps extends PartProps {
  readonly tool: ToolView;
  readonly members: readonly Member[] | undefined;
}

function ToolRules({ draft, change, problems, tool, members }: ToolRulesProps) {
  const { name, effect } = tool;
  const policy = policyOf(draft, tool);
  if (!mayAsk({ ...tool, approval: policy })) return null;
  const rule = draft.approvers[name] ?? blankRule;
  const effects = draft.effects[name] ?? blankEffects;
  const paths = { rule: `approvers.${name}`, effects: `effects.${name}` };
  const people = rule.people === null ? null : nameMembers(rule.people, members ?? []);
  const deadEnd = members === undefined ? null : findDeadEnd(rule, members);
  const changes = effect !== 'read';
  const wrong = [paths.rule, paths.effects].some((path) => problemAt(problems, path) !== undefined);
  return (
    <>
      {deadEnd?.kind === 'nobody' && <Notice tone="bad">{deadEnd.message}</Notice>}
      <Fold
        title={changes ? 'Who decides, and how many at most' : 'Who decides'}
        state={
          <>
            {people?.length === 0
              ? 'Nobody is chosen yet.'
              : describeRule({ ...rule, hours: Number(rule.hours) }, people)}{' '}
            {changes && (describeEffects(toEffects(effects)) ?? 'No limit on how many records.')}
          </>
        }
        wrong={wrong}
      >
        <DeciderFields
          rule={rule}
          onChange={(next) => change({ approvers: { ...draft.approvers, [name]: next } })}
          problems={problems}
          path={paths.rule}
          members={members}
        />
        {changes && (
          <EffectFields
            effects={effects}
            onChange={(next) => change({ effects: { ...draft.effects, [name]: next } })}
            problems={problems}
            path={paths.effects}
          />
        )}
      </Fold>
    </>
  );
}
