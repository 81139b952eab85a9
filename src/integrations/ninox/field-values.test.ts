import { expect, test } from 'vitest';
import { problemOfValue } from './field-values.ts';
import type { NinoxField } from './responses.ts';

const stages = ['Open', 'Offer sent', 'Won'].map((caption, at) => ({ id: String(at + 1), caption }));
const field = (type: string, more: object = {}) => ({ id: 'A', name: 'Field', type, ...more }) as NinoxField;

const right: readonly [string, readonly unknown[], object?][] = [
  ['string', ['x', '']],
  ['html', ['<b>x</b>']],
  ['number', [1, 0, -1.5]],
  ['boolean', [true, false]],
  ['date', ['2026-01-31', '2024-02-29']],
  ['datetime', ['2026-01-31T09:30:00', '2026-01-31T09:30', '2026-01-31T09:30:00.123Z']],
  ['timestamp', ['2026-01-31T23:59:59']],
  ['time', ['09:30', '09:30:59']],
  ['ref', [12, '12']],
  ['choice', ['Won'], { choices: stages }],
  ['choice', ['Whatever']],
  ['multi', [['Won', 'Open']], { choices: stages }],
  ['location', ['Bonn', { lat: 1 }]],
  ['a type of tomorrow', ['x', 1, true]],
];
const wrong: readonly [string, readonly unknown[], string, object?][] = [
  ['string', [1, true, ['x']], 'text'],
  ['number', ['1', '5 €', true], 'a number'],
  ['boolean', ['yes', 1, 'true'], 'true or false'],
  ['date', ['31.01.2026', '2026-02-30', '2026-1-1', 20260131, '2026-01-31T00:00:00'], 'a date as YYYY-MM-DD'],
  [
    'datetime',
    ['2026-01-31', '2026-02-30T09:30:00', '2026-01-31 09:30', '2026-01-31T09:30:00T1'],
    'a date with its time',
  ],
  ['time', ['9:30', '24:00', '09:60', 930], 'a time as hh:mm'],
  ['ref', ['Acme', 0, -1, 1.5, [1], '1 '], 'the number of one record'],
  ['choice', ['won', 1, ['Won']], 'one of its options as it is written', { choices: stages }],
  ['multi', [['Won', 'Lost']], '“Lost” is none', { choices: stages }],
  ['multi', ['Won'], 'a list of its options', { choices: stages }],
  ['location', [['Bonn']], 'no list'],
];

test.each(right)('a field of type %s takes %j', (type, values, more) => {
  expect(values.map((value) => problemOfValue(field(type, more), value))).toEqual(values.map(() => null));
});

test.each(wrong)('a field of type %s does not take %j', (type, values, words, more) => {
  for (const value of values) {
    const problem = problemOfValue(field(type, more), value);
    expect(problem).toContain('The field “Field” takes');
    expect(problem).toContain(words);
  }
});

test('nothing is right for every field, since it empties it', () => {
  for (const [type, , more] of right) {
    expect([null, '', []].map((value) => problemOfValue(field(type, more), value))).toEqual([null, null, null]);
  }
});
