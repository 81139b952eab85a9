import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SessionView } from '#channels/http/contract/session.ts';
import { fillIn, inviteBy, join, signInAgain } from '../support/accounts.ts';
import { composer, createVisitors, isTooWide, phone, snap } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
const refused = [/status of 4\d\d/];
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const entries = (page: Page) => page.getByRole('navigation', { name: 'Main' }).getByRole('link').allInnerTexts();
const members = (page: Page) => page.getByRole('list', { name: 'Members' }).getByRole('listitem');

/** Invites as the owner does, and returns where the link leads. */
async function invite(page: Page, email: string, role: string): Promise<string> {
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Invite somebody' });
  await dialog.getByRole('textbox', { name: 'E-mail' }).fill(email);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByRole('button', { name: 'Invite', exact: true }).click();
  const done = page.getByRole('dialog', { name: 'Invitation made' });
  await done.getByText('it was not sent by e-mail', { exact: false }).waitFor();
  const link = new URL(await done.getByRole('textbox', { name: 'Link' }).inputValue());
  await snap(page, `invited-${role.toLowerCase()}`);
  await done.getByRole('button', { name: 'Done' }).click();
  return link.pathname;
}

test('a member comes in by a link and sees what the role can use', async () => {
  const leader = await visitors.open(app.address, '/settings/members', { cookie: await signInAgain(app.address) });
  const link = await invite(leader, 'max@example.com', 'Member');
  await leader.getByRole('list', { name: 'Open invitations' }).getByText('max@example.com').waitFor();
  const page = await visitors.open(app.address, link, { cookie: null, expected: refused });
  await page.getByRole('heading', { name: 'Join Demo organization' }).waitFor();
  await page.getByText('as Member: writes to personas', { exact: false }).waitFor();
  await snap(page, 'invitation');
  await fillIn(page, { 'Your name': 'Max', Password: 'correct horse too' });
  await page.keyboard.press('Enter');
  await composer(page).waitFor();
  expect(await entries(page)).toEqual([
    'Chat',
    'Approvals',
    'Inbox',
    'Jobs',
    'Activity',
    'Personas',
    'Integrations',
    'Settings',
  ]);
  await page.goto(`${app.address}/settings/organization`);
  await page.getByText('it must be owner or admin').waitFor();
  await snap(page, 'role-too-small');
  await page.getByRole('link', { name: 'See who can change it' }).click();
  await members(page).filter({ hasText: 'Olivia' }).waitFor();
  expect(await page.getByRole('button', { name: 'Invite' }).count()).toBe(0);
  expect(await page.getByRole('button', { name: /^Remove/ }).count()).toBe(0);
});

test('a changed role shows at once, and whoever is removed has no organization', async () => {
  const leader = await visitors.open(app.address, '/settings/members', { cookie: await signInAgain(app.address) });
  const cookie = await join(app, { name: 'Nora', email: 'nora@example.com', role: 'member' });
  await leader.reload();
  await leader.getByRole('button', { name: 'Change the role of Nora' }).click();
  const dialog = leader.getByRole('dialog', { name: 'The role of Nora' });
  await dialog.getByRole('radio', { name: 'Auditor' }).check();
  await snap(leader, 'change-role');
  await dialog.getByRole('button', { name: 'Change role' }).click();
  await leader.getByRole('status').getByText('Nora is auditor now.').waitFor();
  await members(leader).filter({ hasText: 'Nora' }).getByText('Auditor').waitFor();

  await leader.getByRole('button', { name: 'Remove Nora' }).click();
  await leader.getByRole('dialog', { name: 'Remove Nora?' }).getByRole('button', { name: 'Remove' }).click();
  await leader.getByRole('status').getByText('Nora no longer belongs here.').waitFor();
  await members(leader).filter({ hasText: 'Nora' }).waitFor({ state: 'detached' });
  const page = await visitors.open(app.address, '/', { cookie });
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor();
});

test('auditors begin with Activity and are not shown what they cannot use', async () => {
  const cookie = await join(app, { name: 'Ada', email: 'ada@example.com', role: 'auditor' });
  const page = await visitors.open(app.address, '/', { cookie });
  await page.getByRole('heading', { name: 'Activity', exact: true }).waitFor();
  expect(new URL(page.url()).pathname).toBe('/activity');
  expect(await entries(page)).toEqual(['Approvals', 'Activity', 'Personas', 'Integrations', 'Settings']);
  expect(await page.getByText('New conversation').count()).toBe(0);
  await snap(page, 'auditor');
  await page.goto(`${app.address}/c/some-conversation`);
  await page.getByText('it must be owner, admin or member').waitFor();
});

