import type { Actor } from '#auth/actor.ts';
import { idPath } from '../../contract/common.ts';
import {
  choosePersonaRequest,
  type SlackWorkspaceView,
  slackChannelPath,
  slackWorkspaceView,
} from '../../contract/slack.ts';
import { defineRoute, type Route } from '../../route.ts';
import type { WorkspaceReading } from './list-workspaces.ts';
import { presentWorkspace } from './workspace-view.ts';

/** PUT /api/v1/slack/workspaces/:id/persona */
export function createChooseDefaultPersona(deps: WorkspaceReading): Route {
  return defineRoute({
    method: 'put',
    path: '/api/v1/slack/workspaces/:id/persona',
    tag: 'Slack',
    summary: 'Choose who answers in a workspace where nobody else was chosen; null: the first that answers in Slack',
    access: 'connections:manage',
    params: idPath,
    body: choosePersonaRequest,
    answer: slackWorkspaceView,
    async handle({ actor, params, body }) {
      await deps.workspaces.setDefault(actor, params.id, body.personaId);
      return view(deps, actor, params.id);
    },
  });
}

/** PUT /api/v1/slack/workspaces/:id/channels/:channelId */
export function createChooseChannelPersona(deps: WorkspaceReading): Route {
  return defineRoute({
    method: 'put',
    path: '/api/v1/slack/workspaces/:id/channels/:channelId',
    tag: 'Slack',
    summary: 'Choose who answers in a channel; null: whoever answers in the workspace',
    access: 'connections:manage',
    params: slackChannelPath,
    body: choosePersonaRequest,
    answer: slackWorkspaceView,
    async handle({ actor, params, body }) {
      const { id: connectionId, channelId } = params;
      await deps.workspaces.setChannel(actor, { connectionId, channelId, personaId: body.personaId });
      return view(deps, actor, connectionId);
    },
  });
}

async function view(
  { workspaces, channelNames }: WorkspaceReading,
  { organizationId }: Actor,
  connectionId: string,
): Promise<SlackWorkspaceView> {
  return presentWorkspace(channelNames, await workspaces.find(organizationId, connectionId));
}
