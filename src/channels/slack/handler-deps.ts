import type { Processes } from '#agent/processes.ts';
import type { RunService } from '#agent/run-service.ts';
import type { StoredMessage } from '#agent/stored-message.ts';
import type { AuditLog } from '#audit/audit-event.ts';
import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import type { ConversationRepository } from '#db/repositories/conversations.ts';
import type { MessageCountRepository } from '#db/repositories/message-counts.ts';
import type { RunRepository } from '#db/repositories/runs.ts';
import type { SlackAnswerRepository } from '#db/repositories/slack-answers.ts';
import type { Logger } from '#log';
import type { Answers } from './answers.ts';
import type { PersonaChoiceDeps } from './find-persona.ts';
import type { SlackPeople } from './people.ts';
import type { SlackCards, SlackClients, SlackWorkspaces } from './ports.ts';
import type { TellPerson } from './tell-person.ts';

/** What those work with who handle what Slack has sent. */
export interface HandlerDeps {
  readonly runs: Pick<RunService, 'start' | 'active' | 'stopWaiting'>;
  readonly storedRuns: Pick<RunRepository, 'find' | 'answering'>;
  readonly conversations: Pick<ConversationRepository<StoredMessage>, 'find' | 'message' | 'messages'>;
  readonly answerRows: Pick<SlackAnswerRepository, 'find' | 'isTelling'>;
  readonly clock: () => Date;
  readonly counts: Pick<MessageCountRepository, 'add' | 'takeBack'>;
  readonly answers: Pick<Answers, 'begin' | 'adopt' | 'tellStored'>;
  readonly personas: PersonaChoiceDeps['personas'];
  readonly workspaces: SlackWorkspaces;
  readonly clients: SlackClients;
  readonly cards: Pick<SlackCards, 'pressed'>;
  readonly people: SlackPeople;
  readonly links: OutsideLinks;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly processes: Pick<Processes, 'id'>;
  readonly tellPerson: TellPerson;
  /** Where people reach the console. */
  readonly publicUrl: () => string;
  readonly log: Logger;
  /** Ends waiting for Slack when the service stops. */
  readonly signal: AbortSignal;
}
