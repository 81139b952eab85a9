import type { Actor } from '../actor.ts';

export const outsideKinds = ['widget', 'slack'] as const;

/** Somebody as another place knows them. */
export interface OutsidePerson {
  readonly organizationId: string;
  readonly kind: (typeof outsideKinds)[number];
  /** The widget's id, or the id of the Slack workspace's connection. */
  readonly place: string;
  /** Who it is there: an id we gave, the customer's own (`sub`), or Slack's. */
  readonly external: string;
  /** Whether the place has said who it is; false for a visitor whom only our own token tells apart. */
  readonly identified: boolean;
  /** For people to read; anybody may have chosen it. */
  readonly name: string;
}

/** Who writes to personas without being signed in here. */
export interface OutsidePeople {
  /** The member that was linked with this person, with the rights of this moment; null where none is. */
  memberFor(person: OutsidePerson): Promise<Actor | null>;
  /** A guest: role `guest`, its id the same every time. Remembers when it was last seen. */
  guestFor(person: OutsidePerson): Promise<Actor>;
  /** Whether they were a guest before: whoever has said nothing was none. */
  isKnown(person: OutsidePerson): Promise<boolean>;
  /** Whether the guest may still be answered: the widget is on, or the workspace is connected. */
  isWelcome(organizationId: string, visitorId: string): Promise<boolean>;
}

/** How a member lets a place know them: a code, made here while signed in, is typed there. Never by e-mail address. */
export interface OutsideLinks {
  /** A code for the actor, good for ten minutes and for one link. */
  makeCode(actor: Actor): Promise<{ readonly code: string; readonly expiresAt: Date }>;
  /**
   * Links the person with whoever made the code. Throws AppError: INPUT_INVALID for a code that is unknown, used or over,
   * RATE_LIMITED after five wrong ones within ten minutes, FORBIDDEN for somebody nobody has identified.
   */
  redeem(person: OutsidePerson, code: string): Promise<Actor>;
  list(actor: Actor): Promise<readonly OutsideLink[]>;
  /** Throws AppError NOT_FOUND for what is not there or not the actor's. */
  unlink(actor: Actor, id: string): Promise<void>;
  /** The people of one place who are linked with these members, e.g. to ask them there. */
  personsOf(
    place: { organizationId: string; kind: OutsidePerson['kind']; place: string },
    userIds: readonly string[],
  ): Promise<readonly { readonly userId: string; readonly external: string }[]>;
}

export interface OutsideLink {
  readonly id: string;
  readonly kind: OutsidePerson['kind'];
  readonly place: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
}
