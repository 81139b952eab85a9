import { expect, test } from 'vitest';
import type { ApprovalPolicy } from '#integrations/rights.ts';
import type { Tool } from '#integrations/tool-definition.ts';
import type { ApprovalRule, EffectBudget, Persona } from '#personas/persona-schema.ts';
import { mindsOutsideText, narrowedEffects, narrowedPolicy, narrowedRule } from './narrow-persona.ts';

const tool = { name: 'remove', defaultApproval: 'ask' } as Tool;
const persona = (settings: Partial<Persona>) =>
  ({ approvals: {}, approvers: {}, effects: {}, outsideText: 'ask', ...settings }) as Persona;
const pair = (before: Partial<Persona>, now: Partial<Persona>) => ({ persona: persona(before), current: persona(now) });

test.each<[ApprovalPolicy | null, ApprovalPolicy | null, ApprovalPolicy]>([
  ['auto', 'auto', 'auto'],
  ['auto', null, 'ask'],
  ['auto', 'deny', 'deny'],
  ['deny', 'auto', 'deny'],
  ['ask above 5', 'auto', 'ask above 5'],
  ['ask above 5', 'ask above 12', 'ask above 5'],
  ['ask above 5', 'ask', 'ask'],
  ['ask above 5', 'deny', 'deny'],
])('of %s and %s the stricter policy counts: %s', (before, now, policy) => {
  const setting = (value: ApprovalPolicy | null) => ({ approvals: value === null ? {} : { remove: value } });
  expect(narrowedPolicy(tool, pair(setting(before), setting(now)))).toBe(policy);
});

test('a tool that follows the rules of another is bound by them, until it has some of its own', () => {
  const several = { name: 'remove_several', followsRulesOf: 'remove', defaultApproval: 'ask' } as Tool;
  const denied = { approvals: { remove: 'deny' } } as Partial<Persona>;
  expect(narrowedPolicy(several, pair(denied, denied))).toBe('deny');
  const own = { approvals: { remove: 'deny', remove_several: 'ask' } } as Partial<Persona>;
  expect(narrowedPolicy(several, pair(own, own))).toBe('ask');
  const few = { effects: { remove: { run: 3, hour: null, day: null, rows: null } } } as Partial<Persona>;
  expect(narrowedEffects(several, pair(few, few)).run).toBe(3);
});

test('who decides is narrowed: fewer people, four eyes, the shorter time', () => {
  const rule = (given: Partial<ApprovalRule>) => ({
    approvers: { remove: { people: null, fourEyes: false, hours: 24, ...given } },
  });
  const of = (before: Partial<ApprovalRule>, now: Partial<ApprovalRule>) =>
    narrowedRule(tool, pair(rule(before), rule(now)));
  expect(of({ people: ['a', 'b'] }, { people: ['b', 'c'] }).people).toEqual(['b']);
  expect(of({ people: ['a'] }, {}).people).toEqual(['a']);
  expect(of({}, { people: ['a'] }).people).toEqual(['a']);
  // Nobody is in both: whom the persona names now.
  expect(of({ people: ['a'] }, { people: ['b'] }).people).toEqual(['b']);
  expect(of({ fourEyes: true }, { hours: 2 })).toEqual({ people: null, fourEyes: true, hours: 2 });
});

test('of two limits of effects the lower one counts', () => {
  const effects = (budget: Partial<EffectBudget>) => ({
    effects: { remove: { run: null, hour: null, day: null, rows: null, ...budget } },
  });
  expect(narrowedEffects(tool, pair(effects({ run: 3, day: 9 }), effects({ run: 5, rows: 1 })))).toEqual({
    run: 3,
    hour: null,
    day: 9,
    rows: 1,
  });
  expect(narrowedEffects(tool, pair({}, {}))).toEqual({ run: null, hour: null, day: null, rows: null });
});

test('text from outside is minded unless both versions trust it', () => {
  expect(mindsOutsideText(pair({ outsideText: 'trust' }, { outsideText: 'trust' }))).toBe(false);
  expect(mindsOutsideText(pair({ outsideText: 'trust' }, {}))).toBe(true);
});
