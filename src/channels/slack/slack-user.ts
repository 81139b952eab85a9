/*
 * Slack tells people apart by their id and their workspace: in a channel that is shared with another company somebody of
 * theirs may have the id of one of ours. Here whoever belongs elsewhere is `U1@T2`.
 */

/** What Slack says of where something was done. */
export interface SlackHome {
  readonly teamId: string;
  /** Of the Enterprise the workspace belongs to; null where it belongs to none. */
  readonly enterpriseId: string | null;
  /** False only where nobody of another company can be. */
  readonly isShared: boolean;
}

/** `theirTeam`: whose the person is, as far as Slack tells. */
export function slackUserIdOf(userId: string, theirTeam: unknown, home: SlackHome): string {
  const { teamId, enterpriseId, isShared } = home;
  if (typeof theirTeam !== 'string' || theirTeam === teamId || theirTeam === enterpriseId) return userId;
  // Within one Enterprise an id is one person's, in whichever of its workspaces they are.
  if (enterpriseId !== null && !isShared) return userId;
  return `${userId}@${theirTeam}`;
}

/** The person as Slack is to be told of them. */
export function slackUserOf(slackUserId: string, homeTeamId: string): { userId: string; teamId: string } {
  const [userId = slackUserId, teamId = homeTeamId] = slackUserId.split('@');
  return { userId, teamId };
}

/** Whether somebody belongs to the workspace itself. */
export function isOfWorkspace(slackUserId: string): boolean {
  return !slackUserId.includes('@');
}
