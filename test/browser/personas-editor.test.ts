import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonaDefinition } from '#channels/http/contract/personas.ts';
import { sampleIds } from '#sandbox/ninox-data.ts';
import { chat } from '../support/chat.ts';
import { join } from '../support/join.ts';
import { answered, createVisitors, isTooWide, messagesOf, phone, say, snap, toolCards } from '../support/page.ts';
import { startTestApp, type TestApp } from '../support/start-app.ts';

const visitors = createVisitors();
let app: TestApp & AsyncDisposable;
beforeAll(async () => {
  app = await startTestApp();
});
afterAll(() => app?.[Symbol.asyncDispose]());

const save = (page: Page) => page.getByRole('button', { name: 'Save changes' }).click();
const part = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const tab = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: /^About / })
    .getByRole('link', { name })
    .click();

interface Made {
  readonly id: string;
  readonly path: string;
}

/** A persona made without the pages. */
async function make(name: string, change: Partial<PersonaDefinition> = {}): Promise<Made> {
  const definition = {
    name,
    description: 'For tests.',
    instructions: 'Be brief.\nAnswer at once.',
    scopes: ['ninox:teams:read', 'ninox:databases:read', 'ninox:records:delete'],
    ...change,
  };
  const { status, body } = await app.send('POST', '/api/v1/personas', { definition });
  if (status !== 201) throw new Error(`not made: ${status} ${JSON.stringify(body)}`);
  const { id } = (body as { persona: { id: string } }).persona;
  return { id, path: `/personas/${id}` };
}

test('a persona is made with an attached connection and limits by name, and keeps to them in a chat', async () => {
  const page = await visitors.open(app.address, '/personas/new', { expected: [/status of 400/] });
  await page.getByRole('button', { name: 'Create persona' }).click();
  await page.getByText('Give the persona a name.').waitFor();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  expect(await name.evaluate((box) => box === document.activeElement), 'led to the first fault').toBe(true);
  await name.fill('Workshop guide');
  await page.getByText('Not saved: 2 settings to correct.').waitFor();
  expect(await page.getByText('Give the persona a name.').count(), 'what is corrected is not wrong any more').toBe(0);
  await page.getByRole('textbox', { name: 'Description' }).fill('Knows the workshop and nothing else.');
  await page.getByRole('textbox', { name: 'Instructions' }).fill('You help people in the workshop.');
  await part(page, 'Connection').getByRole('combobox', { name: 'Ninox' }).selectOption({ label: 'Ninox stand-in' });
  for (const scope of ['See teams', 'See databases', 'Delete records'])
    await part(page, 'Permissions').getByRole('checkbox', { name: scope }).check();
  const teams = page.getByRole('group', { name: 'Teams' }).first();
  await teams.getByRole('radio', { name: 'Only these teams' }).check();
  await teams.getByRole('checkbox', { name: 'Workshop' }).check();
  await page
    .getByRole('group', { name: /^Delete a Ninox record/ })
    .getByRole('radio', { name: 'Never' })
    .check();
  await page.getByRole('textbox', { name: 'Calls' }).fill('999');
  await page.getByRole('button', { name: 'Add a starter prompt' }).click();
  await page.getByRole('textbox', { name: 'Starter prompt 1' }).fill('Which teams can you see?');
  const summary = page.getByRole('complementary', { name: 'As it stands, it may' });
  expect(await summary.textContent()).toMatch(/Delete a Ninox record, never, switched off[\s\S]*teams: Workshop/);
  await page.getByRole('button', { name: 'Create persona' }).click();
  await page.getByText('Enter a whole number from 1 to 200.').waitFor();
  await snap(page, 'persona-new');
  await page.getByRole('textbox', { name: 'Calls' }).fill('9');
  await page.getByRole('button', { name: 'Create persona' }).click();
  await page.getByRole('heading', { name: 'Workshop guide' }).waitFor();
  await page.getByText('Ninox: “Ninox stand-in”').waitFor();
  await expect.poll(() => part(page, 'Where').textContent()).toContain('Only these teams: Workshop');
  await snap(page, 'persona-overview');

  await page.getByRole('link', { name: 'Chat with Workshop guide' }).click();
  await page.getByRole('button', { name: 'Which teams can you see?' }).click();
  await answered(page);
  const [answer] = await messagesOf(page, 'Workshop guide').all();
  expect(await answer?.textContent()).toContain('Workshop');
  expect(await answer?.textContent()).not.toContain('Example Interiors');
});

