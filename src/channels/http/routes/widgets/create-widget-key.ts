import type { WidgetService } from '#channels/widget/widget-service.ts';
import { createdWidgetKeyView, createWidgetKeyRequest, widgetPath } from '../../contract/widgets.ts';
import { defineRoute, type Route } from '../../route.ts';
import { presentWidgetKey } from './widget-view.ts';

/** POST /api/v1/widgets/:id/keys */
export function createCreateWidgetKey({ widgets }: { widgets: Pick<WidgetService, 'createKey'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/widgets/:id/keys',
    tag: 'Widgets',
    summary: 'Make a key with which your server says who visitors are; a secret is shown this once',
    access: 'widgets:manage',
    params: widgetPath,
    body: createWidgetKeyRequest,
    // The door takes secrets in use out of what it sends, and this one is to be read.
    answer: {
      contentType: 'application/json',
      status: 201,
      description: 'The key and its secret, which is null for EdDSA.',
      json: createdWidgetKeyView,
    },
    async handle({ actor, params, body, response }) {
      const { key, secret } = await widgets.createKey(actor, params.id, body);
      response.status(201).json(createdWidgetKeyView.parse({ key: presentWidgetKey(key), secret }));
    },
  });
}
