import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fillIn, signInAgain, signInOnPage, startFreshApp, switchTo } from '../support/accounts.ts';
import { answered, composer, createVisitors, isTooWide, messagesOf, phone, snap, tabTo } from '../support/page.ts';
import { owner } from '../support/sign-in.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
/** What the browser itself writes about a request that the service refused. */
const refused = [/status of 4\d\d/];
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const openedOrganization = (page: Page, name: string) =>
  page.getByRole('button', { name: `Organization: ${name}. Change` });
const isFocused = (page: Page, label: string) =>
  page.getByRole('textbox', { name: label, exact: true }).evaluate((element) => element === document.activeElement);

test('before anybody has an account the pages say where the link is, and the link leads into the demo', async () => {
  const fresh = visitors.use(await startFreshApp());
  const page = await visitors.open(fresh.address, '/', { cookie: null, expected: refused });
  await heading(page, 'Nobody has an account yet').waitFor();
  const token = new URLSearchParams(fresh.setUpPath.split('?')[1]).get('token') ?? '';
  expect(token.length).toBeGreaterThan(20);
  expect(await page.content()).not.toContain(token);
  await snap(page, 'nobody-yet');

  await page.goto(fresh.address + fresh.setUpPath);
  await fillIn(page, { 'Your name': 'Ada', Password: 'too short' });
  await page.keyboard.press('Enter');
  await page.getByText('Fill this in.').waitFor();
  await page.getByText('Must have at least 10 characters; this has 9.').waitFor();
  expect(await isFocused(page, 'E-mail'), 'focus is on the first field that is wrong').toBe(true);
  await fillIn(page, {
    'E-mail': 'ada@example.com',
    Password: 'a long enough password',
    'Your organization’s name (optional)': 'Holzwerk',
  });
  await snap(page, 'set-up');
  await page.keyboard.press('Enter');
  await page.getByRole('region', { name: 'Welcome' }).getByText('Your own organization, Holzwerk').waitFor();
  await openedOrganization(page, 'Demo organization').waitFor();
  await composer(page).waitFor();
  await snap(page, 'welcome');
  await switchTo(page, 'Holzwerk');
  await openedOrganization(page, 'Holzwerk').waitFor();
  await page.getByText('Nothing is connected', { exact: true }).waitFor();
  const connect = page.getByRole('link', { name: 'Connect Ninox' });
  expect(await connect.getAttribute('href')).toBe('/integrations/ninox/connect');

  const late = await visitors.open(fresh.address, fresh.setUpPath, { cookie: null });
  await heading(late, 'This service is set up already').waitFor();
});

test('whoever is not signed in is led to the sign-in, and back to where they wanted to be', async () => {
  const page = await visitors.open(app.address, '/activity?tool=ninox_list_teams', { cookie: null, expected: refused });
  await heading(page, 'Sign in').waitFor();
  expect(new URL(page.url()).searchParams.get('next')).toBe('/activity?tool=ninox_list_teams');
  await signInOnPage(page, { ...owner, password: 'not my password' });
  await page.getByRole('alert').getByText('not right').waitFor();
  expect(await page.getByRole('textbox', { name: 'E-mail' }).inputValue(), 'what was typed stays').toBe(owner.email);
  await snap(page, 'sign-in-refused');
  await signInOnPage(page, owner);
  await heading(page, 'Activity').waitFor();
  expect(new URL(page.url()).search).toBe('?tool=ninox_list_teams');
});

test.each(['//elsewhere.example/', 'https://elsewhere.example/', '/\\elsewhere.example', '/.//elsewhere.example/'])(
  'the sign-in never leads to another site: %s',
  async (next) => {
    const page = await visitors.open(app.address, `/sign-in?next=${encodeURIComponent(next)}`, { cookie: null });
    await signInOnPage(page, owner);
    await composer(page).waitFor();
    expect(page.url()).toBe(`${app.address}/`);
  },
);