test('who has an account joins with it; an admin leaves owners alone, and can leave', async () => {
  const cookie = await join(app, { name: 'Paul', email: 'paul@example.com', role: 'member' });
  await app.send('DELETE', `/api/v1/members/${await idOf(cookie)}`);
  const link = await inviteBy(app, { email: 'paul@example.com', role: 'admin' });
  const page = await visitors.open(app.address, link, { cookie: null });
  await fillIn(page, { Password: 'correct horse too' });
  await page.getByRole('button', { name: 'Sign in and join' }).click();
  await composer(page).waitFor();
  await page.getByRole('button', { name: 'Your account: Paul' }).getByText('Admin').waitFor();
  await page.goto(`${app.address}/settings/members`);
  await members(page).filter({ hasText: 'Olivia' }).waitFor();
  expect(await page.getByRole('button', { name: 'Change the role of Olivia' }).count()).toBe(0);
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const choices = page.getByRole('dialog', { name: 'Invite somebody' }).getByRole('radio');
  await expect.poll(() => choices.count()).toBe(3);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave' }).click();
  await page.getByRole('heading', { name: 'You belong to no organization' }).waitFor();
});

async function idOf(cookie: string): Promise<string> {
  const response = await app.fetch('/api/v1/session', { headers: { cookie } });
  const { user } = (await response.json()) as SessionView;
  return user?.id ?? '';
}

test('an invitation is for one person, and a withdrawn one leads nowhere', async () => {
  const leader = await visitors.open(app.address, '/settings/members', { cookie: await signInAgain(app.address) });
  const link = await invite(leader, 'somebody@example.com', 'Auditor');
  const wrong = await visitors.open(app.address, link, { cookie: await signInAgain(app.address) });
  await wrong.getByText('The invitation is for somebody@example.com, and you are signed in as').waitFor();
  await wrong.getByRole('button', { name: 'Sign out and go on' }).click();
  await wrong.getByRole('button', { name: 'Create the account and join' }).waitFor();

  await leader.getByRole('button', { name: 'Withdraw the invitation of somebody@example.com' }).click();
  await leader.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await leader.getByRole('status').getByText('is withdrawn').waitFor();
  await leader.getByText('Nobody is invited at the moment.').waitFor();
  const late = await visitors.open(app.address, link, { cookie: null, expected: refused });
  await late.getByRole('heading', { name: 'This invitation cannot be used' }).waitFor();
  await snap(late, 'invitation-unusable');
});

test('the only owner cannot leave, and is told why', async () => {
  const page = await visitors.open(app.address, '/settings/members', {
    cookie: await signInAgain(app.address),
    expected: refused,
  });
  await page.getByRole('button', { name: 'Leave' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Leave' }).click();
  const reason = dialog.getByRole('alert').getByText('Make somebody else an owner first', { exact: false });
  await reason.waitFor();
  expect(await dialog.getByRole('alert').evaluate((element) => element === document.activeElement)).toBe(true);
});

test.each(['/settings/account', '/settings/organization', '/settings/members', '/settings/api-keys'])(
  'on a phone %s fits, with nine entries at the bottom',
  async (where) => {
    const page = await visitors.open(app.address, where, { ...phone, colorScheme: 'dark' });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    await page.getByRole('status', { name: 'Loading' }).waitFor({ state: 'detached' });
    expect(await isTooWide(page)).toBe(false);
    expect(await entries(page)).toHaveLength(9);
    const clipped = await page
      .getByRole('navigation')
      .getByRole('link')
      .evaluateAll((links) =>
        links.filter((link) => link.scrollWidth > link.clientWidth + 1).map((link) => link.textContent),
      );
    expect(clipped, 'words that do not fit').toEqual([]);
    await snap(page, `phone${where.replaceAll('/', '-')}`);
  },
);

test.each(['/sign-in', '/forgot-password', '/reset-password?token=x', '/sign-up'])(
  'on a phone %s fits without a session',
  async (where) => {
    const page = await visitors.open(app.address, where, { ...phone, cookie: null });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await isTooWide(page)).toBe(false);
  },
);
