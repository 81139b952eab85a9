import { randomBytes } from 'node:crypto';
import type { Request } from 'express';
import { visitorIdOf } from '#auth/outside/outside-people.ts';
import { clientAddress } from '#channels/http/client-address.ts';
import { idPath } from '#channels/http/contract/common.ts';
import { bootRequest, bootView } from '#channels/http/contract/widget-chat.ts';
import { defineRoute, type Route } from '#channels/http/route.ts';
import type { EndedTokenRepository } from '#db/repositories/ended-tokens.ts';
import type { WidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import type { WidgetRecord, WidgetRepository } from '#db/repositories/widgets.ts';
import { AppError } from '#errors';
import type { MinuteCounter } from './minute-counter.ts';
import type { VisitorTokens } from './ports.ts';
import { anonymousPerson, requireOpen, visitorHash } from './visitors.ts';

export interface BootDeps {
  readonly widgets: Pick<WidgetRepository, 'findPublic'>;
  readonly ended: Pick<EndedTokenRepository, 'isEnded'>;
  readonly tokens: VisitorTokens;
  readonly threads: Pick<WidgetConversationRepository, 'lastAnswer'>;
  readonly boots: MinuteCounter;
}

export const bootPath = '/api/widget/v1/:id/boot';

/** Of one address, which may be a whole company: every page that is looked at boots once. */
const bootsPerMinute = 300;

/** POST /api/widget/v1/:widgetId/boot. Nobody is stored before they have said something. */
export function createBootRoute(deps: BootDeps): Route {
  return defineRoute({
    method: 'post',
    path: bootPath,
    tag: 'Widgets',
    summary: 'What the launcher on a page needs',
    access: 'anyone',
    params: idPath,
    body: bootRequest,
    answer: bootView,
    async handle({ params: { id: widgetId }, body, request }) {
      requireFewBoots(deps, request);
      const widget = await deps.widgets.findPublic(widgetId);
      if (widget === null) {
        throw new AppError('NOT_FOUND', `There is no widget “${widgetId}”. Copy the tag from the widget’s page again.`);
      }
      const origin = request.headers.origin ?? '(a page of unknown address)';
      requireOpen(widget, origin);
      const visitorId = (await knownVisitor(deps, { widgetId, origin, token: body.visitorToken })) ?? newVisitor();
      const { appearance, identifiedOnly } = widget;
      const visitorToken = await deps.tokens.sign({ widgetId, visitorId, origin });
      return { visitorToken, appearance, identifiedOnly, lastAnswer: await lastAnswer(deps, widget, visitorId) };
    },
  });
}

function requireFewBoots({ boots }: BootDeps, request: Request): void {
  const seconds = boots.take([{ key: clientAddress(request), limit: bootsPerMinute }]);
  if (seconds === null) return;
  throw new AppError('RATE_LIMITED', `The chat was opened too often. Try again in ${seconds} seconds.`);
}

const newVisitor = () => randomBytes(16).toString('base64url');

/** Who had a token of this widget on pages of this origin stays who they were, unless they have left. */
async function knownVisitor(
  { tokens, ended }: BootDeps,
  { widgetId, origin, token }: { widgetId: string; origin: string; token: string | null },
): Promise<string | null> {
  const claims = token === null ? null : await tokens.verify(token);
  if (claims === null || claims.widgetId !== widgetId || claims.origin !== origin) return null;
  return (await ended.isEnded([visitorHash(claims)])) ? null : claims.visitorId;
}

async function lastAnswer({ threads }: BootDeps, widget: WidgetRecord, visitorId: string) {
  if (widget.identifiedOnly) return null;
  const { organizationId, id: widgetId } = widget;
  const actorId = visitorIdOf(anonymousPerson(widget, visitorId));
  const answer = await threads.lastAnswer({ organizationId, actorId, widgetId });
  return answer === null ? null : { id: answer.id, at: answer.at.toISOString() };
}
