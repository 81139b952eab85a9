import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { createVisitors, snap } from '../support/page.ts';
import { personaFile, startTestApp } from '../support/start-app.ts';

const visitors = createVisitors();

test('each persona is shown with what it may do, where, and how often', async () => {
  const app = visitors.use(await startTestApp());
  const page = await visitors.open(app.address, '/personas');
  const janitor = page.getByRole('article', { name: 'Record janitor' });
  expect(await janitor.textContent()).toMatch(/Delete a Ninox record, only after a person approves/);
  expect(await janitor.textContent()).toMatch(/At most 8 steps, 8 calls and 2 min/);
  const librarian = page.getByRole('article', { name: 'Database librarian' });
  await expect.poll(() => librarian.textContent()).toContain('Only these teams: Example Interiors');
  expect(await librarian.textContent()).not.toContain('Delete');
  await snap(page, 'personas');
  await janitor.getByRole('link', { name: 'Chat with Record janitor' }).click();
  expect(await page.getByRole('radio', { name: 'Record janitor' }).isChecked()).toBe(true);
});

test('a persona from a file is read only, says where it lives, and can be duplicated', async () => {
  const app = visitors.use(await startTestApp());
  const page = await visitors.open(app.address, '/personas');
  await page.getByRole('link', { name: 'Record janitor', exact: true }).click();
  await page.getByText('Lives in personas/record-janitor.md; edit it there or duplicate it.').waitFor();
  await page.getByText('ninox:records:delete', { exact: true }).waitFor();
  expect(await page.getByRole('link', { name: /^Edit/ }).count()).toBe(0);
  await snap(page, 'persona-file');
  await page.getByRole('navigation', { name: 'About Record janitor' }).getByRole('link', { name: 'History' }).click();
  await page.getByRole('heading', { name: 'Its history is that of its file' }).waitFor();
  await page.goto(`${app.address}/personas/record-janitor/edit`);
  await page.getByRole('heading', { name: 'Record janitor cannot be changed here' }).waitFor();
  await page.getByRole('link', { name: 'See the persona' }).click();
  await page.getByRole('button', { name: 'More for Record janitor' }).click();
  await page.getByRole('button', { name: 'Duplicate' }).click();
  await page.getByRole('heading', { name: 'Edit Record janitor (copy)' }).waitFor();
});

test('a file that cannot be read is named with its problem, and the others work', async () => {
  const app = visitors.use(
    await startTestApp({}, { personas: { tester: personaFile(), broken: '---\nname: [\n---\nHi' } }),
  );
  const page = await visitors.open(app.address, '/personas');
  await page.getByRole('heading', { name: 'Files that could not be loaded' }).waitFor();
  await page.getByText('broken.md', { exact: false }).first().waitFor();
  await page.getByRole('article', { name: 'Tester' }).waitFor();
  await snap(page, 'personas-broken');
});

test('a persona whose file breaks while the service runs stays, with a warning', async () => {
  const app = visitors.use(await startTestApp({}, { personas: { tester: personaFile() } }));
  const page = await visitors.open(app.address, '/personas');
  const tester = page.getByRole('article', { name: 'Tester' });
  await tester.waitFor();
  const file = path.join(app.directory, 'personas', 'tester.md');
  await writeFile(file, personaFile(['scopes: [ninox:everything]']));
  const warned = async () => {
    await page.reload();
    await tester.waitFor();
    return tester.getByText('Its file has a problem', { exact: false }).count();
  };
  await expect.poll(warned, { timeout: 10_000 }).toBe(1);
  await page.getByRole('link', { name: 'Chat', exact: true }).first().click();
  await page.getByText('Its file has a problem', { exact: false }).waitFor();
});

test('a service without personas says what to do', async () => {
  const app = visitors.use(await startTestApp({}, { personas: {} }));
  const page = await visitors.open(app.address);
  await page.getByRole('heading', { name: 'There is no persona yet' }).waitFor();
  await page.getByRole('link', { name: 'New persona' }).click();
  await page.getByRole('heading', { name: 'New persona' }).waitFor();
});
