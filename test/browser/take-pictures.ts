import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../support/browser.ts';
import { answered, readCookies, say } from '../support/page.ts';
import { startTestApp } from '../support/start-app.ts';

/*
 * Takes the README's pictures from a running service with its stand-ins: node test/browser/take-pictures.ts, after a build.
 */

const folder = 'docs/images';

async function takeChat(page: Page): Promise<void> {
  await say(page, 'Which databases does the team Workshop have?');
  await answered(page);
  await say(page, 'Delete record 2 in table A of Machines in team Workshop.');
  await approveButton(page).waitFor();
  await page.getByText('waits for a decision.', { exact: false }).first().waitFor();
}

const approveButton = (page: Page) => page.getByRole('button', { name: 'Approve', exact: true });

async function takeActivity(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Activity', exact: true }).click();
  const deletion = page.getByRole('list', { name: 'Audit events' }).getByRole('link').filter({ hasText: 'Delete' });
  await deletion.filter({ hasText: 'Succeeded' }).click();
  await page.getByText('Possible until', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Audit intact' }).waitFor();
}

async function takeConnection(page: Page): Promise<void> {
  await page.goto(`${app.address}/integrations/connections/ninox`);
  await page.getByRole('heading', { name: 'Ninox stand-in' }).waitFor();
  await page.getByRole('link', { name: 'Record janitor' }).first().waitFor();
}

await using app = await startTestApp();
const browser = await launchBrowser();
try {
  await mkdir(folder, { recursive: true });
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'en-GB',
    colorScheme: 'light',
  });
  await context.addCookies(readCookies(app.cookie, app.address));
  const page = await context.newPage();
  await page.goto(`${app.address}/?persona=record-janitor`);
  await takeChat(page);
  // Tall enough for the whole card, with its buttons.
  await page.setViewportSize({ width: 1280, height: 1100 });
  await approveButton(page).scrollIntoViewIfNeeded();
  await page.screenshot({ path: `${folder}/approval.png`, animations: 'disabled' });
  await page.setViewportSize({ width: 1280, height: 800 });
  await approveButton(page).click();
  await answered(page);
  await page.getByText('Approved:', { exact: false }).waitFor({ state: 'detached' });
  await page.screenshot({ path: `${folder}/chat.png`, animations: 'disabled' });
  await takeActivity(page);
  await page.screenshot({ path: `${folder}/activity.png`, animations: 'disabled' });
  await takeConnection(page);
  await page.screenshot({ path: `${folder}/integrations.png`, animations: 'disabled' });
} finally {
  await browser.close();
}