test('with a limited connection attached, only what lies within its limits is offered', async () => {
  const connected = await app.send('POST', '/api/v1/connections', {
    integration: 'ninox',
    place: 'stand-in',
    label: 'Workshop only',
    ownership: 'organization',
    scopes: ['ninox:teams:read'],
    limits: { teams: [sampleIds.workshop.team] },
  });
  expect(connected.status, JSON.stringify(connected.body)).toBe(201);
  const { id } = connected.body as { id: string };
  const page = await visitors.open(app.address, `/personas/new?connection=${id}`);
  const teams = page.getByRole('group', { name: 'Teams' }).first();
  await teams.getByRole('radio', { name: 'Only these teams' }).check();
  await teams.getByRole('checkbox', { name: 'Workshop' }).waitFor();
  expect(await teams.getByRole('checkbox').count()).toBe(1);
  await part(page, 'Where').getByText('What lies outside them is not offered here.', { exact: false }).waitFor();
  await app.send('POST', `/api/v1/connections/${id}/revoke`);
});

test('what a person writes is not lost by a link, the way back, or a reload', async () => {
  const page = await visitors.open(app.address, '/personas');
  await page.getByRole('link', { name: 'New persona' }).click();
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Half written');
  const question = page.getByRole('dialog', { name: 'Leave without saving?' });
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  await question.getByRole('button', { name: 'Cancel' }).click();
  await page.evaluate(() => history.back());
  await question.waitFor();
  await snap(page, 'persona-leave');
  await page.keyboard.press('Escape');
  expect(await name.inputValue()).toBe('Half written');
  page.on('dialog', (dialog) => void dialog.accept());
  await page.reload();
  await page.getByText('Your unsaved changes are back').waitFor();
  expect(await name.inputValue()).toBe('Half written');
  await page.evaluate(() => history.back());
  await question.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('list', { name: 'Personas' }).waitFor();
  await page.getByRole('link', { name: 'New persona' }).click();
  expect(await name.inputValue()).toBe('');
});

test('an edit is in the history line by line, and can be taken back', async () => {
  const { path } = await make('Changing');
  const page = await visitors.open(app.address, `${path}/edit`);
  await page.getByRole('textbox', { name: 'Instructions' }).fill('Be brief.\nAsk before you answer.');
  await part(page, 'Permissions').getByRole('checkbox', { name: 'Delete records' }).uncheck();
  await save(page);
  await page.getByRole('status').getByText('Saved “Changing”, revision 2.').waitFor();
  await tab(page, 'History');
  const row = page.getByRole('list', { name: 'Revisions' }).getByRole('listitem').first();
  expect(await row.textContent()).toMatch(/Revision 2 · Edited\s*Olivia, .*Changed: Instructions, Permissions/);
  const diff = page.getByRole('region', { name: 'Revision 1 against revision 2' });
  expect(await diff.locator('del').allTextContents()).toEqual(['removed: Answer at once.', 'removed: Delete records']);
  expect(await diff.locator('ins').allTextContents()).toEqual(['added: Ask before you answer.']);
  await snap(page, 'persona-history');
  await page.getByRole('button', { name: 'Go back to revision 1' }).click();
  const question = page.getByRole('dialog', { name: 'Go back to revision 1?' });
  expect(await question.locator('ins').allTextContents()).toEqual(['added: Answer at once.', 'added: Delete records']);
  await question.getByRole('button', { name: 'Go back to revision 1' }).click();
  await page.getByText('Revision 3 · Went back to revision 1').waitFor();
  await page.getByRole('combobox', { name: 'From' }).selectOption('1');
  await page.getByRole('combobox', { name: 'To' }).selectOption('3');
  await page.getByText('They say the same.').waitFor();
});

