import { z } from 'zod';
import { id, listOf } from './common.ts';

/** GET /api/v1/slack : what there is of Slack here. */
export const slackView = z
  .object({
    /** How events come in; `off` where nothing of Slack is configured. */
    mode: z.enum(['off', 'http', 'socket']),
    /** Whether a workspace can be connected by signing in there; else with its bot token. */
    canSignIn: z.boolean(),
    /** What is missing in the service's settings, in plain words. */
    problems: z.array(z.string()),
    /** The app's manifest, ready to paste into Slack: JSON text with this service's addresses. */
    manifest: z.string(),
  })
  .meta({ id: 'Slack' });
export type SlackView = z.output<typeof slackView>;

export const slackChannelView = z.object({ channelId: z.string(), name: z.string().nullable(), personaId: z.string() });

/** One connected workspace; its connection has the label, the health and the way to revoke it. */
export const slackWorkspaceView = z
  .object({
    connectionId: z.string(),
    teamName: z.string(),
    /** Answers where no other persona was chosen; null: the first that answers in Slack. */
    personaId: z.string().nullable(),
    channels: z.array(slackChannelView),
  })
  .meta({ id: 'SlackWorkspace' });
export type SlackWorkspaceView = z.output<typeof slackWorkspaceView>;

/** GET /api/v1/slack/workspaces */
export const slackWorkspaceListView = listOf(slackWorkspaceView);

/** PUT /api/v1/slack/workspaces/:id/persona { personaId } and PUT /api/v1/slack/workspaces/:id/channels/:channelId { personaId } */
export const choosePersonaRequest = z.strictObject({ personaId: id.nullable() });

/** POST /api/v1/slack/install {} : where to send the browser. It comes back to GET /api/v1/slack/callback. */
export const slackInstallView = z.object({ url: z.string() }).meta({ id: 'SlackInstall' });
