import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Express, Request, RequestHandler, Response } from 'express';
import { id } from '#channels/http/contract/common.ts';
import type { WidgetRepository } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';

export interface WidgetFileDeps {
  readonly widgets: Pick<WidgetRepository, 'findPublic'>;
  /** Folder of the built pages. */
  readonly webDirectory: string;
}

/** The launcher, which any page may load, and the page in its frame, which only the widget’s own sites may hold. */
export function mountWidgetFiles(app: Express, { widgets, webDirectory }: WidgetFileDeps): void {
  const launcher = path.join(webDirectory, 'widget.js');
  const page = path.join(webDirectory, 'widget-frame.html');

  app.get('/widget.js', (_request, response) => {
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    // Whoever asks with `crossorigin` gets it too: it holds nothing that is anybody’s.
    response.setHeader('access-control-allow-origin', '*');
    send(response, launcher, 'public, max-age=300');
  });
  app.get('/widget/preview', (_request, response) => {
    allowFraming(response, ["'self'"]);
    send(response, page, 'no-cache');
  });
  app.get('/widget/:widgetId/frame', showFrame);

  async function showFrame(request: Request, response: Response): Promise<void> {
    const { data: widgetId } = id.safeParse(request.params.widgetId);
    const widget = widgetId === undefined ? null : await widgets.findPublic(widgetId);
    if (widget === null) throw new AppError('NOT_FOUND', 'There is no such widget.');
    allowFraming(response, widget.isOn ? widget.origins : []);
    send(response, page, 'no-cache');
  }
}

/** What the chat is loaded with has no cookies, and no page but these may show it. */
function allowFraming(response: Response, origins: readonly string[]): void {
  const given = response.getHeader('content-security-policy');
  const directives = typeof given === 'string' ? given.split(';') : [];
  const others = directives.filter((directive) => !/^\s*frame-ancestors\b/.test(directive) && directive.trim() !== '');
  const ancestors = `frame-ancestors ${origins.length === 0 ? "'none'" : origins.join(' ')}`;
  response.setHeader('content-security-policy', [...others, ancestors].join(';'));
  // It knows one address or none; whoever reads it reads frame-ancestors as well.
  response.removeHeader('x-frame-options');
  response.setHeader('cross-origin-resource-policy', 'cross-origin');
}

function send(response: Response, file: string, cacheControl: string): void {
  if (!existsSync(file)) {
    response.status(503).type('text/plain').send('The widget is not built yet. Run `npm run build` and start again.');
    return;
  }
  response.setHeader('cache-control', cacheControl);
  response.sendFile(file, { cacheControl: false });
}

/** Lets pages of every origin ask and read the answer: who may not use a widget is told so, and why. */
export const allowBootFromAnywhere: RequestHandler = (request, response, next) => {
  response.vary('origin');
  const { origin } = request.headers;
  if (origin !== undefined) response.setHeader('access-control-allow-origin', origin);
  if (request.method !== 'OPTIONS') return next();
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-allow-headers', 'content-type');
  response.setHeader('access-control-max-age', '600');
  response.status(204).end();
};