test('of two tabs the second is told who was faster, and decides', async () => {
  const { path } = await make('Contested');
  const options = { expected: [/status of 409/] };
  const first = await visitors.open(app.address, `${path}/edit`, options);
  const second = await visitors.open(app.address, `${path}/edit`, options);
  const description = (page: Page) => page.getByRole('textbox', { name: 'Description' });
  await description(first).fill('The first was here.');
  await description(second).fill('The second was here.');
  await save(first);
  await first.getByRole('heading', { name: 'Contested' }).waitFor();
  await save(second);
  const told = second.getByRole('dialog', { name: 'Somebody changed this persona meanwhile' });
  expect(await told.textContent()).toMatch(/Olivia saved revision 2 on /);
  expect(await told.locator('del').allTextContents()).toEqual(['removed: The first was here.']);
  expect(await told.locator('ins').allTextContents()).toEqual(['added: The second was here.']);
  await snap(second, 'persona-conflict');
  await told.getByRole('button', { name: 'Take theirs, drop mine' }).click();
  expect(await description(second).inputValue()).toBe('The first was here.');

  await description(second).fill('The second insists.');
  await app.send('PUT', `/api/v1${path}`, {
    revision: 2,
    definition: await definitionOf(path, { description: 'Third.' }),
  });
  await save(second);
  await told.getByRole('button', { name: 'Overwrite with mine' }).click();
  await second.getByRole('heading', { name: 'Contested' }).waitFor();
  expect((await definitionOf(path)).description).toBe('The second insists.');
});

async function definitionOf(path: string, change: Partial<PersonaDefinition> = {}): Promise<PersonaDefinition> {
  const { body } = await app.get(`/api/v1${path}`);
  return { ...(body as { definition: PersonaDefinition }).definition, ...change };
}

test('an exported persona comes back from its file the same, and a broken file is told with its line', async () => {
  const { path } = await make('Traveller', {
    limits: { teams: [sampleIds.workshop.team] },
    approvals: { ninox_delete_record: 'deny' },
    starters: ['Where to?'],
  });
  const page = await visitors.open(app.address, path, { expected: [/status of 400/] });
  await page.getByRole('button', { name: 'More for Traveller' }).click();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Export to a file' }).click(),
  ]);
  const text = await readFile(await download.path(), 'utf8');
  await page.goto(`${app.address}/personas`);
  await page.getByRole('button', { name: 'Import a file' }).click();
  const choose = page.getByRole('dialog').getByLabel('Choose a file');
  const file = (content: string) => ({
    name: download.suggestedFilename(),
    mimeType: 'text/markdown',
    buffer: Buffer.from(content),
  });
  await choose.setInputFiles(file(text.replace(/^description:/m, 'descriptoin:')));
  const alert = page.getByRole('alert').filter({ hasText: 'Not imported' });
  expect(await alert.textContent()).toMatch(/line 3: .*Did you mean “description”/);
  expect(await alert.textContent()).toContain('descriptoin: For tests.');
  await snap(page, 'persona-import');
  await choose.setInputFiles(file(text));
  await page.waitForURL(/\/personas\/[^/?]+$/);
  await page.getByRole('heading', { name: 'Traveller' }).waitFor();
  const copy = new URL(page.url()).pathname;
  expect(copy).not.toBe(path);
  expect(await definitionOf(copy)).toEqual(await definitionOf(path));
});

