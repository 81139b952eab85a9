import type { FrameLocator, Locator, Page } from 'playwright-core';
import type { ChangeWidgetRequest, WidgetView } from '#channels/http/contract/widgets.ts';
import { type ForeignSite, type ForeignSiteOptions, sitePage, widgetTag } from '../support/foreign-site.ts';
import type { VisitOptions, Visitors } from '../support/page.ts';
import type { Shop } from '../support/widget-shop.ts';

/* A widget as its visitors meet it: on somebody else's page. */

export interface ShopSite extends ForeignSite {
  readonly widget: WidgetView;
  visit(visitors: Visitors, path?: string, options?: VisitOptions): Promise<Page>;
}

export interface ShopSiteOptions extends Partial<ForeignSiteOptions> {
  readonly changes?: Omit<ChangeWidgetRequest, 'revision'>;
  /** Further attributes of the tag. */
  readonly data?: Readonly<Record<string, string>>;
  readonly language?: string;
}

/** A site with a widget of its own on its first page. */
export async function openShopSite(
  shop: Shop,
  { changes, data = {}, language = 'en', pages = {}, ...options }: ShopSiteOptions = {},
): Promise<ShopSite> {
  const all: Record<string, string> = { ...pages };
  const site = await shop.openSite({ ...options, pages: all });
  const widget = await shop.createWidget([site.origin], changes);
  all['/'] ??= sitePage(widgetTag({ service: shop.address, widget: widget.id, data }), language);
  return {
    ...site,
    widget,
    visit: (visitors, path = '/', visit = {}) =>
      visitors.open(site.origin, path, { cookie: null, through: [shop.address], ...visit }),
  };
}

export const launcher = (page: Page): Locator => page.locator('personas-widget .launcher');
export const dialog = (page: Page): Locator => page.locator('personas-widget').getByRole('dialog');
/** The chat of whoever is there now. */
export const chat = (page: Page): FrameLocator => page.frameLocator('personas-widget iframe:not([hidden])');
export const box = (page: Page): Locator => chat(page).getByRole('textbox', { name: 'Message to Helper' });
export const said = (page: Page, who: 'You' | 'Helper'): Locator =>
  chat(page).getByRole('list', { name: 'Messages' }).getByRole('article', { name: who, exact: true });

export async function openChat(page: Page): Promise<void> {
  await launcher(page).click();
  await box(page).waitFor();
}

export async function tell(page: Page, text: string): Promise<void> {
  await box(page).fill(text);
  await box(page).press('Enter');
}

/** Calls the script's API as the page's own code would. */
export async function personas(page: Page, ...call: readonly (string | object)[]): Promise<void> {
  await page.evaluate(
    (given) => (window as unknown as { personas: (...of: unknown[]) => void }).personas(...given),
    [...call],
  );
}

/** Collects what the page is told of an event from now on. */
export async function listen(page: Page, event: string): Promise<() => Promise<unknown[]>> {
  const name = `heard ${event}`;
  await page.evaluate(
    ([of, where]) => {
      const heard: unknown[] = [];
      const there = window as unknown as Record<string, unknown> & { personas: (...call: unknown[]) => void };
      there[where] = heard;
      there.personas('on', of, (detail: unknown) => heard.push(detail));
    },
    [event, name] as const,
  );
  return () => page.evaluate((where) => (window as unknown as Record<string, unknown[]>)[where] ?? [], name);
}

/** What was written to the page's console as a warning. */
export function warnings(page: Page): readonly string[] {
  const said: string[] = [];
  page.on('console', (message) => message.type() === 'warning' && said.push(message.text()));
  return said;
}
