import { expect, test } from 'vitest';
import { z } from 'zod';
import {
  buildPath,
  databaseIdSchema,
  followsTemplate,
  pathTemplates,
  recordIdSchema,
  tableIdSchema,
  teamIdSchema,
} from './ids.ts';

const ids = { team: 'mnPLY6DMsvq9wz4id', database: 'nk5xt24oixj4', table: 'A', record: '12' };

const attacks = [
  '',
  '.',
  '..',
  ' ',
  'a/b',
  '%2e%2e',
  '%2F',
  '12;',
  '12?',
  '12#',
  '12\n',
  '１２',
  '٣',
  '12/../13',
  '\\',
  '0',
  '-1',
  '1.5',
  '012',
  '1e3',
];

test('puts the ids into the template', () => {
  expect(buildPath(pathTemplates.record, ids)).toBe(
    '/teams/mnPLY6DMsvq9wz4id/databases/nk5xt24oixj4/tables/A/records/12',
  );
  expect(buildPath(pathTemplates.teams, {})).toBe('/teams');
});

test.each(['team', 'database', 'table', 'record'] as const)('no attack gets into the path as %s', (name) => {
  for (const attack of attacks) {
    expect(() => buildPath(pathTemplates.record, { ...ids, [name]: attack }), JSON.stringify(attack)).toThrow(
      expect.objectContaining({ code: 'EGRESS_DENIED' }),
    );
  }
});

test('a missing id never shortens the path', () => {
  const { record: _record, ...withoutRecord } = ids;
  expect(() => buildPath(pathTemplates.record, withoutRecord)).toThrow(
    expect.objectContaining({ code: 'EGRESS_DENIED' }),
  );
});

test.each(['.', '..', '', '%2e', 'a/b', '12?x', '12#x', '..%2f'])(
  'even past the patterns, the path of record %j is not taken for the template',
  (record) => {
    const path = `/teams/${ids.team}/databases/${ids.database}/tables/A/records/${record}`;
    expect(followsTemplate(pathTemplates.record, path, { ...ids, record })).toBe(false);
  },
);

test('a path to another host is not taken for the template', () => {
  expect(followsTemplate('/teams', '.example.org/teams', {})).toBe(false);
});

test.each([
  ['1', '1'],
  [12, '12'],
  ['9007199254740991', '9007199254740991'],
  [Number.MAX_SAFE_INTEGER, '9007199254740991'],
])('takes the record id %j', (input, output) => {
  expect(recordIdSchema.parse(input)).toBe(output);
});

test.each([
  '9007199254740992',
  2 ** 53,
  1e21,
  0,
  -1,
  1.5,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  ['12'],
  null,
  true,
  {},
])('refuses the record id %j and says what is allowed', (input) => {
  const parsed = recordIdSchema.safeParse(input);
  expect(parsed.success).toBe(false);
});

test('says what is allowed', () => {
  expect(recordIdSchema.safeParse('x').error?.issues[0]?.message).toContain('whole number from 1');
  expect(teamIdSchema.safeParse('x').error?.issues[0]?.message).toContain('ninox_list_teams');
  expect(databaseIdSchema.safeParse('x').error?.issues[0]?.message).toContain('ninox_get_databases');
  expect(tableIdSchema.safeParse('x').error?.issues[0]?.message).toContain('such as A');
});

test('takes every form of id that was seen in Ninox', () => {
  for (const team of ['mnPLY6DMsvq9wz4id', 'u14mwnoutm14yrcnf', '67mm9vc324bM7x']) {
    expect(teamIdSchema.safeParse(team).success).toBe(true);
  }
  for (const table of ['A', 'Z', 'AA', 'C1']) expect(tableIdSchema.safeParse(table).success).toBe(true);
});

test('a record id looks like plain text to the model', () => {
  const schema = z.toJSONSchema(z.object({ record_id: recordIdSchema }), { io: 'input' });
  expect(schema).toMatchObject({ properties: { record_id: { type: 'string' } }, required: ['record_id'] });
});
