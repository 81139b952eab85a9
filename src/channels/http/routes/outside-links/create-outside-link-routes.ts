import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import type { Route } from '../../route.ts';
import { createCreateLinkCode } from './create-link-code.ts';
import { createDeleteOutsideLink } from './delete-outside-link.ts';
import { createListOutsideLinks, type ListDeps } from './list-outside-links.ts';

export interface OutsideLinkRouteDeps extends ListDeps {
  readonly links: Pick<OutsideLinks, 'list' | 'makeCode' | 'unlink'>;
}

/** Every endpoint of the accounts elsewhere that are linked with the caller. */
export function createOutsideLinkRoutes(deps: OutsideLinkRouteDeps): readonly Route[] {
  return [createListOutsideLinks(deps), createCreateLinkCode(deps), createDeleteOutsideLink(deps)];
}
