import { expect, test } from 'vitest';
import type { IntegrationView } from '#channels/http/contract/connections.ts';
import {
  keySteps,
  missingIn,
  newDraft,
  stepToShow,
  targetOf,
  testedNow,
  testOf,
  toNewConnection,
} from './connect-draft.ts';

const place = { title: 'Place', description: '', baseUrl: null, addressExample: null, bringsKey: false };
const ninox: IntegrationView = {
  name: 'ninox',
  title: 'Ninox',
  description: '',
  category: 'databases',
  auth: 'api_key',
  keyHelp: null,
  fields: [],
  places: [
    { ...place, id: 'public', baseUrl: 'https://api.ninox.com/v1' },
    { ...place, id: 'own', addressExample: 'https://ninox.example.com' },
    { ...place, id: 'stand-in', bringsKey: true },
  ],
  scopes: [
    { scope: 'ninox:teams:read', title: 'See teams', effect: 'read' },
    { scope: 'ninox:records:delete', title: 'Delete records', effect: 'destructive' },
  ],
  tools: [],
  connections: 0,
};
const draft = { ...newDraft(ninox, 'organization'), key: ' secret-key ' };
const result = { baseUrl: 'https://api.ninox.com/v1', sees: [{ id: 't1', name: 'Sales' }] };

test('nothing destructive is ticked for anybody', () => {
  expect(draft.scopes).toEqual(['ninox:teams:read']);
});

test('an address is sent only where the place asks for one, a key only where the place brings none', () => {
  expect(targetOf({ ...draft, address: 'https://left.over' }, ninox)).toEqual({
    integration: 'ninox',
    place: 'public',
    key: 'secret-key',
  });
  expect(targetOf({ ...draft, place: 'own', address: ' https://here ' }, ninox)).toMatchObject({
    address: 'https://here',
  });
  expect(targetOf({ ...draft, place: 'stand-in' }, ninox)).toEqual({ integration: 'ninox', place: 'stand-in' });
});

test('a test counts only for what was tested', () => {
  const tested = { ...draft, tested: { of: testOf(draft, ninox), result } };
  expect(testedNow(tested, ninox)).toEqual(result);
  expect(testedNow({ ...tested, key: 'another-key' }, ninox)).toBeNull();
  expect(testedNow({ ...tested, place: 'own', address: 'https://here' }, ninox)).toBeNull();
});

test('a key that sees no team leads no further', () => {
  const blind = { ...draft, tested: { of: testOf(draft, ninox), result: { ...result, sees: [] } } };
  expect(missingIn('key', blind, ninox)).not.toBeNull();
  expect(missingIn('key', { ...blind, tested: { of: testOf(draft, ninox), result } }, ninox)).toBeNull();
});

test('no step is reached over one that is not done', () => {
  const done = (step: string) => missingIn(step as (typeof keySteps)[number], draft, ninox) === null;
  expect(stepToShow('limits', keySteps, done)).toBe('key');
  expect(stepToShow('place', keySteps, done)).toBe('place');
  expect(stepToShow(null, keySteps, done)).toBe('place');
  expect(stepToShow('nonsense', keySteps, done)).toBe('place');
});

test('what is created is what was typed', () => {
  expect(toNewConnection({ ...draft, label: ' Sales Ninox ', limits: { teams: ['t1'] } }, ninox)).toEqual({
    integration: 'ninox',
    place: 'public',
    key: 'secret-key',
    label: 'Sales Ninox',
    ownership: 'organization',
    scopes: ['ninox:teams:read'],
    limits: { teams: ['t1'] },
    limitNames: {},
  });
});
