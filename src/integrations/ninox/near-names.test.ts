import { expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

const names = ['First name', 'Last name', 'Email', 'Newsletter', 'Company', 'Straße', 'Größe', 'Note'];

test.each<[string, readonly string[]]>([
  ['first_name', ['First name']],
  ['FIRSTNAME', ['First name']],
  ['Emial', ['Email']],
  ['E-Mail', ['Email']],
  ['Grosse', ['Größe']],
  ['Strasse', ['Straße']],
  ['news', ['Newsletter']],
  ['name', ['Last name', 'First name']],
  ['Zzzzzz', []],
  ['', []],
  ['!!!', []],
])('%j may mean %j', (name, near) => {
  expect(nearNames(name, names)).toEqual(near);
});

test('gives at most three, nearest first, and takes its time for no long text', () => {
  expect(nearNames('Field 1', ['Field 44', 'Field 3', 'Field 12', 'Field 4', 'Field 2'])).toEqual([
    'Field 3',
    'Field 12',
    'Field 4',
  ]);
  expect(nearNames('x'.repeat(1_000_000), names)).toEqual([]);
});
