import { expect, test } from 'vitest';
import { slackBotScopes } from '#integrations/slack-door.ts';
import { startSlackServer } from '#test/support/slack-server.ts';
import { slackManifest } from './manifest.ts';

const publicUrl = 'https://personas.example.com';
const read = (facts: Parameters<typeof slackManifest>[0]) => JSON.parse(slackManifest(facts)) as Record<string, never>;

test('Slack takes it, for events over http and over a socket', async () => {
  await using slack = await startSlackServer();
  slack.applyManifest(slackManifest({ publicUrl, mode: 'http' }));
  expect(slack.app).toMatchObject({
    isAgent: true,
    usesSocket: false,
    eventsUrl: `${publicUrl}/slack/events`,
    interactivityUrl: `${publicUrl}/slack/events`,
    redirectUrls: [`${publicUrl}/api/v1/slack/callback`],
    scopes: slackBotScopes,
  });
  expect(slack.app.commands.get('/persona')).toBe(`${publicUrl}/slack/events`);
  slack.applyManifest(slackManifest({ publicUrl: 'http://127.0.0.1:3000', mode: 'socket' }));
  expect(slack.app).toMatchObject({ usesSocket: true, eventsUrl: null, interactivityUrl: null, redirectUrls: [] });
});

test('it names this service’s address where Slack must reach it, and nowhere where it need not', () => {
  expect(read({ publicUrl: 'http://127.0.0.1:3000', mode: 'socket' })).toMatchObject({
    settings: { socket_mode_enabled: true, org_deploy_enabled: false, token_rotation_enabled: false },
  });
  expect(slackManifest({ publicUrl: 'http://127.0.0.1:3000', mode: 'socket' })).not.toContain('127.0.0.1');
});

test('it asks for nothing that lets the app read what it was not invited to, or see e-mail addresses', () => {
  const text = slackManifest({ publicUrl, mode: 'http' });
  for (const scope of ['users:read.email', 'channels:join', 'chat:write.public', 'files:', 'admin', 'mpim']) {
    expect(text).not.toContain(scope);
  }
});
