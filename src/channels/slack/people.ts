import type { Actor } from '#auth/actor.ts';
import type { OutsidePeople, OutsidePerson } from '#auth/outside/outside-person.ts';
import type { SlackClients, SlackWorkspace } from './ports.ts';
import { slackUserOf } from './slack-user.ts';

/** Who writes in Slack, and as whom they act here. */
export interface SlackPeople {
  /** As they call themselves; their id where Slack does not tell. */
  nameOf(workspace: SlackWorkspace, slackUserId: string): Promise<string>;
  person(workspace: SlackWorkspace, slackUserId: string): Promise<OutsidePerson>;
  /** The member they are linked with; null where they are not. */
  memberOf(workspace: SlackWorkspace, slackUserId: string): Promise<Actor | null>;
  guestOf(workspace: SlackWorkspace, slackUserId: string): Promise<Actor>;
}

export interface SlackPeopleDeps {
  readonly outside: OutsidePeople;
  readonly clients: SlackClients;
  readonly clock: () => Date;
}

const keptMs = 3_600_000;
/** Slack is asked again sooner where it did not tell. */
const keptUnknownMs = 60_000;
const mostKept = 5_000;

export function createSlackPeople({ outside, clients, clock }: SlackPeopleDeps): SlackPeople {
  const names = new Map<string, { readonly name: string; readonly until: number }>();

  async function nameOf(workspace: SlackWorkspace, slackUserId: string): Promise<string> {
    const key = JSON.stringify([workspace.connectionId, slackUserId]);
    const now = clock().getTime();
    const known = names.get(key);
    if (known !== undefined && known.until > now) return known.name;
    const found = await askName(clients, workspace, slackUserId);
    if (names.size >= mostKept) names.clear();
    names.set(key, { name: found ?? slackUserId, until: now + (found === null ? keptUnknownMs : keptMs) });
    return found ?? slackUserId;
  }

  const person = async (workspace: SlackWorkspace, slackUserId: string): Promise<OutsidePerson> => ({
    organizationId: workspace.organizationId,
    kind: 'slack',
    place: workspace.connectionId,
    external: slackUserId,
    // Slack has told it, and signed that.
    identified: true,
    name: await nameOf(workspace, slackUserId),
  });

  return {
    nameOf,
    person,
    memberOf: async (workspace, slackUserId) => outside.memberFor(await person(workspace, slackUserId)),
    guestOf: async (workspace, slackUserId) => outside.guestFor(await person(workspace, slackUserId)),
  };
}

const longestName = 80;

async function askName(clients: SlackClients, workspace: SlackWorkspace, slackUserId: string): Promise<string | null> {
  const { userId: user } = slackUserOf(slackUserId, workspace.teamId);
  try {
    const { user: found } = await clients.of(workspace).users.info({ user });
    const { display_name: shown, real_name: real } = found?.profile ?? {};
    const name = [shown, real, found?.real_name, found?.name].find((each) => each !== undefined && each.trim() !== '');
    const line = name?.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim() ?? '';
    return line === '' ? null : line.slice(0, longestName);
  } catch {
    // A name is no reason to leave somebody without an answer.
    return null;
  }
}
