import { createToolOffer } from '#agent/persona-tools.ts';
import type { Actor } from '#auth/actor.ts';
import { createChange } from '#auth/change.ts';
import type { HttpAppOptions } from '#channels/http/create-http-app.ts';
import type { RouteDeps } from '#channels/http/routes.ts';
import { mountWidgetFace } from '#channels/widget/create-widget-face.ts';
import { stopSwitchedOff } from '#channels/widget/stop-switched-off.ts';
import { createWidgetService } from '#channels/widget/widget-service.ts';
import { createEndedTokenRepository } from '#db/repositories/ended-tokens.ts';
import { createMessageCountRepository } from '#db/repositories/message-counts.ts';
import { createWidgetConversationRepository } from '#db/repositories/widget-conversations.ts';
import { createWidgetKeyRepository } from '#db/repositories/widget-keys.ts';
import { createWidgetUsageRepository } from '#db/repositories/widget-usage.ts';
import { createWidgetRepository } from '#db/repositories/widgets.ts';
import type { Persona } from '#personas/persona-schema.ts';
import { createVisitorTokens } from '#vault/visitor-tokens.ts';
import { createWidgetKeys } from '#vault/widget-keys.ts';
import type { House } from './house.ts';

export interface WidgetParts {
  readonly routes: RouteDeps['widgetRoutes'];
  /** Null for a widget that is gone. */
  nameOf(organizationId: string, id: string): Promise<string | null>;
  /** What web sites and their visitors meet. */
  readonly mount: NonNullable<HttpAppOptions['mountFirst']>;
}

interface FaceParts {
  readonly webDirectory: string;
  readonly approvalRoutes: RouteDeps['approvalRoutes'];
  readonly effectRoutes: RouteDeps['effectRoutes'];
}

/** The chat on other people's web sites, and the pages where it is set up. */
export function composeWidget(house: House, { webDirectory, approvalRoutes, effectRoutes }: FaceParts): WidgetParts {
  const { core, db, vault, audit, publicUrl, opened, log } = house;
  const widgets = createWidgetRepository(db);
  const keys = createWidgetKeyRepository(db);
  opened.defer(stopSwitchedOff({ runs: core.agent.runs, widgets, log }));
  const usage = createWidgetUsageRepository(db);
  const identities = createWidgetKeys({ vault });
  const service = createWidgetService({
    widgets,
    keys,
    usage,
    keyMaker: identities,
    personas: core.directory,
    audit,
    change: createChange(db),
    namesOf: (organizationId, ids) => core.names.namesOf(organizationId, ids),
    publicUrl,
  });
  return {
    routes: { widgets: service },
    nameOf: async (organizationId, id) => (await widgets.find({ organizationId, id }))?.name ?? null,
    mount(app, refuseForeign) {
      const shared = { widgets, keys, usage, identities, approvalView: approvalRoutes, effects: effectRoutes };
      mountWidgetFace(app, { ...faceOf(house), ...shared, webDirectory, refuseForeign });
    },
  };
}

/** What the face of widgets shares with the rest of the service. */
function faceOf({ config, connections: { catalog }, core, db, outside, ninox, registry }: House) {
  const offer = createToolOffer(catalog);
  return {
    ended: createEndedTokenRepository(db),
    tokens: createVisitorTokens({ secret: config.authSecret }),
    people: outside.people,
    links: outside.links,
    threads: createWidgetConversationRepository(db),
    counts: createMessageCountRepository(db),
    runs: core.agent.runs,
    conversations: core.conversations,
    personas: core.directory,
    approvals: core.agent.approvals,
    scrub: registry.scrubJson,
    // As far as they are offered on this actor's behalf: a guest has fewer.
    toolTitles: async (persona: Persona, actor: Pick<Actor, 'role' | 'organizationId'>) => {
      const tools = await catalog.of(actor.organizationId);
      const offered = await offer(persona, actor);
      return Object.fromEntries(offered.map(({ name }) => [name, tools.findTool(name)?.title ?? name]));
    },
    standIns: ({ model }: Persona) => ({
      ninox: ninox.standIn,
      model: (model ?? config.models.defaultModel).startsWith('demo/'),
    }),
  };
}
