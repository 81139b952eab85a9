import { z } from 'zod';
import { id, idPath, listOf, nameInput, time } from './common.ts';

export const widgetThemes = ['auto', 'light', 'dark'] as const;
export const widgetPositions = ['right', 'left'] as const;

/** `https://shop.example` or, on the own machine, `http://localhost:8080`: scheme, host and port, nothing after it. */
export const originInput = z
  .string()
  .trim()
  .max(300)
  .transform((text, context) => {
    const url = URL.parse(text);
    // A host may hold more signs than these, and some of them mean something in a content security policy.
    const isHost = url !== null && /^([a-z0-9.-]+|\[[0-9a-f:.]+\])$/.test(url.hostname);
    const isOrigin = isHost && (url.protocol === 'https:' || url.protocol === 'http:');
    if (isOrigin && [url.origin, `${url.origin}/`].includes(text.toLowerCase())) return url.origin;
    context.addIssue({
      code: 'custom',
      message: 'must be an address such as https://www.example.com, without a path and without wildcards',
    });
    return z.NEVER;
  })
  // What comes out is plain text, which the description of the API says of every view.
  .pipe(z.string());

const count = (max: number) => z.int('must be a whole number').min(1, 'must be at least 1').max(max);

export const widgetAppearance = z.strictObject({
  title: nameInput(60),
  greeting: z.string().trim().max(300, 'must have at most 300 characters'),
  accent: z.string().regex(/^#[0-9a-f]{6}$/i, 'must be a colour such as #1d4ed8'),
  theme: z.enum(widgetThemes),
  position: z.enum(widgetPositions),
});
export type WidgetAppearance = z.output<typeof widgetAppearance>;

export const widgetLimits = z.strictObject({
  /** Messages of one visitor; those of one address (IPv6 as /64) are limited to four times as many. */
  visitorPerMinute: count(60),
  visitorPerDay: count(10_000),
  /** Tokens the answers to one visitor may cost a day (UTC), prompts included; null is no limit. */
  visitorTokensPerDay: count(1_000_000_000).nullable(),
  widgetPerDay: count(1_000_000).nullable(),
  widgetTokensPerDay: count(1_000_000_000).nullable(),
  messageCharacters: count(16_000),
});
export type WidgetLimits = z.output<typeof widgetLimits>;

/** What a widget starts with where nothing is said. */
export const defaultWidgetLimits: WidgetLimits = {
  visitorPerMinute: 6,
  visitorPerDay: 50,
  visitorTokensPerDay: 200_000,
  widgetPerDay: 2_000,
  widgetTokensPerDay: 5_000_000,
  messageCharacters: 2_000,
};

const settings = {
  name: nameInput(80),
  personaId: id,
  origins: z.array(originInput).max(50, 'must have at most 50 addresses').readonly(),
  identifiedOnly: z.boolean(),
  /** Whether visitors may send text files along. */
  attachments: z.boolean(),
  appearance: widgetAppearance,
  limits: widgetLimits,
};

/** POST /api/v1/widgets */
export const createWidgetRequest = z.strictObject({
  name: settings.name,
  personaId: settings.personaId,
  origins: settings.origins.default([]),
});

/** PATCH /api/v1/widgets/:id ; what is left out stays. `revision` is the one that was seen: another refuses the change. */
export const changeWidgetRequest = z.strictObject({
  revision: z.int(),
  name: settings.name.optional(),
  personaId: settings.personaId.optional(),
  /** The kill switch. */
  isOn: z.boolean().optional(),
  origins: settings.origins.optional(),
  identifiedOnly: settings.identifiedOnly.optional(),
  attachments: settings.attachments.optional(),
  appearance: settings.appearance.optional(),
  limits: settings.limits.optional(),
});
export type ChangeWidgetRequest = z.input<typeof changeWidgetRequest>;

export const widgetKeyView = z.object({
  /** The `kid` that tokens name. */
  id: z.string(),
  algorithm: z.enum(['HS256', 'EdDSA']),
  createdAt: time,
  lastUsedAt: time.nullable(),
});

export const widgetView = z
  .object({
    id: z.string(),
    ...settings,
    isOn: z.boolean(),
    revision: z.int(),
    /** The tag to paste into a page. */
    tag: z.string(),
    /** Why it does not answer as it stands, in plain words, e.g. that no address is allowed yet. */
    problems: z.array(z.string()),
    keys: z.array(widgetKeyView),
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Widget' });
export type WidgetView = z.output<typeof widgetView>;

export const widgetListView = listOf(widgetView);
export type WidgetListView = z.output<typeof widgetListView>;

/** POST /api/v1/widgets/:id/keys ; at most two live ones. An EdDSA key is made by the customer, who gives its public half. */
export const createWidgetKeyRequest = z.discriminatedUnion('algorithm', [
  z.strictObject({ algorithm: z.literal('HS256') }),
  z.strictObject({
    algorithm: z.literal('EdDSA'),
    /** An Ed25519 public key as JWK, or in PEM. */
    publicKey: z.string().trim().min(1).max(2_000),
  }),
]);
export type CreateWidgetKeyRequest = z.input<typeof createWidgetKeyRequest>;
export const createdWidgetKeyView = z
  .object({
    key: widgetKeyView,
    /** Shown this once; null for EdDSA. */
    secret: z.string().nullable(),
  })
  .meta({ id: 'CreatedWidgetKey' });
export type CreatedWidgetKeyView = z.output<typeof createdWidgetKeyView>;
export const widgetKeyPath = z.strictObject({ id, keyId: id });

/** GET /api/v1/widgets/:id/usage : the last 30 days in UTC, today last; days without use are there with zeros. */
export const widgetUsageView = z
  .object({
    days: z.array(
      z.object({
        day: z.iso.date(),
        messages: z.int(),
        visitors: z.int(),
        inputTokens: z.int(),
        outputTokens: z.int(),
      }),
    ),
  })
  .meta({ id: 'WidgetUsage' });
export type WidgetUsageView = z.output<typeof widgetUsageView>;

export const widgetPath = idPath;
