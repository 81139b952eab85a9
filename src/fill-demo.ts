import { randomUUID } from 'node:crypto';
import type { RunService } from '#agent/run-service.ts';
import type { Actor } from '#auth/actor.ts';
import type { Logger } from '#log';
import type { PersonaDirectory } from '#personas/persona-directory.ts';

/**
 * What a newcomer finds in the demo organization: real runs of the shipped personas on the stand-ins, one of them waiting
 * for a decision.
 */
const conversations = [
  { personaId: 'database-librarian', texts: ['Do any two databases look like duplicates?'] },
  {
    personaId: 'record-janitor',
    texts: ['Delete record 12 in table B of the CRM database of Example Interiors.', 'Yes, delete it.'],
  },
  { personaId: 'ninox-assistant', texts: ['Which databases does each team have?'] },
] as const;

export interface DemoFiller {
  readonly runs: Pick<RunService, 'start'>;
  readonly directory: Pick<PersonaDirectory, 'find'>;
  readonly log: Logger;
}

/**
 * Fills the demo organization with life for the person who has just set the service up, through the same door every
 * message takes. A failure is told in the log and leaves an emptier demo, nothing else.
 */
export async function fillDemo({ runs, directory, log }: DemoFiller, actor: Actor): Promise<void> {
  for (const { personaId, texts } of conversations) {
    try {
      if ((await directory.find(actor.organizationId, personaId)) === null) continue;
      const conversationId = randomUUID();
      for (const text of texts) {
        const run = await runs.start({
          actor,
          channel: 'web',
          conversationId,
          personaId,
          messageId: randomUUID(),
          text,
        });
        await run.done;
      }
    } catch (error) {
      log.warn({ err: error, personaId }, 'the demo organization could not be filled');
    }
  }
}
