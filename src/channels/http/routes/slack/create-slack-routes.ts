import type { SlackDescription } from '#channels/slack/describe-slack.ts';
import type { SlackConnecting } from '#connections/slack/slack-connecting.ts';
import { limitKeyTrials } from '../../limit-key-trials.ts';
import type { Route } from '../../route.ts';
import { createBeginInstall } from './begin-install.ts';
import { createChooseChannelPersona, createChooseDefaultPersona } from './choose-persona.ts';
import { createConnectWorkspace } from './connect-workspace.ts';
import { createFinishInstall } from './finish-install.ts';
import { createGetSlack } from './get-slack.ts';
import { createListChannels } from './list-channels.ts';
import { createListWorkspaces, type WorkspaceReading } from './list-workspaces.ts';

export interface SlackRouteDeps extends WorkspaceReading {
  readonly describe: () => SlackDescription;
  readonly connecting: SlackConnecting;
  /** How many tokens one client address may try in a quarter of an hour. */
  readonly keyTrials?: number;
}

/** Everything about Slack but what Slack itself sends. */
export function createSlackRoutes(deps: SlackRouteDeps): readonly Route[] {
  return [
    createGetSlack(deps),
    createListWorkspaces(deps),
    createConnectWorkspace({ ...deps, before: limitKeyTrials(deps.keyTrials) }),
    createListChannels(deps),
    createChooseDefaultPersona(deps),
    createChooseChannelPersona(deps),
    createBeginInstall(deps),
    createFinishInstall(deps),
  ];
}
