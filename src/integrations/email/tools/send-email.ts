import { z } from 'zod';
import { defineTool, type Tool } from '#integrations/tool-definition.ts';
import { UpstreamError } from '#integrations/upstream-error.ts';
import { readMailSettings } from '../email-form.ts';
import type { SmtpDoor } from '../smtp-door.ts';

const mostRecipients = 20;

const parameters = z.object({
  to: z
    .array(z.string().trim().toLowerCase().max(254).pipe(z.email()))
    .min(1)
    .max(mostRecipients)
    .describe(`The addresses it goes to, 1 to ${mostRecipients}. Everybody sees all of them.`),
  subject: z
    .string()
    .trim()
    .min(1)
    .max(250)
    .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u, 'must be one line')
    .describe('One line that says what the mail is about.'),
  text: z
    .string()
    .min(1)
    .max(100_000)
    .regex(/^[^\0\p{Cs}]*$/u, 'must be plain text')
    .describe('The mail itself as plain text, with greeting and all. Markdown is not shown as such.'),
});

type Mail = z.output<typeof parameters>;

export function createSendEmailTool(door: SmtpDoor): Tool {
  return defineTool({
    name: 'email_send',
    slug: 'EMAIL_SEND',
    integration: 'email',
    title: 'Send an e-mail',
    description:
      'Sends one e-mail over the connected mail account. Use it when the person wants somebody to get a mail. It cannot be taken back. Never repeat a call whose outcome is unknown.',
    scope: 'email:messages:send',
    effect: 'write',
    readsRecords: false,
    defaultApproval: 'ask',
    parameters,
    target: ({ to }) => ({ recipients: to }),
    change: (mail) => ({
      plan: async ({ connection }) => ({ plan: planOf(mail, connection.settings), snapshot: null }),
      // Nobody can ask a mail server what it has taken.
      reconcile: async () => 'unknowable',
      outputIfHappened: { sent: true },
      undo: null,
    }),
    async execute({ to, subject, text }, { connection, signal, callId }) {
      if (callId === undefined) throw new UpstreamError('UPSTREAM_INVALID', 'A mail is sent with the id of its call.');
      const { refused } = await door.send(connection, { to: unique(to), subject, text, id: callId }, signal);
      return { sent: true, recipients: unique(to).length - refused.length, notTaken: refused };
    },
  });
}

function unique(to: readonly string[]): readonly string[] {
  return [...new Set(to)];
}

function planOf({ to, subject, text }: Mail, settings: unknown) {
  const recipients = unique(to);
  const from = readMailSettings(settings)?.from ?? '';
  return {
    summary: `Send an e-mail to ${recipients.length === 1 ? recipients[0] : `${recipients.length} recipients`}`,
    targets: recipients.map((id) => ({ level: 'recipient' as const, id, name: null })),
    records: [
      {
        id: null,
        title: subject,
        fields: [
          { name: 'From', value: from },
          { name: 'To', value: recipients.join(', ') },
          { name: 'Subject', value: subject },
          { name: 'Text', value: text },
        ],
      },
    ],
    count: 1,
    warnings: ['A mail that was sent cannot be taken back.'],
  };
}
