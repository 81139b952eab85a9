import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createVisitors, isTooWide, phone, snap, tabTo } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app[Symbol.asyncDispose]());

const endpoint = (page: Page, id: string) => page.locator(`details#${id}`);
const open = (path = '/api/docs', options = {}) => visitors.open(app.address, path, { cookie: null, ...options });

test('anyone can read every endpoint, with what it takes and answers', async () => {
  const page = await open();
  await page.getByRole('heading', { name: 'API reference', level: 1 }).waitFor();
  const { body } = await app.get('/api/openapi.json');
  const { paths } = body as { paths: Record<string, object> };
  const expected = Object.values(paths).flatMap((item) => Object.keys(item)).length;
  expect(await page.locator('main details[id]').count()).toBe(expected);
  const create = endpoint(page, 'postPersonas');
  await create.locator('summary').first().click();
  await create.getByText('Needs personas:manage', { exact: false }).waitFor();
  expect(await create.getByRole('figure', { name: 'Example' }).textContent()).toContain(
    `curl -X POST '${app.address}/api/v1/personas'`,
  );
  const definition = create.locator('summary').filter({ hasText: /^PersonaDefinition$/ });
  await definition.click();
  await create.getByText('instructions', { exact: true }).waitFor();
  await snap(page, 'api-reference');
});

test('the search finds endpoints by words', async () => {
  const page = await open();
  await page.getByRole('searchbox', { name: 'Search endpoints' }).fill('export activity');
  await expect.poll(() => page.locator('main details[id]').count()).toBe(1);
  await endpoint(page, 'postAuditExports').waitFor();
  await page.getByRole('searchbox').fill('nothing like this');
  await page.getByRole('heading', { name: 'No endpoint fits' }).waitFor();
  await page.getByRole('button', { name: 'Clear the search' }).click();
  await endpoint(page, 'getPersonas').waitFor();
});

test('an address leads to one endpoint, and the keyboard opens the next', async () => {
  const page = await open('/api/docs#getAuditEvents');
  await endpoint(page, 'getAuditEvents').getByRole('heading', { name: 'Query' }).waitFor();
  expect(await endpoint(page, 'getAuditEvents').getByText('connectionId', { exact: true }).first().isVisible()).toBe(
    true,
  );
  await page.getByRole('searchbox').fill('sign-in');
  const signIn = endpoint(page, 'postSignIn');
  await tabTo(page, signIn.locator('summary').first());
  await page.keyboard.press('Enter');
  await signIn.getByRole('heading', { name: 'Body' }).waitFor();
  expect(await signIn.getByRole('figure', { name: 'Example' }).textContent()).not.toContain('Authorization');
});

test('it stands in the dark and on a phone', async () => {
  const page = await open('/api/docs#putPersonasById', { ...phone, colorScheme: 'dark' });
  await endpoint(page, 'putPersonasById').getByRole('heading', { name: 'Answers' }).waitFor();
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'api-reference-phone-dark');
});

test('it says so when it cannot be loaded, and tries again', async () => {
  const page = await open('/sign-in', { expected: [/503/] });
  await page.route('**/api/openapi.json', (route) =>
    route.fulfill({ status: 503, json: { detail: 'Closed for now.' } }),
  );
  await page.goto(`${app.address}/api/docs`);
  await page.getByRole('heading', { name: 'The reference could not be loaded' }).waitFor({ timeout: 20_000 });
  await page.getByText('Closed for now.').waitFor();
  await page.unroute('**/api/openapi.json');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: 'API reference', level: 1 }).waitFor();
});
