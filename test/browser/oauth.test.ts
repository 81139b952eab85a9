import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ConnectionView } from '#channels/http/contract/connections.ts';
import { signInProblems } from '#connections/oauth/sign-in-problem.ts';
import { signInAgain, signInOnPage } from '../support/accounts.ts';
import { calendarIntegration, type IdentityProvider, startIdentityProvider } from '../support/identity-provider.ts';
import { createVisitors, snap, type VisitOptions } from '../support/page.ts';
import { owner } from '../support/sign-in.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const callbackPath = '/api/v1/oauth/callback';
const visitors = createVisitors();
let provider: IdentityProvider;
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  provider = await startIdentityProvider(() => app.address + callbackPath);
  app = await startTestApp(
    { ALLOWED_PRIVATE_HOSTS: [provider.issuer, provider.apiUrl].map((url) => new URL(url).host).join(',') },
    { furtherIntegrations: (egress) => [calendarIntegration(provider, egress)] },
  );
});
beforeEach(() => {
  provider.consent = 'given';
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await provider?.close();
});

const visit = (path: string, options: VisitOptions = {}) =>
  visitors.open(app.address, path, { through: [provider.issuer], ...options });
const failure = (page: Page) => page.getByRole('alert').filter({ hasText: 'did not lead to a connection' });
const view = async (id: string) => (await app.get(`/api/v1/connections/${id}`)).body as ConnectionView;

/** Where the other service's sign-in begins, for the owner's own session. */
async function begin(label: string): Promise<string> {
  const { status, body } = await app.send('POST', '/api/v1/connection-authorizations', {
    integration: 'calendar',
    label,
    ownership: 'organization',
    scopes: ['ninox:teams:read'],
  });
  expect(status, JSON.stringify(body)).toBe(200);
  return (body as { url: string }).url;
}

/** Signs in at the other service through the pages, with what is offered as it stands. */
async function goThere(page: Page, label: string): Promise<void> {
  await page.getByRole('article', { name: 'Calendar' }).getByRole('link', { name: 'Connect Calendar' }).click();
  await page.getByRole('textbox', { name: 'Name' }).fill(label);
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('heading', { name: 'What may be done with it?' }).waitFor();
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Sign in with Calendar' }).click();
}

/** Connects through the pages; returns the id the service led back with. */
async function connect(page: Page, label: string): Promise<string> {
  await goThere(page, label);
  await page.getByText(`“${label}” is connected`).waitFor();
  return new URL(page.url()).searchParams.get('connected') ?? '';
}

test('a service is connected by signing in to it, and the way back says so', async () => {
  const page = await visit('/integrations');
  const id = await connect(page, 'Team calendar');
  const attach = page.getByRole('link', { name: 'Attach it to a persona' });
  expect(await attach.getAttribute('href')).toBe(`/personas/new?connection=${id}`);
  await snap(page, 'oauth-connected');
  expect(await view(id)).toMatchObject({ auth: 'oauth', status: 'active', health: { seen: [{ name: 'Work' }] } });
  await page.getByRole('button', { name: 'Close' }).click();
  expect(new URL(page.url()).search).toBe('');
  const row = page.getByRole('list', { name: 'Connections' }).getByRole('link', { name: /Team calendar/ });
  expect(await row.textContent()).toContain('Working');
});

test('without consent nothing is connected, and nothing the other service said is shown', async () => {
  provider.consent = 'denied';
  const page = await visit('/integrations');
  await goThere(page, 'Denied calendar');
  await failure(page).getByText('Consent was not given at the other service.', { exact: false }).waitFor();
  expect(await page.content()).not.toContain('raw words');
  expect(await page.getByRole('link', { name: /Denied calendar/ }).count()).toBe(0);
  await snap(page, 'oauth-denied');
  await failure(page).getByRole('button', { name: 'Close' }).click();
  await failure(page).waitFor({ state: 'detached' });
});

test('a way back counts once', async () => {
  const page = await visit('/integrations');
  const cameBack = page.waitForRequest((request) => request.url().includes(callbackPath));
  await connect(page, 'Once');
  await page.goto((await cameBack).url());
  await failure(page).getByText('its link was used before', { exact: false }).waitFor();
  const { body } = await app.get('/api/v1/connections');
  const labels = (body as { items: ConnectionView[] }).items.map(({ label }) => label);
  expect(labels.filter((label) => label === 'Once')).toHaveLength(1);
});

test('a sign-in that somebody else began connects nothing here', async () => {
  const url = await begin('Planted');
  const page = await visit('/integrations', { cookie: await signInAgain(app.address) });
  await page.goto(url);
  await failure(page).getByText('begun in another browser', { exact: false }).waitFor();
  expect(await page.getByRole('link', { name: /Planted/ }).count()).toBe(0);
});

test('whoever was signed out meanwhile is told after the sign-in', async () => {
  const url = await begin('Late');
  const page = await visit('/sign-in', { cookie: null, expected: [/status of 401/] });
  await page.goto(url);
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  await signInOnPage(page, owner);
  await failure(page).getByText('You were signed out here meanwhile.', { exact: false }).waitFor();
});

test('every reason has a sentence of its own, and an address cannot put words on the page', async () => {
  const page = await visit('/integrations', { expected: [/status of 40[04]/] });
  const said = new Set<string>();
  for (const problem of signInProblems) {
    await page.goto(`${app.address}/integrations?error=${problem}`);
    said.add((await failure(page).textContent()) ?? '');
  }
  expect(said.size).toBe(signInProblems.length);
  for (const word of ['Call 0900 now', '<b>bold</b>', 'constructor']) {
    await page.goto(`${app.address}/integrations?${new URLSearchParams({ error: word }).toString()}`);
    expect(await failure(page).textContent()).toContain('The other service did not answer as it should.');
    expect(await page.locator('main').textContent()).not.toContain(word);
  }
  await page.goto(`${app.address}/integrations?connected=Call+0900+now`);
  await page.getByRole('heading', { name: 'What can be connected' }).waitFor();
  expect(await page.locator('main').textContent()).not.toContain('0900');
});

test('a connection whose grant was taken back is connected again as the same one', async () => {
  const page = await visit('/integrations', { expected: [/status of 404/] });
  const id = await connect(page, 'Renewed');
  await page.getByRole('link', { name: 'Its health and limits' }).click();
  await provider.endGrants();
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('It needs to be reconnected').waitFor();
  expect((await view(id)).status).toBe('needs_reconnect');
  await snap(page, 'oauth-needs-reconnect');
  await page.getByRole('button', { name: 'Sign in with Calendar again' }).click();
  await page.getByText('“Renewed” is connected').waitFor();
  expect(new URL(page.url()).searchParams.get('connected')).toBe(id);
  expect((await view(id)).status).toBe('active');
  await page.getByRole('link', { name: 'Its health and limits' }).click();
  await page.getByRole('heading', { name: 'Renewed' }).waitFor();
  expect(await page.getByText('It needs to be reconnected').count()).toBe(0);
});