test('the X-ray says which call needs an approval, and which is stopped, by the rule that stops it in a chat', async () => {
  const { path } = await make('Careful', { limits: { teams: [sampleIds.workshop.team] } });
  const page = await visitors.open(app.address, `${path}/x-ray`);
  const tools = part(page, 'Its tools').getByRole('listitem');
  const deleting = await tools.filter({ hasText: 'Delete a Ninox record' }).textContent();
  expect(deleting).toMatch(/Needs approval.*a person approve each call.*Of what you ask for, Olivia can approve it/);
  expect(await tools.filter({ hasText: 'List Ninox teams' }).textContent()).toContain('Allowed');
  expect(await part(page, 'As whom').textContent()).toMatch(/On behalf of Olivia \(owner\).*“Ninox stand-in”/);
  expect(await part(page, 'With which rights').textContent()).toContain('Only these teams: Workshop');
  const form = page.getByRole('form', { name: 'Would this call be allowed?' });
  const answer = part(page, 'Would this call be allowed?').getByRole('status');
  const check = async (tool: string, fields: Readonly<Record<string, string>>) => {
    await form.getByRole('combobox', { name: 'Tool' }).selectOption({ label: tool });
    for (const [label, value] of Object.entries(fields)) await form.getByLabel(label, { exact: true }).fill(value);
    await form.getByRole('button', { name: 'Check' }).click();
  };
  const { machines } = sampleIds.workshop;
  const record = { Team: sampleIds.workshop.team, Database: machines, Table: 'A', Record: '2' };
  await check('Delete a Ninox record', record);
  await answer.getByRole('heading', { name: 'Only after a person approves' }).waitFor();
  await answer.getByText('have a person approve each call', { exact: false }).waitFor();
  await snap(page, 'persona-x-ray');
  await check('Get a Ninox team', { Team: sampleIds.company.team });
  await answer.getByRole('heading', { name: 'No, it would be refused' }).waitFor();
  await answer.getByText('RESOURCE_NOT_GRANTED').waitFor();
  expect(await answer.getByRole('listitem').last().textContent()).toMatch(/stopped here$/);
  await form.getByLabel('Team', { exact: true }).fill(sampleIds.workshop.team);
  await form.getByText('That is “Workshop”.').waitFor();
  await form.getByRole('button', { name: 'Check' }).click();
  await answer.getByRole('heading', { name: 'Yes, it would be made' }).waitFor();

  const connected = await app.send('POST', '/api/v1/connections', {
    integration: 'ninox',
    place: 'stand-in',
    label: 'Only to look',
    ownership: 'organization',
    scopes: ['ninox:teams:read', 'ninox:databases:read'],
    limits: {},
  });
  const connection = (connected.body as { id: string }).id;
  const narrow = await make('Careful with a narrow key', { connections: { ninox: connection } });
  await page.goto(`${app.address}${narrow.path}/x-ray`);
  await check('Delete a Ninox record', record);
  await answer.getByRole('heading', { name: 'No, it would be refused' }).waitFor();
  const rule = (await answer.locator('p').first().textContent()) ?? '';
  await page.goto(`${app.address}/?persona=${narrow.id}`);
  await say(page, 'Delete record 2 in table A of Machines in team Workshop.');
  await answered(page);
  const card = toolCards(page).filter({ hasText: 'Denied' });
  await card.click();
  const [message = '', code = ''] = rule.split(/ (?=[A-Z_]+$)/);
  await page.getByText(`Code ${code}`).waitFor();
  expect(await card.locator('xpath=../..').textContent()).toContain(message);
  await app.send('POST', `/api/v1/connections/${connection}/revoke`);
});

test('an archived persona leaves the list and the chat, and comes back', async () => {
  const { id, path } = await make('Retired');
  const { conversationId } = await chat(app, 'Hello', { personaId: id });
  const page = await visitors.open(app.address, path);
  await page.getByRole('button', { name: 'More for Retired' }).click();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog', { name: 'Archive Retired?' }).getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('status').getByText('Archived “Retired”.').waitFor();
  await page.goto(app.address);
  await page.getByRole('radio').first().waitFor();
  expect(await page.getByRole('radio', { name: 'Retired' }).count()).toBe(0);
  await page.goto(`${app.address}/c/${conversationId}`);
  await page.getByRole('heading', { name: 'Retired', exact: true }).waitFor();
  await page.getByText('This persona is archived.', { exact: false }).waitFor();
  await page.goto(`${app.address}/personas`);
  await page.getByRole('link', { name: 'Archived' }).click();
  await page.getByRole('button', { name: 'Restore Retired' }).click();
  await page.getByRole('heading', { name: 'No persona is archived' }).waitFor();
  await page.getByRole('link', { name: 'In use' }).click();
  await page.getByRole('article', { name: 'Retired' }).waitFor();
});

