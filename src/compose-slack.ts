import { personActor } from '#auth/person-actor.ts';
import type { HttpAppOptions } from '#channels/http/create-http-app.ts';
import type { RouteDeps } from '#channels/http/routes.ts';
import { startSlackCardUpkeep } from '#channels/slack/card-upkeep.ts';
import { createSlackCards } from '#channels/slack/cards.ts';
import { createChannelNames } from '#channels/slack/channel-names.ts';
import { createSlackChannel, type SlackChannel } from '#channels/slack/create-slack-channel.ts';
import { describeSlack } from '#channels/slack/describe-slack.ts';
import type { SlackCards, SlackClients } from '#channels/slack/ports.ts';
import { createSlackWorkspaces } from '#channels/slack/workspaces.ts';
import type { SlackConfig } from '#config/config.ts';
import { checkConnection } from '#connections/check-connection.ts';
import { revokeEndedConnection } from '#connections/revoke-connection.ts';
import { createSlackConnecting } from '#connections/slack/slack-connecting.ts';
import { toConnection } from '#connections/to-connection.ts';
import { createMessageCountRepository } from '#db/repositories/message-counts.ts';
import { createOauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { createRunRepository } from '#db/repositories/runs.ts';
import { createSlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import { createSlackCardRepository } from '#db/repositories/slack-cards.ts';
import { createSlackChannelRepository } from '#db/repositories/slack-channels.ts';
import { createSlackEventRepository } from '#db/repositories/slack-events.ts';
import { createSlackWorkspaceRepository } from '#db/repositories/slack-workspaces.ts';
import { createSlackClients } from '#integrations/slack/slack-clients.ts';
import { createSlackDoor } from '#integrations/slack/slack-door.ts';
import type { House } from './house.ts';

type Foundation = Omit<House, 'slack' | 'jobs' | 'heardAt'>;
type Workspaces = ReturnType<typeof createSlackWorkspaces>;

export interface SlackParts {
  readonly routes: RouteDeps['slackRoutes'];
  /** Where Slack's own requests are answered. */
  readonly mount: NonNullable<HttpAppOptions['mountFirst']>;
  /** To be called once other processes see this one, before runs are taken up again. It ends with the agent. */
  start(): void;
}

/** Personas in Slack: what is answered there, and how workspaces are connected. */
export function composeSlack(house: Foundation): SlackParts {
  const { config, core, log } = house;
  const workspaces = openWorkspaces(house);
  const clients = openClients(house);
  const cards = openCards(house, workspaces, clients);
  const channel = config.slack === null ? null : openChannel(house, config.slack, { workspaces, clients, cards });
  return {
    routes: routesOf(house, workspaces, clients),
    mount(app) {
      const router = channel?.router ?? null;
      if (router !== null) app.use(router);
    },
    start() {
      if (channel === null) return;
      channel.start();
      const rows = createSlackCardRepository(house.db);
      const upkeep = startSlackCardUpkeep({ cards, rows, feed: core.agent.feed, log });
      core.agent.closeWith(async (graceMs) => {
        await Promise.all([channel.close(graceMs), upkeep.stop()]);
      });
    },
  };
}

function openWorkspaces({ db, core, connections, audit }: Foundation): Workspaces {
  const deps = { ...connections.deps, onRevoked: core.onRevoked };
  return createSlackWorkspaces({
    rows: createSlackWorkspaceRepository(db),
    channels: createSlackChannelRepository(db),
    personas: core.directory,
    db,
    audit,
    revoke: (organizationId, id, why) => revokeEndedConnection(deps, { organizationId, id }, why),
  });
}

function openClients({ connections, log }: Foundation): SlackClients {
  return createSlackClients({
    egress: connections.egress,
    async connectionOf(organizationId, id) {
      const record = await connections.rows.find({ organizationId, id });
      return record === null ? null : toConnection(record, connections.catalog);
    },
    onRefused: ({ organizationId, id }) => void checkAtOnce({ connections, log }, { organizationId, id }),
    log,
  });
}

/** A token that Slack takes no more is seen so on its page now, not with the next daily check. */
async function checkAtOnce(
  { connections, log }: Pick<Foundation, 'connections' | 'log'>,
  key: { readonly organizationId: string; readonly id: string },
): Promise<void> {
  try {
    const record = await connections.rows.find(key);
    if (record?.status === 'active') await checkConnection(connections.deps, record);
  } catch (error) {
    log.warn({ err: error, connectionId: key.id }, 'a workspace that Slack has refused could not be checked');
  }
}

function openCards(house: Foundation, workspaces: Workspaces, clients: SlackClients): SlackCards {
  const { core, outside, db, publicUrl, registry, log } = house;
  return createSlackCards({
    rows: createSlackCardRepository(db),
    clients,
    workspaces,
    approvals: core.agent.approvals,
    approvalOf: (organizationId, id) => core.agent.approvalOf(organizationId, id),
    async peopleOf(organizationId) {
      const members = await core.membersOf(organizationId);
      return members.map(({ id, name, role }) => personActor({ id, name }, { organizationId, role }));
    },
    links: outside.links,
    namesOf: (organizationId, ids) => core.names.namesOf(organizationId, ids),
    personaName: async (organizationId, id) => (await core.directory.find(organizationId, id))?.name ?? null,
    publicUrl,
    scrubJson: registry.scrubJson,
    log,
  });
}

interface ChannelParts {
  readonly workspaces: Workspaces;
  readonly clients: SlackClients;
  readonly cards: SlackCards;
}

function openChannel(
  house: Foundation,
  { signingSecret, appToken, apiUrl }: SlackConfig,
  parts: ChannelParts,
): SlackChannel {
  const { core, connections, db, outside, audit, publicUrl, registry, log } = house;
  return createSlackChannel({
    ...parts,
    app: {
      signingSecret: signingSecret === null ? null : () => signingSecret.reveal(),
      appToken: appToken === null ? null : () => appToken.reveal(),
      apiUrl,
    },
    runs: core.agent.runs,
    storedRuns: createRunRepository(db),
    conversations: core.conversations,
    events: createSlackEventRepository(db),
    answers: createSlackAnswerRepository(db),
    counts: createMessageCountRepository(db),
    personas: core.directory,
    outside: outside.people,
    links: outside.links,
    audit,
    processes: core.agent.processes,
    titleOf: (tool) => connections.catalog.findTool(tool)?.title ?? tool,
    publicUrl,
    scrub: registry.scrub,
    log,
  });
}

function routesOf(house: Foundation, workspaces: Workspaces, clients: SlackClients): SlackParts['routes'] {
  const { config, connections, db, vault, publicUrl, log } = house;
  const { slack } = config;
  const door = createSlackDoor({ egress: connections.egress, forms: connections.forms, vault, app: slack });
  const connecting = createSlackConnecting({
    ...connections.deps,
    workspaces: createSlackWorkspaceRepository(db),
    flows: createOauthFlowRepository(db),
    door,
    redirectUri: () => `${publicUrl()}/api/v1/slack/callback`,
  });
  return {
    describe: () => describeSlack({ mode: modeOf(slack), canSignIn: connecting.canSignIn, publicUrl }),
    connecting,
    workspaces,
    channelNames: createChannelNames({ workspaces, clients, log }),
  };
}

function modeOf(slack: SlackConfig | null): 'http' | 'socket' | null {
  if (slack === null) return null;
  return slack.appToken === null ? 'http' : 'socket';
}
