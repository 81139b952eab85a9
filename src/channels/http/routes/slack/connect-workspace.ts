import type { RequestHandler } from 'express';
import type { SlackConnecting } from '#connections/slack/slack-connecting.ts';
import { connectWorkspaceRequest, slackWorkspaceView } from '../../contract/slack.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { WorkspaceReading } from './list-workspaces.ts';
import { presentWorkspace } from './workspace-view.ts';

interface Deps extends WorkspaceReading {
  readonly connecting: Pick<SlackConnecting, 'connect'>;
  readonly before: readonly RequestHandler[];
}

/** POST /api/v1/slack/workspaces */
export function createConnectWorkspace({ connecting, workspaces, channelNames, before }: Deps): Route {
  return defineRoute({
    method: 'post',
    path: '/api/v1/slack/workspaces',
    tag: 'Slack',
    summary: 'Connect a workspace with its bot token, which is tested first, or connect it again',
    access: 'connections:manage',
    before,
    status: 201,
    body: connectWorkspaceRequest,
    answer: slackWorkspaceView,
    async handle({ actor, body }) {
      const connectionId = await connecting.connect(actor, body.token);
      return presentWorkspace(channelNames, await workspaces.find(actor.organizationId, connectionId));
    },
  });
}
