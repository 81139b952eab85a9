import { z } from 'zod';

/** What of a message is kept until it is worked. */
export const messageBody = z.object({
  type: z.literal('message'),
  channelId: z.string(),
  ts: z.string(),
  threadTs: z.string(),
  slackUserId: z.string(),
  text: z.string(),
  files: z.array(z.string()),
  /** `channel` also for groups: several people read along. */
  where: z.enum(['direct', 'channel']),
  /** Whether the app was called; else it is a message that may follow in a thread. */
  isCall: z.boolean(),
});
export type MessageBody = z.output<typeof messageBody>;

export const homeBody = z.object({ type: z.literal('home'), channelId: z.string(), slackUserId: z.string() });
export type HomeBody = z.output<typeof homeBody>;

export const endedBody = z.object({ type: z.literal('ended'), why: z.enum(['app_uninstalled', 'tokens_revoked']) });
export type EndedBody = z.output<typeof endedBody>;

/** Slack's own button to stop an answer. */
export const haltBody = z.object({
  type: z.literal('halt'),
  channelId: z.string(),
  threadTs: z.string(),
  slackUserId: z.string(),
});
export type HaltBody = z.output<typeof haltBody>;

export const pressBody = z.object({
  type: z.literal('press'),
  channelId: z.string(),
  messageTs: z.string(),
  threadTs: z.string().nullable(),
  slackUserId: z.string(),
  responseUrl: z.string().nullable(),
  presses: z.array(z.object({ actionId: z.string(), value: z.string() })),
});
export type PressBody = z.output<typeof pressBody>;

export const commandBody = z.object({
  type: z.literal('command'),
  channelId: z.string(),
  slackUserId: z.string(),
  text: z.string(),
  responseUrl: z.string().nullable(),
});
export type CommandBody = z.output<typeof commandBody>;

export const keptBody = z.discriminatedUnion('type', [
  messageBody,
  homeBody,
  endedBody,
  haltBody,
  pressBody,
  commandBody,
]);
export type KeptBody = z.output<typeof keptBody>;

/** Something Slack has told, as it is to be kept. */
export interface Delivery {
  /** The same for every repetition, and nothing else's. */
  readonly id: string;
  readonly kind: 'event' | 'action' | 'command';
  readonly teamId: string;
  /** Whose events these are; null where Slack does not tell. */
  readonly appId: string | null;
  /** Those of one lane are worked one after the other. */
  readonly lane: string;
  readonly body: KeptBody;
}
