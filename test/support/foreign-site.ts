import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ForeignSiteOptions {
  /** The pages by their paths: what stands in their bodies, or what is written whole. */
  readonly pages: Readonly<Record<string, string>>;
  /** Left out: a policy that allows the page nothing but the service, as the README says. Null for none. */
  readonly policy?: string | null | ((path: string) => string);
  /** What the site's own server answers, by path. */
  readonly answers?: Readonly<Record<string, () => { readonly status: number; readonly body: unknown }>>;
}

export interface ForeignSite extends AsyncDisposable {
  /** `http://localhost:<port>`: another origin than the service's, and to a browser another site. */
  readonly origin: string;
}

/** The strictest policy a page can have that still lets the widget work. */
export function strictPolicy(service: string): string {
  return [
    "default-src 'none'",
    // The site's own script, which is not the widget's business.
    `script-src ${service} 'self'`,
    `frame-src ${service}`,
    `connect-src ${service} 'self'`,
    "base-uri 'none'",
  ].join('; ');
}

/**
 * Somebody else's web site, on another port and under another name than the service, so that the widget on it is a third
 * party in every respect. Scripts are files of their own: `/app.js` is served to the page at `/`, and so on.
 */
export async function startForeignSite(
  service: string,
  { pages, policy = strictPolicy(service), answers = {} }: ForeignSiteOptions,
): Promise<ForeignSite> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://site');
    const answer = answers[pathname]?.();
    if (answer !== undefined) {
      response.writeHead(answer.status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer.body));
      return;
    }
    const page = pages[pathname];
    if (page === undefined) {
      response.writeHead(pathname === '/favicon.ico' ? 204 : 404).end();
      return;
    }
    const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/html';
    const rules = typeof policy === 'function' ? policy(pathname) : policy;
    const headers = rules === null ? {} : { 'content-security-policy': rules };
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8`, ...headers });
    response.end(page);
  });
  server.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    origin: `http://localhost:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface TagOptions {
  readonly service: string;
  readonly widget: string;
  /** Further attributes: `theme` is `data-theme`. */
  readonly data?: Readonly<Record<string, string>>;
}

/** The tag as it is pasted into a page. */
export function widgetTag({ service, widget, data = {} }: TagOptions): string {
  const further = Object.entries(data).map(([name, value]) => ` data-${name}="${value}"`);
  return `<script async src="${service}/widget.js" data-widget="${widget}"${further.join('')}></script>`;
}

/** A whole page with this in its body, long enough to be scrolled. */
export function sitePage(body: string, language = 'en'): string {
  const shop = '<h1>Marlow &amp; Finch</h1><p>Handmade bicycles since 1987.</p><button id="before">Basket</button>';
  const long = '<p>We build to order, and we ship on Thursdays.</p>'.repeat(60);
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Marlow &amp; Finch</title></head><body>${shop}${body}${long}</body></html>`;
}
