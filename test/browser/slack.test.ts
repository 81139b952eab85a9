import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { type SlackServer, startSlackServer } from '../support/slack-server.ts';
import { connectWorkspace, slackPersona, slackVariables } from '../support/slack-service.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
const personas = {
  anna: slackPersona().replace('name: Tester', 'name: Anna'),
  bert: slackPersona().replace('name: Tester', 'name: Bert'),
};
let slack: SlackServer;
let app: TestApp & AsyncDisposable;
let bare: TestApp & AsyncDisposable;
beforeAll(async () => {
  slack = await startSlackServer();
  app = await startTestApp(slackVariables(slack, 'http'), { personas });
  bare = await startTestApp({}, { personas });
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await bare?.[Symbol.asyncDispose]();
  await slack?.close();
});

const refusals = { expected: [/status of (409|422)/] };

test('where nothing is set up, the page says what to do, step by step, also on a phone', async () => {
  for (const options of [{}, { ...phone, colorScheme: 'dark' as const }]) {
    const page = await visitors.open(bare.address, '/integrations', options);
    const card = page.getByRole('article', { name: 'Slack' });
    expect(await card.textContent()).not.toMatch(/0 tools/);
    await card.getByRole('link', { name: 'Connect Slack' }).click();
    await page.getByText('Slack is not set up yet').first().waitFor();
    const steps = page.getByRole('listitem').getByRole('heading', { level: 2 });
    expect(await steps.allTextContents()).toEqual([
      expect.stringContaining('Make the app in Slack'),
      expect.stringContaining('Tell this service about the app'),
      expect.stringContaining('Connect the workspace'),
      expect.stringContaining('Use it'),
    ]);
    const manifest =
      (await page.getByRole('figure', { name: 'Manifest of the app' }).locator('pre').textContent()) ?? '';
    expect(JSON.parse(manifest)).toMatchObject({ settings: { socket_mode_enabled: true } });
    await page.getByText('SLACK_APP_TOKEN', { exact: true }).waitFor();
    expect(await page.getByRole('button', { name: /Sign in with Slack|Connect the workspace/ }).count()).toBe(0);
    expect(await isTooWide(page)).toBe(false);
    await snap(page, `slack-set-up-${'isMobile' in options ? 'phone' : 'wide'}`);
  }
});

test('a workspace is connected with its bot token, by keyboard, and a wrong one is told', async () => {
  slack.applyManifest(((await app.get('/api/v1/slack')).body as { manifest: string }).manifest);
  const page = await visitors.open(app.address, '/integrations/slack/connect', refusals);
  await page.getByText('Or paste the bot token').click();
  const box = page.getByLabel('Bot token', { exact: true });
  await box.fill('xoxb-too-short');
  await page.keyboard.press('Enter');
  await page.getByText('Paste the whole token', { exact: false }).waitFor();
  await box.fill('xoxb-0000-Nobody-Knows-This-One');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').getByText('Slack does not accept this token', { exact: false }).waitFor();
  await snap(page, 'slack-token-refused');
  await box.fill(slack.install());
  await tabTo(page, page.getByRole('button', { name: 'Connect the workspace' }));
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  expect(await page.content()).not.toContain('xoxb-');
  await page.getByRole('heading', { name: 'Who answers' }).waitFor();
  expect(await page.getByText('No persona uses it yet').count()).toBe(0);
  expect(await page.getByRole('heading', { name: 'What may be done with it' }).count()).toBe(0);
});

test('it is chosen who answers, in the workspace and in a channel the app was invited to', async () => {
  const id = await connectWorkspace(slack, app);
  slack.addChannel('sales', [slack.addPerson('Ann')]);
  for (const options of [{}, phone]) {
    const page = await visitors.open(app.address, `/integrations/connections/${id}`, options);
    const whole = page.getByRole('combobox', { name: 'In the workspace' });
    await whole.selectOption({ label: 'Bert' });
    await page.getByText('Saved. It counts from the next thread on.').first().waitFor();
    await page.getByRole('button', { name: 'Another persona in a channel…' }).click();
    await page.getByRole('combobox', { name: 'Channel' }).selectOption({ label: '#sales' });
    await page.getByRole('combobox', { name: 'Persona' }).selectOption({ label: 'Anna' });
    await page.getByRole('button', { name: 'Choose', exact: true }).click();
    const channels = page.getByRole('list', { name: 'Channels with a persona of their own' });
    await channels.getByText('#sales').waitFor();
    expect(await isTooWide(page)).toBe(false);
    await snap(page, `slack-connection-${options === phone ? 'phone' : 'wide'}`);
    const { body } = await app.get('/api/v1/slack/workspaces');
    expect(body).toMatchObject({ items: [{ personaId: 'bert', channels: [{ name: 'sales', personaId: 'anna' }] }] });
    await channels.getByRole('combobox').selectOption({ label: 'As in the workspace' });
    await page.getByText('In every channel the same persona answers so far.').waitFor();
    await whole.selectOption({ index: 0 });
  }
});

test('signing in at Slack leads there and back, and says whose workspace it is already', async () => {
  const page = await visitors.open(app.address, '/integrations/slack/connect', {
    through: [new URL(slack.apiUrl).origin],
  });
  slack.applyManifest(((await app.get('/api/v1/slack')).body as { manifest: string }).manifest);
  await page.getByRole('button', { name: 'Sign in with Slack' }).click();
  await page.getByText('“Home” is connected').waitFor();
  await page.getByRole('link', { name: 'Who answers there' }).click();
  await page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
  await page.getByRole('button', { name: 'Revoke…' }).click();
  await page.getByText('Personas stop answering in this workspace.', { exact: false }).waitFor();
  await snap(page, 'slack-revoke');
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByText('cannot be used any more', { exact: false }).waitFor();
  expect((await app.get('/api/v1/slack/workspaces')).body).toMatchObject({ items: [] });
});
