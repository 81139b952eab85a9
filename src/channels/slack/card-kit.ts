import type { Approval } from '#agent/approvals/approval.ts';
import type { ApprovalService } from '#agent/approvals/approval-service.ts';
import type { Actor } from '#auth/actor.ts';
import type { OutsideLinks } from '#auth/outside/outside-person.ts';
import type { SlackCardRepository } from '#db/repositories/slack-cards.ts';
import type { Logger } from '#log';
import { type Card, type CardFacts, noticeCard, outcomeCard, pendingCard } from './card-blocks.ts';
import type { SlackClients, SlackWorkspaces } from './ports.ts';

export interface SlackCardsDeps {
  readonly rows: SlackCardRepository;
  readonly clients: SlackClients;
  readonly workspaces: Pick<SlackWorkspaces, 'byConnection'>;
  readonly approvals: Pick<ApprovalService, 'decide'>;
  /** The approval as it is now, for whomever; null where there is none. */
  readonly approvalOf: (organizationId: string, id: string) => Promise<Approval | null>;
  /** Everybody who belongs to the organization. */
  readonly peopleOf: (organizationId: string) => Promise<readonly Actor[]>;
  readonly links: Pick<OutsideLinks, 'personsOf'>;
  /** Names of people, by id; those it does not know are left out. */
  readonly namesOf: (organizationId: string, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;
  /** Null for a persona that is archived or gone. */
  readonly personaName: (organizationId: string, personaId: string) => Promise<string | null>;
  /** Where people reach the pages, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Takes secrets in use out of JSON. */
  readonly scrubJson: (json: string) => string;
  readonly log: Logger;
  readonly clock?: () => Date;
}

/** What the parts of this are built from. */
export interface CardKit extends SlackCardsDeps {
  readonly clock: () => Date;
  /** The card of an approval as it is now. `others`: how many more of the same answer have none. */
  draw(approval: Approval, others?: number): Promise<Card>;
  drawNotice(approval: Approval): Card;
}

export function createCardKit(given: SlackCardsDeps): CardKit {
  const { namesOf, personaName, publicUrl, scrubJson, clock = () => new Date() } = given;
  const clean = (card: Card): Card => JSON.parse(scrubJson(JSON.stringify(card))) as Card;
  return {
    ...given,
    clock,
    async draw(approval, others = 0) {
      const { organizationId, id, personaId, requesterId, decidedBy } = approval;
      const names = await namesOf(organizationId, [requesterId, ...(decidedBy === null ? [] : [decidedBy])]);
      const facts: CardFacts = {
        approval,
        persona: (await personaName(organizationId, personaId)) ?? personaId,
        requester: names.get(requesterId) ?? 'somebody who has left',
        decider: decidedBy === null ? null : (names.get(decidedBy) ?? null),
        link: `${publicUrl()}/approvals/${encodeURIComponent(id)}`,
        others,
      };
      return clean(approval.status === 'pending' ? pendingCard(facts) : outcomeCard(facts));
    },
    drawNotice: ({ status }) => noticeCard(status),
  };
}
