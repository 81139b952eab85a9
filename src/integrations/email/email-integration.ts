import { AppError } from '#errors';
import type { Integration } from '#integrations/catalog.ts';
import { createEmailForm, readMailSettings } from './email-form.ts';
import type { SmtpDoor } from './smtp-door.ts';
import { createSendEmailTool } from './tools/send-email.ts';

/** Any mail account that sends over SMTP. */
export function createEmailIntegration(door: SmtpDoor): Integration {
  return {
    name: 'email',
    title: 'E-mail',
    description: 'Personas and jobs send mail over an account of yours, at whatever provider (SMTP).',
    category: 'communication',
    connect: createEmailForm(),
    tools: [createSendEmailTool(door)],
    resolveBaseUrl() {
      throw new AppError('INPUT_INVALID', 'fields: an e-mail account is connected over its form.');
    },
    async inspect(connection, signal) {
      await door.verify(connection, signal);
      const from = readMailSettings(connection.settings)?.from ?? connection.baseUrl;
      return [{ id: from, name: from }];
    },
    browse: async () => [],
    // No target of its lies inside another one.
    contains: async () => false,
  };
}
