import { expect, test } from 'vitest';
import { loadConfig } from './config.ts';
import { readEnvironment } from './env.ts';

const keys = { AUDIT_KEY: Buffer.alloc(32, 1).toString('base64'), AUTH_SECRET: Buffer.alloc(32, 2).toString('base64') };
const slackOf = (environment: Record<string, string>) => loadConfig(readEnvironment({ ...keys, ...environment })).slack;
const signingSecret = '0123456789abcdef0123456789abcdef';

test('nothing set means no Slack', () => {
  expect(slackOf({})).toBeNull();
});

test('events over http need the signing secret alone, and those over a socket the app token alone', () => {
  expect(slackOf({ SLACK_SIGNING_SECRET: signingSecret })).toMatchObject({
    appToken: null,
    clientId: null,
    clientSecret: null,
    apiUrl: 'https://slack.com/api',
  });
  const socket = slackOf({ SLACK_APP_TOKEN: 'xapp-1-A1-secret', SLACK_API_URL: 'https://slack-gov.com/api/' });
  expect(socket).toMatchObject({ signingSecret: null, apiUrl: 'https://slack-gov.com/api' });
  expect(socket?.appToken?.reveal()).toBe('xapp-1-A1-secret');
});

test('both halves of the sign-in at Slack are kept', () => {
  const slack = slackOf({
    SLACK_SIGNING_SECRET: signingSecret,
    SLACK_CLIENT_ID: '1.2',
    SLACK_CLIENT_SECRET: 'client-secret',
  });
  expect(slack?.clientId).toBe('1.2');
  expect(slack?.clientSecret?.reveal()).toBe('client-secret');
});

test('a Slack that the environment names may lie in the own network', () => {
  const environment = { ...keys, SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: 'http://127.0.0.1:4000/api' };
  expect(loadConfig(readEnvironment(environment)).allowedPrivateHosts).toEqual(['127.0.0.1:4000']);
});

test.each([
  [
    { SLACK_CLIENT_ID: '1.2', SLACK_SIGNING_SECRET: signingSecret },
    'SLACK_CLIENT_SECRET: not set, but SLACK_CLIENT_ID',
  ],
  [
    { SLACK_CLIENT_SECRET: 'client-secret', SLACK_SIGNING_SECRET: signingSecret },
    'SLACK_CLIENT_ID: not set, but SLACK_CLIENT_SECRET',
  ],
  [{ SLACK_CLIENT_ID: '1.2', SLACK_CLIENT_SECRET: 'client-secret' }, 'SLACK_SIGNING_SECRET: not set, nor is SLACK_APP'],
  [{ SLACK_API_URL: 'https://slack-gov.com/api' }, 'SLACK_SIGNING_SECRET: not set, nor is SLACK_APP_TOKEN'],
  [{ SLACK_APP_TOKEN: 'xoxb-1-2-secretsecret' }, 'SLACK_APP_TOKEN: found 21 characters. Allowed: the app-level token'],
  [
    { SLACK_SIGNING_SECRET: signingSecret, SLACK_API_URL: 'http://slack.example.com/api' },
    'SLACK_API_URL: found “http://slack.example.com/api”, over which tokens',
  ],
])('half of it is refused: %o', (environment, words) => {
  let message = '';
  try {
    readEnvironment(environment);
  } catch (error) {
    message = String(error);
  }
  expect(message).toContain(words);
  expect(message).not.toContain('secretsecret');
});
