import { expect, test } from 'vitest';
import { channelTitle, describeMode, settingsByWay } from './slack-words.ts';

test('channels are called as Slack calls them, as far as that is known', () => {
  expect(channelTitle({ channelId: 'C1', name: 'sales' })).toBe('#sales');
  expect(channelTitle({ channelId: 'D1', name: null })).toBe('A direct message');
  expect(channelTitle({ channelId: 'C1', name: null })).toBe('A channel the app is not in');
});

test('every way of setting it up has words and variables', () => {
  expect(new Set((['off', 'http', 'socket'] as const).map(describeMode)).size).toBe(3);
  const names = settingsByWay.flatMap(({ variables }) => variables.map(({ name }) => name));
  expect(names.join(' ')).toMatch(/SLACK_APP_TOKEN.*SLACK_SIGNING_SECRET.*SLACK_CLIENT_ID/);
});
