import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import { done, doneView, idPath } from '../../contract/common.ts';
import { defineRoute, type Route } from '../../route.ts';

/** DELETE /api/v1/outside-links/:id */
export function createDeleteOutsideLink({ links }: { readonly links: Pick<OutsideLinks, 'unlink'> }): Route {
  return defineRoute({
    method: 'delete',
    path: '/api/v1/outside-links/:id',
    tag: 'Session',
    summary: 'Unlink one of the caller’s accounts elsewhere; whoever writes there is a guest from then on',
    access: 'links:own',
    params: idPath,
    answer: doneView,
    async handle({ actor, params }) {
      await links.unlink(actor, params.id);
      return done;
    },
  });
}
