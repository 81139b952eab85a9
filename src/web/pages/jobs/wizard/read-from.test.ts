import { expect, test } from 'vitest';
import { readFrom, writeReadFrom } from './read-from.ts';

test('a chosen table is what the tool is called with, and comes back', () => {
  const place = { team: 'team12345', database: 'db1234567', table: 'A' };
  const text = writeReadFrom(place);
  expect(JSON.parse(text)).toEqual({ team_id: 'team12345', database_id: 'db1234567', table_id: 'A' });
  expect(readFrom(text)).toEqual(place);
});

test('nothing chosen is nothing, and what holds more than a table is left as JSON', () => {
  expect(writeReadFrom({ team: '', database: '', table: '' })).toBe('');
  expect(readFrom('')).toEqual({ team: '', database: '', table: '' });
  expect(readFrom('{"team_id":"team12345","filters":{"City":"Berlin"}}')).toBeNull();
  expect(readFrom('[1]')).toBeNull();
  expect(readFrom('{"team_id":')).toBeNull();
});
