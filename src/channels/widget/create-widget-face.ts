import type { Express, RequestHandler } from 'express';
import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import { clientAddress } from '#channels/http/client-address.ts';
import { doneView } from '#channels/http/contract/common.ts';
import { mountRoutes } from '#channels/http/door.ts';
import { defineRoute, type Route } from '#channels/http/route.ts';
import type { MessageCountRepository } from '#db/repositories/message-counts.ts';
import type { WidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import type { WidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import { AppError } from '#errors';
import { type BootDeps, bootPath, createBootRoute } from './boot-route.ts';
import { createMemberRoutes, type MemberRouteDeps } from './member-routes.ts';
import { createMessageLimits } from './message-limits.ts';
import { createMinuteCounter, type MinuteCounter } from './minute-counter.ts';
import { createVisitorRoutes, requireThread, type VisitorRouteDeps } from './visitor-routes.ts';
import { createVisitors, type VisitorDeps, type Visitors } from './visitors.ts';
import { allowBootFromAnywhere, mountWidgetFiles, type WidgetFileDeps } from './widget-files.ts';

export interface WidgetFaceDeps
  extends Omit<VisitorDeps, 'clock'>,
    WidgetFileDeps,
    Omit<MemberRouteDeps, 'requireThread'>,
    Pick<VisitorRouteDeps, 'runs' | 'conversations' | 'personas' | 'toolTitles' | 'standIns' | 'scrub'> {
  readonly widgets: BootDeps['widgets'];
  readonly threads: WidgetConversationRepository;
  readonly links: Pick<OutsideLinks, 'redeem'>;
  readonly counts: MessageCountRepository;
  readonly usage: Pick<WidgetUsageRepository, 'tokens'>;
  /** Refuses requests that do not come from this service’s own pages, or under another name. */
  readonly refuseForeign: RequestHandler;
  readonly clock?: () => Date;
}

/** Where the chat in the frame asks. */
const visitorApi = '/api/widget/v1';

/**
 * All that web sites and their visitors meet. To be mounted after the security headers, before anything that refuses
 * foreign origins, and before the one place for errors.
 */
export function mountWidgetFace(app: Express, deps: WidgetFaceDeps): void {
  const { scrub, refuseForeign, clock = () => new Date() } = deps;
  const visitors = createVisitors({ ...deps, clock });
  mountWidgetFiles(app, deps);

  app.use(visitorApi, keepNothing);
  app.use(bootPath, allowBootFromAnywhere);
  const boot = createBootRoute({ ...deps, boots: createMinuteCounter(clock) });
  mountRoutes(app, { routes: [boot], identify: nobody, scrub });

  app.use(visitorApi, refuseForeign, limitRequests(createMinuteCounter(clock)));
  mountRoutes(app, { routes: [createLogout(visitors)], identify: nobody, scrub });
  const limits = createMessageLimits({ ...deps, minutes: createMinuteCounter(clock), clock });
  const parts = { ...deps, visitors, limits };
  const memberRoutes = createMemberRoutes({ ...deps, requireThread: (asked) => requireThread(parts, asked) });
  const routes = [...createVisitorRoutes(parts), ...memberRoutes];
  mountRoutes(app, { routes, identify: (request) => visitors.identify(request), scrub });
}

const nobody = async () => null;

const keepNothing: RequestHandler = (_request, response, next) => {
  response.setHeader('cache-control', 'no-store');
  next();
};

/** Of one address, which may be a whole company. What is written there has limits of its own. */
const requestsPerMinute = 1_200;

function limitRequests(requests: MinuteCounter): RequestHandler {
  return (request, _response, next) => {
    const seconds = requests.take([{ key: clientAddress(request), limit: requestsPerMinute }]);
    if (seconds === null) return next();
    throw new AppError('RATE_LIMITED', `Too much was asked from this address. Try again in ${seconds} seconds.`);
  };
}

/** Open to whoever has a visitor’s token: to leave, nobody has to prove more. */
function createLogout(visitors: Pick<Visitors, 'logout'>): Route {
  return defineRoute({
    method: 'post',
    path: `${visitorApi}/logout`,
    tag: 'Widgets',
    summary: 'Leave: neither the visitor’s token nor that of the customer’s server counts any more',
    access: 'anyone',
    answer: doneView,
    async handle({ request }) {
      await visitors.logout(request);
      return { done: true as const };
    },
  });
}