test('a session that ends while somebody writes loses nothing they wrote', async () => {
  const cookie = await signInAgain(app.address);
  const page = await visitors.open(app.address, '/?persona=ninox-assistant', { cookie, expected: refused });
  await composer(page).fill('Which teams can you see?');
  expect((await app.fetch('/api/v1/sign-out', asJson(cookie))).status).toBe(200);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByText('You were signed out.').waitFor();
  expect(new URL(page.url()).pathname).toBe('/sign-in');
  expect(new URL(page.url()).searchParams.get('next')).toMatch(/^\/c\//);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await snap(page, 'sign-in-again');
  await signInOnPage(page, owner);
  await expect.poll(() => composer(page).inputValue()).toBe('Which teams can you see?');
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await answered(page);
  expect(await messagesOf(page, 'You').allInnerTexts()).toEqual(['Which teams can you see?']);
});

test('a page in another tab starts anew once the organization is changed elsewhere', async () => {
  const cookie = await signInAgain(app.address);
  const page = await visitors.open(app.address, '/settings/account', { cookie });
  await openedOrganization(page, 'Demo organization').waitFor();
  const other = await page.context().newPage();
  await other.goto(app.address);
  await other.getByRole('button', { name: /^Organization: / }).click();
  await other.getByRole('button', { name: 'New organization' }).click();
  await fillIn(other, { Name: 'Second tab' });
  await other.keyboard.press('Enter');
  await openedOrganization(other, 'Second tab').waitFor();
  await page.bringToFront();
  await page.evaluate(() => window.dispatchEvent(new Event('visibilitychange')));
  await openedOrganization(page, 'Second tab').waitFor();
  expect(new URL(page.url()).pathname).toBe('/');
});

test('an organization is made, renamed and deleted, and the name must be typed for that', async () => {
  const cookie = await signInAgain(app.address);
  const page = await visitors.open(app.address, '/', { cookie, expected: refused });
  await page.getByRole('button', { name: /^Organization: / }).click();
  await page.getByRole('button', { name: 'New organization' }).click();
  await fillIn(page, { Name: 'Brandstätter' });
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await openedOrganization(page, 'Brandstätter').waitFor();
  await page.getByRole('link', { name: 'Settings', exact: true }).click();
  await page.getByRole('link', { name: 'Organization', exact: true }).click();
  await fillIn(page, { Name: 'Holzwerk & Söhne' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('status').getByText('Saved.').waitFor();
  await openedOrganization(page, 'Holzwerk & Söhne').waitFor();
  await page.getByRole('button', { name: 'Delete this organization' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete this organization?' });
  const typed = dialog.getByRole('textbox');
  await typed.fill('Something else');
  await page.keyboard.press('Enter');
  await dialog.getByText('Type the organization’s name').waitFor();
  expect(await typed.evaluate((element) => element === document.activeElement)).toBe(true);
  await snap(page, 'delete-organization');
  await typed.fill('Holzwerk & Söhne');
  await dialog.getByRole('button', { name: 'Delete for good' }).click();
  await composer(page).waitFor();
  await page.getByRole('button', { name: /^Organization: / }).click();
  expect(await page.getByRole('dialog', { name: 'Organizations' }).textContent()).not.toContain('Holzwerk');
});

test('the account is kept: name, password, and where one is signed in', async () => {
  await using own = await startTestApp();
  const elsewhere = await signInAgain(own.address);
  const page = await visitors.open(own.address, '/settings', { expected: refused });
  await fillIn(page, { Name: 'Olivia B.' });
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Your account: Olivia B.' }).waitFor();
  const places = page.getByRole('list', { name: 'Where you are signed in' }).getByRole('listitem');
  await expect.poll(() => places.count()).toBe(2);
  await places.getByRole('button', { name: /^Sign out/ }).click();
  await page.getByRole('dialog', { name: 'Sign out there?' }).getByRole('button', { name: 'Sign out' }).click();
  await expect.poll(() => places.count()).toBe(1);
  await page.getByRole('status').getByText('is signed out').waitFor();
  expect((await own.fetch('/api/v1/sessions', { headers: { cookie: elsewhere } })).status).toBe(401);

  await fillIn(page, { 'Current password': 'wrong one', 'New password': 'another long password' });
  await page.keyboard.press('Enter');
  await page.getByText('Is not right. Type the password you sign in with now.').waitFor();
  expect(await isFocused(page, 'Current password')).toBe(true);
  await fillIn(page, { 'Current password': owner.password });
  await page.keyboard.press('Enter');
  await page.getByRole('status').getByText('Changed.').waitFor();
  await snap(page, 'account');

  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await heading(page, 'Sign in').waitFor();
  await signInOnPage(page, { email: owner.email, password: 'another long password' });
  await composer(page).waitFor();
});

test('a key is made with the keyboard, shown once, works, and is refused once it is revoked', async () => {
  const page = await visitors.open(app.address, '/settings/api-keys', { expected: refused });
  await tabTo(page, page.getByRole('button', { name: 'New key' }));
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New API key' });
  await tabTo(page, dialog.getByRole('textbox', { name: 'Name' }));
  await page.keyboard.type('Nightly report');
  await page.keyboard.press('Enter');
  await dialog.getByText('Must name at least one scope.').waitFor();
  const scope = dialog.getByRole('checkbox', { name: 'See the personas and what they may do' });
  await tabTo(page, scope);
  await page.keyboard.press('Space');
  const chat = dialog.getByRole('checkbox', { name: 'Write to personas' });
  const hint = dialog.getByText('use no tool', { exact: false });
  await dialog.getByRole('checkbox', { name: 'Read records' }).waitFor();
  await chat.check();
  await hint.waitFor();
  await dialog.getByText('channel API', { exact: false }).waitFor();
  await dialog.getByRole('checkbox', { name: 'See teams' }).check();
  expect(await hint.count()).toBe(0);
  await chat.uncheck();
  await dialog.getByRole('checkbox', { name: 'See teams' }).uncheck();
  await scope.focus();
  await snap(page, 'new-key');
  await tabTo(page, dialog.getByRole('button', { name: 'Create the key' }));
  await page.keyboard.press('Enter');
  const key = await page
    .getByRole('dialog', { name: 'Your new key' })
    .getByRole('textbox', { name: 'Key' })
    .inputValue();
  await snap(page, 'key-once');
  const call = async (path: string) =>
    (await fetch(app.address + path, { headers: { authorization: `Bearer ${key}` } })).status;
  expect(await call('/api/v1/personas')).toBe(200);
  expect(await call('/api/v1/members')).toBe(403);
  await page.getByRole('button', { name: 'Done' }).click();
  expect(await page.content(), 'the key is gone from the page').not.toContain(key);
  const row = page.getByRole('list', { name: 'API keys' }).getByRole('listitem').filter({ hasText: 'Nightly report' });
  await row.getByText('1 scope').click();
  await row.getByText('See the personas and what they may do').waitFor();
  await row.getByRole('button', { name: 'Revoke Nightly report' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await page.getByRole('status').getByText('“Nightly report” is revoked.').waitFor();
  await row.getByText('Revoked').waitFor();
  expect(await call('/api/v1/personas')).toBe(401);
});

test('beside the keys stands what a program sends, with the addresses of this service', async () => {
  const page = await visitors.open(app.address, '/settings/api-keys', phone);
  const panel = page.getByRole('region', { name: 'Use it' });
  const persona = panel.getByRole('combobox', { name: 'Persona' });
  await persona.selectOption({ label: 'Database librarian' });
  const textOf = (label: string) => panel.getByRole('figure', { name: label }).locator('pre').textContent();
  const address = `${app.address}/api/v1/personas/database-librarian/messages`;
  expect(await textOf('A message, with curl')).toContain(address);
  expect(await textOf('OpenAI’s API, with curl')).toContain(`${app.address}/v1/chat/completions`);
  expect(await textOf('OpenAI’s API, with its JavaScript client')).toContain(`baseURL: '${app.address}/v1'`);
  expect(await isTooWide(page)).toBe(false);
  await snap(page, 'use-api-phone');
});

test('the demo organization can be deleted, and without any the person can make one', async () => {
  await using own = await startTestApp();
  const page = await visitors.open(own.address, '/settings/organization');
  await page.getByRole('button', { name: 'Delete the demo organization' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete the demo organization?' });
  await dialog.getByRole('textbox').fill('Demo organization');
  await dialog.getByRole('button', { name: 'Delete the demo' }).click();
  await heading(page, 'You belong to no organization').waitFor();
  await snap(page, 'no-organization');
  await fillIn(page, { Name: 'My own' });
  await page.keyboard.press('Enter');
  await openedOrganization(page, 'My own').waitFor();
  await composer(page).waitFor();
});

function asJson(cookie: string): RequestInit {
  return { method: 'POST', headers: { 'content-type': 'application/json', cookie }, body: '{}' };
}
