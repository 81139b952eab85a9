import type { WebClient } from '@slack/web-api';
import type { Actor } from '#auth/actor.ts';

/** A Slack workspace whose connection is alive. */
export interface SlackWorkspace {
  readonly organizationId: string;
  /** Of the connection that holds its token. */
  readonly connectionId: string;
  readonly teamId: string;
  readonly teamName: string;
  readonly appId: string;
  readonly botUserId: string;
  readonly botId: string;
}

/** Which workspaces are connected, and which persona answers where in them. */
export interface SlackWorkspaces {
  /** Null where the team is not connected, or not any more. */
  byTeam(teamId: string): Promise<SlackWorkspace | null>;
  byConnection(organizationId: string, connectionId: string): Promise<SlackWorkspace | null>;
  /** The persona chosen for the channel, else the workspace's, else null. */
  personaFor(workspace: SlackWorkspace, channelId: string): Promise<string | null>;
  /** Throws AppError for a persona that is not there or does not answer in Slack. Recorded. */
  choosePersona(
    workspace: SlackWorkspace,
    choice: { readonly actor: Actor; readonly channelId: string; readonly personaId: string },
  ): Promise<void>;
  /** The app was taken out of the workspace, or its tokens were: its connection is over. Recorded. */
  ended(workspace: SlackWorkspace, why: 'app_uninstalled' | 'tokens_revoked'): Promise<void>;
}

/** Talks to Slack as a workspace's bot. The token never leaves the vault: it is put in on the wire. */
export interface SlackClients {
  of(workspace: SlackWorkspace): WebClient;
}

/** Where a card is to stand. */
export interface SlackPlace {
  readonly workspace: SlackWorkspace;
  readonly channelId: string;
  readonly threadTs: string;
}

/** Approvals as messages with buttons. */
export interface SlackCards {
  /**
   * Asks in the thread, and whoever may decide and is linked but is not the requester in a direct message. Posting again
   * what was posted does nothing. For a guest's run the thread is only told that somebody of the organization decides.
   */
  ask(place: SlackPlace, asked: { readonly approvalIds: readonly string[]; readonly requester: Actor }): Promise<void>;
  /**
   * A button of a card was pressed. `actor` is null for somebody who is not linked. Whoever may not decide is told so,
   * only to them.
   */
  pressed(press: SlackPress, actor: Actor | null): Promise<void>;
  /** Replaces every card whose approval is not what the card shows, in every workspace. */
  refresh(): Promise<void>;
}

export interface SlackPress {
  readonly workspace: SlackWorkspace;
  readonly slackUserId: string;
  readonly channelId: string;
  readonly messageTs: string;
  readonly threadTs: string | null;
  readonly actionId: string;
  /** The approval's id and the hash that was seen. */
  readonly value: string;
  readonly responseUrl: string | null;
}
