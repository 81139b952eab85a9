import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import { linkCodeView } from '../../contract/outside-links.ts';
import { defineRoute, type Route } from '../../route.ts';

/** POST /api/v1/outside-links/codes */
export function createCreateLinkCode({ links }: { readonly links: Pick<OutsideLinks, 'makeCode'> }): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/outside-links/codes',
    tag: 'Session',
    summary: 'A code that links the caller with whoever types it in Slack or in a widget',
    access: 'links:own',
    status: 201,
    answer: linkCodeView,
    async handle({ actor }) {
      const { code, expiresAt } = await links.makeCode(actor);
      return { code, expiresAt: expiresAt.toISOString() };
    },
  });
}
