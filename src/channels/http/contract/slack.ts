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

/** GET /api/v1/slack/workspaces : those that can be used or need to be connected again. */
export const slackWorkspaceListView = listOf(slackWorkspaceView);
export type SlackWorkspaceListView = z.output<typeof slackWorkspaceListView>;

/** POST /api/v1/slack/workspaces { token } : connects a workspace with its bot token, or connects it again. */
export const connectWorkspaceRequest = z.strictObject({
  token: z.string().trim().min(8, 'must have at least 8 characters').max(400),
});

/** GET /api/v1/slack/workspaces/:id/channels : where the app was invited to, so that a persona can be chosen there. */
export const slackPlaceView = z.object({ channelId: z.string(), name: z.string(), isPrivate: z.boolean() });
export const slackPlaceListView = listOf(slackPlaceView);
export type SlackPlaceView = z.output<typeof slackPlaceView>;
export type SlackPlaceListView = z.output<typeof slackPlaceListView>;

export const slackChannelPath = z.strictObject({
  id,
  channelId: z.string().regex(/^[CDG][A-Z0-9]{2,30}$/, 'must be a channel’s id, such as C0123ABC456'),
});

/** PUT /api/v1/slack/workspaces/:id/persona { personaId } and PUT /api/v1/slack/workspaces/:id/channels/:channelId { personaId } */
export const choosePersonaRequest = z.strictObject({ personaId: id.nullable() });
export type ChoosePersonaRequest = z.output<typeof choosePersonaRequest>;

/** POST /api/v1/slack/install {} : where to send the browser. It comes back to GET /api/v1/slack/callback. */
export const slackInstallView = z.object({ url: z.string() }).meta({ id: 'SlackInstall' });
export type SlackInstallView = z.output<typeof slackInstallView>;
/** GET /api/v1/slack/callback */
export const slackCallbackQuery = z.object({
  state: z.string().max(500).optional(),
  code: z.string().max(4_000).optional(),
  error: z.string().max(200).optional(),
});
