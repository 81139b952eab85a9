import { describe, expect, it } from 'vitest';
import { auditActions, directActions, toolActions } from '#audit/audit-event.ts';
import type { AuditEventView } from '#channels/http/contract/audit-events.ts';
import { directWords, isCall, outcomeOf, readDetails, sentenceOf, titleOf, whoOf } from './event-words.ts';

const names = {
  persona: (id: string) => `persona ${id}`,
  tool: (name: string) => `tool ${name}`,
  connection: (id: string) => `connection ${id}`,
  you: 'me',
};
const event = (change: Partial<AuditEventView>): AuditEventView => ({
  id: 'e1',
  seq: 1,
  at: '2026-11-24T10:00:00.000Z',
  action: 'tool.succeeded',
  actor: { kind: 'user', id: 'ann', name: 'Ann' },
  connectionId: null,
  personaId: null,
  personaVersion: null,
  channel: 'web',
  conversationId: null,
  runId: null,
  callId: null,
  tool: null,
  code: null,
  durationMs: null,
  credits: 0,
  hash: '',
  previousHash: '',
  ...change,
});

describe('the words for events', () => {
  it('are there for everything that is recorded', () => {
    expect(Object.keys(directWords).sort()).toEqual(directActions.toSorted());
    expect(auditActions.filter(isCall)).toEqual(toolActions);
    for (const action of toolActions) expect(outcomeOf(event({ action })), action).toBeDefined();
  });

  it('name the tool of a call, and the persona with whom it worked for', () => {
    const call = event({ tool: 'x', personaId: 'p' });
    expect(titleOf(call, names)).toBe('tool x');
    expect(whoOf(call, names)).toBe('persona p, for Ann');
    expect(sentenceOf(call, names)).toBeNull();
    expect(outcomeOf(call)).toBe('succeeded');
  });

  it('say what a person did, and to what', () => {
    const changed = event({ action: 'persona.changed', personaId: 'p' });
    expect(titleOf(changed, names)).toBe('Persona changed: persona p');
    expect(sentenceOf(changed, names)).toBe('Ann changed the persona persona p');
    expect(whoOf(changed, names)).toBe('Ann');
    const revoked = event({
      action: 'connection.revoked',
      connectionId: 'c',
      actor: { kind: 'user', id: 'me', name: 'M' },
    });
    expect(sentenceOf(revoked, names)).toBe('You revoked the connection connection c');
  });

  it('name the persona that was chosen or rated, and go without where there is none', () => {
    const rated = event({ action: 'answer.rated', personaId: 'p' });
    expect(titleOf(rated, names)).toBe('Answer rated: persona p');
    expect(sentenceOf(rated, names)).toBe('Ann rated an answer: persona p');
    expect(sentenceOf({ ...rated, personaId: null }, names)).toBe('Ann rated an answer');
    const visitor = { kind: 'visitor' as const, id: 'abcdefghij', name: null };
    expect(sentenceOf(event({ action: 'visitor.linked', actor: visitor }), names)).toBe(
      'A visitor (abcdefgh) linked an account elsewhere',
    );
  });

  it('say who decided on what, and how an unknown outcome was found out', () => {
    const approved = event({ action: 'approval.approved', tool: 'x', callId: 'c', personaId: 'p' });
    expect(titleOf(approved, names)).toBe('Approved: tool x');
    expect(sentenceOf(approved, names)).toBe('Ann approved tool x');
    expect(whoOf(approved, names)).toBe('Ann');
    expect(outcomeOf(approved)).toBe('approved');
    const limit = event({ action: 'approval.denied' });
    expect(titleOf(limit, names)).toBe('Denied: a limit of the whole answer');
    expect(outcomeOf(limit)).toBe('denied');
    expect(outcomeOf(event({ action: 'tool.reconciled' }))).toBe('found_done');
    expect(outcomeOf(event({ action: 'tool.reconciled', code: 'NOT_HAPPENED' }))).toBe('found_not_done');
  });

  it('name who takes back, not the persona whose call it was', () => {
    const undone = event({ action: 'undo.succeeded', tool: 'x', personaId: 'p' });
    expect(titleOf(undone, names)).toBe('Undo: tool x');
    expect(whoOf(undone, names)).toBe('Ann');
    expect(outcomeOf(undone)).toBe('succeeded');
  });

  it('tell a refusal from what was done', () => {
    const refused = event({ action: 'session.refused', code: 'SIGN_IN_REFUSED' });
    expect(outcomeOf(refused)).toBe('refused');
    expect(sentenceOf(refused, names)).toBe('Ann was refused a sign-in');
    expect(sentenceOf({ ...refused, actor: { kind: 'user', id: 'me', name: 'M' } }, names)).toBe(
      'You were refused a sign-in',
    );
    expect(outcomeOf(event({ action: 'session.signed_in' }))).toBe('done');
  });

  it('call the service itself by what it is', () => {
    const connected = event({ action: 'connection.created', actor: { kind: 'schedule', id: 'service', name: null } });
    expect(whoOf(connected, names)).toBe('This service');
  });

  it('tell somebody without a name by the beginning of the id', () => {
    expect(
      whoOf(event({ action: 'session.signed_in', actor: { kind: 'user', id: 'abcdefghij', name: null } }), names),
    ).toBe('Somebody (abcdefgh)');
  });
});

describe('the details of an event', () => {
  it('are lines where they can be, and leave out what is empty', () => {
    expect(
      readDetails({ ipAddress: '::1', roleBefore: 'member', setUp: true, scopes: ['a', 'b'], none: null, empty: [] }),
    ).toEqual([
      { label: 'IP address', line: '::1', value: '::1' },
      { label: 'Role before', line: 'member', value: 'member' },
      { label: 'While setting up', line: 'Yes', value: true },
      { label: 'Scopes', line: 'a, b', value: ['a', 'b'] },
    ]);
    expect(readDetails({ apiKey: { id: 'k', name: 'Nightly' }, filter: { tool: 'x' } })).toEqual([
      { label: 'With the API key', line: 'Nightly', value: { id: 'k', name: 'Nightly' } },
      { label: 'Filter', line: null, value: { tool: 'x' } },
    ]);
    expect(readDetails('text')).toEqual([]);
  });
});
