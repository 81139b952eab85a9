import { mkdir } from 'node:fs/promises';
import type { Page } from 'playwright-core';
import type { WidgetView } from '#channels/http/contract/widgets.ts';
import { launchBrowser } from '../support/browser.ts';
import { startForeignSite, widgetTag } from '../support/foreign-site.ts';
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

const siteStyle =
  '<style>body{font:17px/1.6 Georgia,serif;color:#27302b;background:#f6f4ee;margin:0}header{background:#27423a;color:#f6f4ee;padding:28px 64px}h1{margin:0;font-size:30px}main{padding:40px 64px;max-width:520px}</style>';
const siteBody =
  '<header><h1>Marlow &amp; Finch</h1>Handmade bicycles since 1987</header><main><h2>Built to order</h2><p>Every frame is brazed in our own workshop and fitted to its rider. Write to us, and we tell you what is on the bench.</p></main>';

/** The widget on a site of somebody else, answered by the demo model. */
async function takeWidget(page: Page): Promise<void> {
  const created = await app.send('POST', '/api/v1/widgets', { name: 'Web site', personaId: 'database-librarian' });
  const widget = created.body as WidgetView;
  const tag = widgetTag({ service: app.address, widget: widget.id });
  await using site = await startForeignSite(app.address, {
    pages: { '/': `<!doctype html><title>Marlow &amp; Finch</title>${siteStyle}${siteBody}${tag}` },
    policy: null,
  });
  const change = { revision: widget.revision, origins: [site.origin] };
  await app.send('PATCH', `/api/v1/widgets/${widget.id}`, change);
  await page.goto(site.origin);
  await page.locator('personas-widget').getByRole('button').click();
  const chat = page.frameLocator('personas-widget iframe');
  await chat.getByRole('textbox').fill('Which databases are there?');
  await chat.getByRole('textbox').press('Enter');
  await chat.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  await chat.getByText('CRM', { exact: false }).first().waitFor();
  await page.screenshot({ path: `${folder}/widget.png`, animations: 'disabled' });
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
  await takeWidget(page);
} finally {
  await browser.close();
}
