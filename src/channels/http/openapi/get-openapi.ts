import { defineRoute, type Route } from '../route.ts';
import { createOpenApiDocument } from './create-document.ts';

/** The routes and, as one of them, GET /api/openapi.json: the document of all of them, itself included. */
export function withOpenApi(routes: readonly Route[], options: { readonly sessionCookie: string }): readonly Route[] {
  let text: string | null = null;
  const all: readonly Route[] = [
    ...routes,
    defineRoute({
      method: 'get',
      path: '/api/openapi.json',
      tag: 'Service',
      summary: 'This description of the API, as an OpenAPI 3.1 document',
      access: 'anyone',
      answer: { contentType: 'application/json', description: 'The OpenAPI document.' },
      handle({ response }) {
        text ??= JSON.stringify(createOpenApiDocument(all, options.sessionCookie));
        response.type('application/json').send(text);
      },
    }),
  ];
  return all;
}
