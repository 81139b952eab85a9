import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Identity } from '#auth/identity.ts';
import { createConnectionRoutes } from '#channels/http/connection-routes.ts';
import { createHttpApp } from '#channels/http/create-http-app.ts';
import { createSlackRoutes } from '#channels/http/routes/slack/create-slack-routes.ts';
import { createChannelNames } from '#channels/slack/channel-names.ts';
import { describeSlack } from '#channels/slack/describe-slack.ts';
import { slackManifest } from '#channels/slack/manifest.ts';
import { safeMarkdown } from '#channels/slack/safe-text.ts';
import { createSlackWorkspaces } from '#channels/slack/workspaces.ts';
import { revokeEndedConnection } from '#connections/revoke-connection.ts';
import { createSlackConnecting } from '#connections/slack/slack-connecting.ts';
import { toConnection } from '#connections/to-connection.ts';
import { createOauthFlowRepository } from '#db/repositories/oauth-flows.ts';
import { createSlackCardRepository } from '#db/repositories/slack-cards.ts';
import { createSlackChannelRepository } from '#db/repositories/slack-channels.ts';
import { createSlackWorkspaceRepository } from '#db/repositories/slack-workspaces.ts';
import { createAddressPolicy } from '#integrations/address-policy.ts';
import { createFormEgress } from '#integrations/egress.ts';
import { createSlackClients } from '#integrations/slack/slack-clients.ts';
import { createSlackDoor } from '#integrations/slack/slack-door.ts';
import { createSlackIntegration } from '#integrations/slack/slack-integration.ts';
import { createLogger } from '#log';
import type { Persona } from '#personas/persona-schema.ts';
import { Secret } from '#vault/secret.ts';
import { openProcess, type ProcessOptions } from './connections.ts';
import type { SlackServer } from './slack-server.ts';

const log = createLogger({ level: 'silent' });

export interface SlackDeskOptions extends Pick<ProcessOptions, 'open' | 'clock' | 'onRevoked'> {
  readonly slack: SlackServer;
  readonly personas?: readonly Pick<Persona, 'id' | 'name' | 'channels'>[];
  /** Whether the app's client ID and secret are known here. */
  readonly signsIn?: boolean;
  readonly usesSocket?: boolean;
  /** False: nothing of Slack is configured. */
  readonly isOpen?: boolean;
  readonly wait?: (milliseconds: number) => Promise<void>;
}

export type SlackDesk = Awaited<ReturnType<typeof openSlackDesk>>;

/** Everything of Slack around the answering: connections, workspaces and clients, on the stand-in for Slack. */
export async function openSlackDesk(options: SlackDeskOptions) {
  const { slack, personas = [], signsIn = true, usesSocket = false, isOpen = true } = options;
  const apiUrl = slack.apiUrl.replace(/\/$/, '');
  const allowedHosts = [new URL(apiUrl).host];
  const server = createServer((request, response) => app(request, response));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  slack.applyManifest(slackManifest({ publicUrl: address, mode: usesSocket ? 'socket' : 'http' }));
  const { open, clock, onRevoked } = options;
  const process = await openProcess({
    open,
    ...(clock === undefined ? {} : { clock }),
    ...(onRevoked === undefined ? {} : { onRevoked }),
    allowedHosts,
    integrations: (egress) => [createSlackIntegration({ egress, apiUrl, safeText: safeMarkdown })],
  });
  const { db, deps, egress, vault, repository, catalog } = process;
  const rows = createSlackWorkspaceRepository(db);
  const door = createSlackDoor({
    egress,
    forms: createFormEgress({ policy: createAddressPolicy({ allowedHosts }) }),
    vault,
    app: isOpen
      ? {
          apiUrl,
          clientId: signsIn ? slack.app.clientId : null,
          clientSecret: signsIn ? new Secret(slack.app.clientSecret) : null,
          appToken: usesSocket ? new Secret(slack.app.appToken) : null,
        }
      : null,
  });
  const connecting = createSlackConnecting({
    ...deps,
    workspaces: rows,
    flows: createOauthFlowRepository(db),
    door,
    redirectUri: () => `${address}/api/v1/slack/callback`,
  });
  const workspaces = createSlackWorkspaces({
    rows,
    channels: createSlackChannelRepository(db),
    personas: {
      find: async (_organizationId, id) => (personas.find((one) => one.id === id) ?? null) as Persona | null,
    },
    db,
    audit: deps.audit,
    revoke: (organizationId, id, why) => revokeEndedConnection(deps, { organizationId, id }, why),
  });
  const refused: string[] = [];
  const clients = createSlackClients({
    egress,
    async connectionOf(organizationId, id) {
      const record = await repository.find({ organizationId, id });
      return record === null ? null : toConnection(record, catalog);
    },
    log,
    onRefused: ({ id }) => void refused.push(id),
    ...(options.wait === undefined ? {} : { wait: options.wait }),
  });
  const channelNames = createChannelNames({ workspaces, clients, log });
  let people: readonly Identity[] = [];
  const app = createHttpApp({
    routes: [
      ...createConnectionRoutes({
        connections: process.service,
        signIns: process.signIns,
        discovery: process.discovery,
        namesOf: process.deps.namesOf,
      }),
      ...createSlackRoutes({
        describe: () => describeSlack({ mode: isOpen ? 'http' : null, canSignIn: signsIn, publicUrl: () => address }),
        connecting,
        workspaces,
        channelNames,
      }),
    ],
    identify: async (request) => people.find(({ user }) => user.id === request.header('x-test-person')) ?? null,
    scrub: (text) => text,
    allowedHosts: [],
    webDirectory: '/nowhere',
    log,
  });
  const answers: string[] = [];
  return {
    ...process,
    slack,
    address,
    connecting,
    workspaces,
    clients,
    workspaceRows: rows,
    cardRows: createSlackCardRepository(db),
    /** Connections whose token Slack took no more. */
    refused,
    /** Every answer that was given, for looking for secrets in it. */
    answers,
    letIn(...identities: readonly Identity[]): void {
      people = identities;
    },
    async call(who: string, method: string, path: string, body: object = {}) {
      const response = await fetch(address + path, {
        method,
        headers: { 'x-test-person': who, 'content-type': 'application/json' },
        ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual',
      });
      const text = await response.text();
      answers.push(text);
      const read = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
      return { status: response.status, location: response.headers.get('location'), body: read };
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      await process[Symbol.asyncDispose]();
    },
  };
}
