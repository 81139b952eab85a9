import { z } from 'zod';
import { listOf, time } from './common.ts';

/** Somewhere outside where a member is known: a Slack user, or a visitor a customer's site has named. */
export const outsideLinkView = z
  .object({
    id: z.string(),
    kind: z.enum(['slack', 'widget']),
    /** The Slack workspace, or the widget, by name; null where it is gone. */
    place: z.string().nullable(),
    /** As the person was called there when it was linked. */
    name: z.string(),
    createdAt: time,
    lastUsedAt: time.nullable(),
  })
  .meta({ id: 'OutsideLink' });
export type OutsideLinkView = z.output<typeof outsideLinkView>;

/** GET /api/v1/outside-links : the caller's own. DELETE /api/v1/outside-links/:id */
export const outsideLinkListView = listOf(outsideLinkView);
export type OutsideLinkListView = z.output<typeof outsideLinkListView>;

/** POST /api/v1/outside-links/codes : shown once, to be typed in Slack (`/persona link CODE`) or in a widget. */
export const linkCodeView = z.object({ code: z.string(), expiresAt: time }).meta({ id: 'LinkCode' });
export type LinkCodeView = z.output<typeof linkCodeView>;
