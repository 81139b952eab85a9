import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Actor } from '#auth/actor.ts';
import { permissions, type Role, roles } from '#auth/permissions.ts';
import { personActor } from '#auth/person-actor.ts';
import { type Decidable, mayDecide, maySee } from './may-decide.ts';

const person = (id: string, role: Role = 'member', organizationId = 'org'): Actor =>
  personActor({ id, name: id }, { organizationId, role });
const keyOf = (actor: Actor): Actor => ({
  ...actor,
  kind: 'key',
  keyScopes: [...permissions],
  apiKey: { id: 'key-1', name: 'script' },
});
const asked = (change: Partial<Decidable> = {}): Decidable => ({
  organizationId: 'org',
  requesterId: 'mia',
  editorId: null,
  approvers: null,
  fourEyes: false,
  managersOnly: false,
  ...change,
});

describe('who decides', () => {
  test.each<[string, Partial<Decidable>, Actor, true | RegExp]>([
    ['the requester', {}, person('mia'), true],
    ['another member', {}, person('max'), /on whose behalf/],
    ['an admin for others', {}, person('ada', 'admin'), true],
    ['an owner for others', {}, person('olga', 'owner'), true],
    ['an auditor', {}, person('ida', 'auditor'), /role here, auditor/],
    ['a requester who is an auditor by now', {}, person('mia', 'auditor'), /role here/],
    ['an API key of the requester', {}, keyOf(person('mia')), /signed in/],
    ['an API key of an owner', {}, keyOf(person('olga', 'owner')), /signed in/],
    ['somebody elsewhere', {}, person('mia', 'owner', 'other'), /another organization/],
    ['a visitor', {}, { ...person('mia', 'owner'), kind: 'visitor' }, /signed in/],
    ['a schedule', {}, { ...person('mia', 'owner'), kind: 'schedule' }, /signed in/],
    ['a named member', { approvers: ['max'] }, person('max'), true],
    ['the requester where others are named', { approvers: ['max'] }, person('mia'), /named/],
    ['an owner where others are named', { approvers: ['max'] }, person('olga', 'owner'), /named/],
    ['a named auditor', { approvers: ['ida'] }, person('ida', 'auditor'), /role here/],
    ['the requester where they are named', { approvers: ['mia'] }, person('mia'), true],
    ['the requester under four eyes', { fourEyes: true }, person('mia'), /somebody else/],
    ['a requesting owner under four eyes', { fourEyes: true }, person('mia', 'owner'), /somebody else/],
    ['the named requester under four eyes', { fourEyes: true, approvers: ['mia'] }, person('mia'), /somebody else/],
    ['an admin under four eyes', { fourEyes: true }, person('ada', 'admin'), true],
    ['another member under four eyes', { fourEyes: true }, person('max'), /on whose behalf/],
    ['a named member under four eyes', { fourEyes: true, approvers: ['max'] }, person('max'), true],
    ['the editor under four eyes', { fourEyes: true, editorId: 'ada' }, person('ada', 'admin'), /have changed/],
    ['the editor', { editorId: 'ada' }, person('ada', 'admin'), true],
    ['the requester of what managers decide', { managersOnly: true }, person('mia'), /owners and admins/],
    ['a requesting owner of what managers decide', { managersOnly: true }, person('mia', 'owner'), true],
    ['a named member of what managers decide', { managersOnly: true, approvers: ['max'] }, person('max'), /owners/],
  ])('%s', (_name, change, actor, expected) => {
    const verdict = mayDecide(asked(change), actor);
    if (expected === true) expect(verdict).toEqual({ ok: true });
    else expect(verdict).toMatchObject({ ok: false, because: expect.stringMatching(expected) });
  });
});

const id = fc.constantFrom('ann', 'bob', 'cem', 'dee');
const anyActor = fc
  .record({
    id,
    role: fc.constantFrom(...roles),
    organizationId: fc.constantFrom('org', 'other'),
    kind: fc.constantFrom('user', 'visitor', 'schedule', 'key'),
    hasKey: fc.boolean(),
  })
  .map(({ kind, hasKey, ...who }): Actor => {
    const actor = { ...person(who.id, who.role, who.organizationId), kind } as const;
    return hasKey ? { ...keyOf(actor), kind } : actor;
  });
const anyApproval = fc.record({
  organizationId: fc.constant('org'),
  requesterId: id,
  editorId: fc.option(id),
  approvers: fc.option(fc.uniqueArray(id, { minLength: 1 })),
  fourEyes: fc.boolean(),
  managersOnly: fc.boolean(),
});

test('whatever is asked and whoever comes: what is promised about who decides holds', () => {
  fc.assert(
    fc.property(anyApproval, anyActor, (approval, actor) => {
      const { ok } = mayDecide(approval, actor);
      if (!ok) return;
      const isManager = ['owner', 'admin'].includes(actor.role);
      expect([actor.organizationId, actor.kind, actor.apiKey]).toEqual(['org', 'user', null]);
      expect(actor.role).not.toBe('auditor');
      if (approval.approvers !== null) expect(approval.approvers).toContain(actor.id);
      if (approval.managersOnly) expect(isManager).toBe(true);
      if (approval.fourEyes) expect([approval.requesterId, approval.editorId]).not.toContain(actor.id);
      expect(isManager || approval.requesterId === actor.id || approval.approvers !== null).toBe(true);
      // Nobody decides what they cannot see.
      expect(maySee(approval, actor)).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('to see it takes having asked, being named, or reading everything', () => {
  const approval = asked({ approvers: ['max'] });
  const seen = ['mia', 'max', 'eve'].map((one) => maySee(approval, person(one)));
  expect(seen).toEqual([true, true, false]);
  expect((['owner', 'admin', 'auditor'] as const).map((role) => maySee(approval, person('eve', role)))).toEqual([
    true,
    true,
    true,
  ]);
  expect(maySee(approval, person('mia', 'owner', 'other'))).toBe(false);
  const key = { ...keyOf(person('olga', 'owner')), keyScopes: ['approvals:read'] };
  expect(maySee(approval, key)).toBe(false);
  expect(maySee(approval, { ...key, id: 'mia' })).toBe(true);
});
