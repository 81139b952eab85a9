import { expect, test } from 'vitest';
import { readCommand } from './handle-command.ts';
import { isSlackAddress } from './tell-person.ts';

test.each([
  ['', { type: 'show' }],
  ['  ', { type: 'show' }],
  ['list', { type: 'list' }],
  ['LIST ', { type: 'list' }],
  ['help', { type: 'help' }],
  ['unlink', { type: 'unlink' }],
  ['link abcde-fghij', { type: 'link', code: 'abcde-fghij' }],
  ['link ABCDE FGHIJ', { type: 'link', code: 'ABCDEFGHIJ' }],
  ['link', { type: 'link', code: '' }],
  ['Sales   Helper', { type: 'switch', wanted: 'Sales Helper' }],
  ['“Sales”', { type: 'switch', wanted: 'Sales' }],
  ['list of things', { type: 'switch', wanted: 'list of things' }],
])('/persona %s', (text, command) => {
  expect(readCommand(text)).toEqual(command);
});

test.each([
  ['https://hooks.slack.com/commands/1', true],
  ['https://slack.com/x', true],
  ['http://hooks.slack.com/commands/1', false],
  ['https://hooks.slack.com.evil.example/', false],
  ['https://hooks.slack.com@evil.example/', false],
  ['https://user@hooks.slack.com/', false],
  ['https://127.0.0.1/', false],
  ['file:///etc/passwd', false],
  ['nothing', false],
])('answers go to Slack alone: %s', (address, isSlack) => {
  expect(isSlackAddress(address, 'https://slack.com/api/')).toBe(isSlack);
});