test('a member reads everything and is offered nothing that would be refused', async () => {
  const { path } = await make('Only to read');
  const { cookie } = await join(app, 'Mia');
  const page = await visitors.open(app.address, '/personas', { cookie });
  await page.getByRole('article', { name: 'Only to read' }).waitFor();
  const forbidden = /New persona|Import a file|^Edit|Restore|Duplicate|Archive$/;
  expect(await page.getByRole('link', { name: forbidden }).count()).toBe(0);
  expect(await page.getByRole('button', { name: forbidden }).count()).toBe(0);
  await page.goto(`${app.address}${path}/history`);
  await page.getByRole('list', { name: 'Revisions' }).waitFor();
  await page.getByRole('button', { name: 'More for Only to read' }).click();
  expect(await page.getByRole('button', { name: /Duplicate|Archive|Go back/ }).count()).toBe(0);
  await page.goto(`${app.address}${path}/edit`);
  await page.getByRole('heading', { name: 'Your role does not allow this' }).waitFor();
});

test.each(['', '/edit', '/x-ray', '/history'])(
  'the page of a persona%s fits a phone and is dark where the system is',
  async (where) => {
    const { path } = await make(`On a phone ${where.length}`, { limits: { teams: [sampleIds.workshop.team] } });
    const page = await visitors.open(app.address, path + where, { ...phone, colorScheme: 'dark' });
    await page.getByRole('heading', { level: 2 }).first().waitFor();
    for (const fold of await page.locator('form summary').all()) await fold.click();
    expect(await isTooWide(page)).toBe(false);
    await snap(page, `phone-persona${where.replace('/', '-')}`);
  },
);

test('guests are not answered until it is said what may be read for them, and the X-ray shows what that is', async () => {
  const { path, id } = await make('Host', { channels: ['web', 'widget'] });
  const page = await visitors.open(app.address, `${path}/edit`);
  const guests = part(page, 'Guests');
  expect(await guests.getByRole('radio', { name: /^Do not answer guests/ }).isChecked()).toBe(true);
  await guests.getByRole('radio', { name: /^Answer guests, reading only/ }).check();
  expect(await guests.getByRole('checkbox', { name: 'Delete records' }).count(), 'only what reads is offered').toBe(0);
  await guests.getByRole('checkbox', { name: 'See teams' }).check();
  await guests.getByText('Where, for guests').click();
  await guests.getByRole('radio', { name: 'Only these teams' }).check();
  await guests.getByRole('checkbox', { name: 'Workshop' }).check();
  await guests.scrollIntoViewIfNeeded();
  await snap(page, 'persona-guests');
  await save(page);
  await page.getByRole('heading', { name: 'Host', level: 1 }).waitFor();
  await expect
    .poll(() => part(page, 'Guests').textContent())
    .toMatch(/reading only: See teams\.Only these teams: Workshop/);
  const { body } = await app.get(`/api/v1/personas/${id}`);
  expect(body).toMatchObject({ definition: { guests: { scopes: ['ninox:teams:read'] } } });
  await tab(page, 'X-ray');
  await page.getByRole('link', { name: 'For a guest' }).click();
  await page.getByText('On behalf of a guest').waitFor();
  const tools = await part(page, 'Its tools').getByRole('listitem').allTextContents();
  expect(tools.filter((text) => text.includes('Allowed')).length).toBe(2);
  await snap(page, 'persona-x-ray-guest');
  await page.getByRole('link', { name: `Edit`, exact: false }).first().click();
  await part(page, 'Permissions').getByRole('checkbox', { name: 'See teams' }).uncheck();
  await expect
    .poll(() => page.getByRole('complementary', { name: 'As it stands, it may' }).textContent())
    .toContain('Answered, but nothing is looked up for them.');
});
