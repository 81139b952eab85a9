import { z } from 'zod';
import { chosenConversationId, id, time } from './common.ts';
import { conversationView } from './conversations.ts';
import { widgetAppearance } from './widgets.ts';

/*
 * What the launcher on a customer's page and the chat in its frame ask of the service. There are no cookies.
 *
 * The launcher, on the customer's origin (CORS, exact origins):
 *   POST /api/widget/v1/:widgetId/boot
 * The frame, on our origin, always with `Authorization: Bearer <visitor token>` and, where the site has said who the
 * visitor is, `X-Widget-Identity: <JWT>`; both are checked on every request:
 *   GET  /api/widget/v1/session
 *   POST /api/widget/v1/messages                    answers the UI message stream of the AI SDK
 *   GET  /api/widget/v1/conversations/:id           conversationDetailView; visitors see no inputs or outputs of tools
 *   GET  /api/widget/v1/conversations/:id/stream    as GET /api/chat/:id/stream
 *   POST /api/widget/v1/conversations/:id/stop      {} -> stopView
 *   POST /api/widget/v1/link                        { code } -> widgetSessionView: from then on the visitor acts as the member
 *   POST /api/widget/v1/logout                      {} -> doneView: the JWT is over
 *   GET  /api/widget/v1/approvals/:id, POST /api/widget/v1/approvals/:id/decision, GET /api/widget/v1/effects/:id,
 *   POST /api/widget/v1/effects/:id/undo            for linked members, as below /api/v1
 * Problems of its own: WIDGET_OFF (403), ORIGIN_REFUSED (403), IDENTITY_REQUIRED (401), IDENTITY_INVALID (401, also for one
 * that has expired), VISITOR_INVALID (401: boot again), RATE_LIMITED (429).
 */

/** POST /api/widget/v1/:widgetId/boot. The token is the one of an earlier boot, if the page still has it. */
export const bootRequest = z.strictObject({ visitorToken: z.string().max(4_000).nullable().default(null) });

export const bootView = z
  .object({
    /** Signed by us: who the visitor is as long as nobody says so, on which page, and until when. Renewed by each boot. */
    visitorToken: z.string(),
    appearance: widgetAppearance,
    identifiedOnly: z.boolean(),
    /** The newest answer the visitor was given without having said who they are; null where there is none. */
    lastAnswer: z.object({ id: z.string(), at: time }).nullable(),
  })
  .meta({ id: 'WidgetBoot' });
export type BootView = z.output<typeof bootView>;

export const widgetSessionView = z
  .object({
    visitor: z.object({
      kind: z.enum(['anonymous', 'identified', 'member']),
      name: z.string(),
    }),
    persona: z.object({ name: z.string(), description: z.string(), starters: z.array(z.string()) }),
    appearance: widgetAppearance,
    messageCharacters: z.int(),
    /** Whether messages may have files. */
    attachments: z.boolean(),
    /** The visitor's newest conversation here; null where there is none. */
    conversation: conversationView.nullable(),
    /** What a linked member may do here. */
    may: z.object({ decide: z.boolean(), undo: z.boolean() }),
    /** Titles of the tools by their names, for showing what is being done. */
    toolTitles: z.record(z.string(), z.string()),
    standIns: z.object({ ninox: z.boolean(), model: z.boolean() }),
  })
  .meta({ id: 'WidgetSession' });
export type WidgetSessionView = z.output<typeof widgetSessionView>;

/** What a message takes of files. */
export const attachmentLimits = { count: 3, characters: 20_000, name: 100 } as const;
const { count, characters, name } = attachmentLimits;

/** A text file: plain text, CSV, Markdown, JSON. */
const attachmentInput = z.strictObject({
  name: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(name, `must have at most ${name} characters`)
    // With signs that are not seen, a name could be read as another.
    .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u, 'must be one line of signs that can be seen'),
  text: z
    .string()
    .min(1, 'must not be empty')
    .max(characters, `must have at most ${characters} characters`)
    .regex(/^(?:[\t\n\r]|\P{Cc})*$/u, 'must be text, without control characters'),
});

/**
 * The conversation's id is chosen by the client: a new one begins a new conversation. Where the widget takes no files,
 * a message with some is refused whole (INPUT_INVALID).
 */
export const widgetMessageRequest = z.strictObject({
  conversationId: chosenConversationId,
  message: z.strictObject({
    id,
    text: z.string().trim().min(1, 'must not be empty').max(16_000),
    attachments: z.array(attachmentInput).max(count, `must be at most ${count} files`).default([]),
  }),
});
export type WidgetMessageRequest = z.input<typeof widgetMessageRequest>;

export const linkRequest = z.strictObject({ code: z.string().trim().max(40) });
