import type { OutsideLink, OutsideLinks } from '#auth/outside/outside-person.ts';
import { type OutsideLinkView, outsideLinkListView } from '../../contract/outside-links.ts';
import { defineRoute, type Route } from '../../route.ts';

export interface ListDeps {
  readonly links: Pick<OutsideLinks, 'list'>;
  /** How the organization calls a place by its id; null where it is gone. */
  readonly placeName: (organizationId: string, kind: OutsideLink['kind'], place: string) => Promise<string | null>;
}

/** GET /api/v1/outside-links */
export function createListOutsideLinks({ links, placeName }: ListDeps): Route {
  return defineRoute({
    method: 'get',
    path: '/api/v1/outside-links',
    tag: 'Session',
    summary: 'Where else the caller is known: in Slack, and on web sites with a widget',
    access: 'links:own',
    answer: outsideLinkListView,
    async handle({ actor }) {
      const own = await links.list(actor);
      const items = await Promise.all(
        own.map(async (link) => present(link, await placeName(actor.organizationId, link.kind, link.place))),
      );
      return { items, nextCursor: null };
    },
  });
}

function present({ id, kind, name, createdAt, lastUsedAt }: OutsideLink, place: string | null): OutsideLinkView {
  return {
    id,
    kind,
    place,
    name,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}
