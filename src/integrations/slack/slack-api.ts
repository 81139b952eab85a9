import { z } from 'zod';
import type { Connection } from '#integrations/connection.ts';
import type { Egress, EgressResponse, FormEgress } from '#integrations/egress.ts';
import { EgressError } from '#integrations/egress-error.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { fromEgress, toSlackError } from './slack-error.ts';

/** The id of a connection that is only being made. */
export const trialId = 'trial';

const timeoutMs = 15_000;
const maxBytes = 1_000_000;

export interface SlackQuestion {
  readonly connection: Connection;
  readonly method: string;
  readonly fields?: Readonly<Record<string, string>>;
  /** Whether it leaves something behind: then a break says nothing about what became of it. */
  readonly isChange?: boolean;
  readonly signal: AbortSignal;
}

export interface SlackAnswer<T> {
  readonly value: T;
  readonly headers: Headers;
}

/** One call of the Web API with the token of a connection. Throws UpstreamError. */
export async function askSlack<Schema extends z.ZodType>(
  egress: Egress,
  { connection, method, fields = {}, isChange = false, signal }: SlackQuestion,
  schema: Schema,
): Promise<SlackAnswer<z.output<Schema>>> {
  const form = new URLSearchParams(fields).toString();
  const limits = { timeoutMs, maxBytes, signal };
  const response = await sent(
    () => egress.send({ connection, method: 'POST', path: `/${method}`, form, ...limits }),
    isChange,
  );
  if (isChange && response.status >= 500) throw unknownOutcome();
  return readAnswer(response, schema, connection.id === trialId ? null : connection.label);
}

/** One call that goes without a token, since it is to bring one. Throws UpstreamError. */
export async function askSlackForToken<Schema extends z.ZodType>(
  egress: FormEgress,
  request: { readonly url: string; readonly fields: Readonly<Record<string, string>>; readonly signal: AbortSignal },
  schema: Schema,
): Promise<z.output<Schema>> {
  const response = await sent(() => egress.sendForm({ ...request, timeoutMs, maxBytes }), false);
  return readAnswer(response, schema, null).value;
}

async function sent(send: () => Promise<EgressResponse>, isChange: boolean): Promise<EgressResponse> {
  try {
    return await send();
  } catch (error) {
    if (isChange && error instanceof EgressError && error.sent) throw unknownOutcome();
    throw fromEgress(error);
  }
}

function unknownOutcome(): UpstreamError {
  return new UpstreamError(
    'OUTCOME_UNKNOWN',
    'The call to Slack was sent and no answer came, so nobody knows whether it had its effect. Look in Slack before it is sent again.',
  );
}

const envelope = z.object({ ok: z.boolean(), error: z.string().optional() });

function readAnswer<Schema extends z.ZodType>(
  { status, headers, text }: EgressResponse,
  schema: Schema,
  label: string | null,
): SlackAnswer<z.output<Schema>> {
  if (status === 429) throw toSlackError('ratelimited', label);
  if (status >= 500) throw toSlackError('service_unavailable', label);
  const body = parse(text);
  const told = envelope.safeParse(body);
  if (!told.success) throw notSlack();
  if (!told.data.ok) throw toSlackError(told.data.error, label);
  const parsed = schema.safeParse(body);
  if (!parsed.success) throw notSlack();
  return { value: parsed.data, headers };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function notSlack(): UpstreamError {
  return new UpstreamError(
    'UPSTREAM_INVALID',
    'What answered in the place of Slack did not send what Slack sends. Whoever runs this service should check SLACK_API_URL.',
  );
}
