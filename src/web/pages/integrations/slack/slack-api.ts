import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type {
  SlackInstallView,
  SlackPlaceListView,
  SlackView,
  SlackWorkspaceListView,
  SlackWorkspaceView,
} from '#channels/http/contract/slack.ts';
import { getJson, send, withSignal } from '../../../api-client.ts';

const at = (connectionId: string) => `/api/v1/slack/workspaces/${encodeURIComponent(connectionId)}`;

const slackKeys = {
  service: ['slack'],
  workspaces: ['slack', 'workspaces'],
  channels: (connectionId: string) => ['slack', 'channels', connectionId],
} as const;

/** Whether Slack is set up here, and the app's manifest. */
export function useSlack() {
  return useQuery({
    queryKey: slackKeys.service,
    queryFn: ({ signal }) => getJson<SlackView>('/api/v1/slack', withSignal(signal)),
    staleTime: 60_000,
  });
}

/** The workspace behind a connection; null where there is none any more. */
export function useSlackWorkspace(connectionId: string) {
  return useQuery({
    queryKey: slackKeys.workspaces,
    queryFn: ({ signal }) => listWorkspaces(signal),
    select: (workspaces) => workspaces.find((one) => one.connectionId === connectionId) ?? null,
  });
}

async function listWorkspaces(signal: AbortSignal): Promise<readonly SlackWorkspaceView[]> {
  const found: SlackWorkspaceView[] = [];
  let cursor: string | null = null;
  do {
    const page: SlackWorkspaceListView = await getJson('/api/v1/slack/workspaces', {
      query: { cursor, limit: 100 },
      ...withSignal(signal),
    });
    found.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return found;
}

/** The channels the app was invited to, by name. */
export function useSlackChannels(connectionId: string, options: { enabled: boolean }) {
  return useQuery({
    ...options,
    queryKey: slackKeys.channels(connectionId),
    queryFn: async ({ signal }) => {
      const page = await getJson<SlackPlaceListView>(`${at(connectionId)}/channels`, withSignal(signal));
      return page.items;
    },
  });
}

/** Begins the sign-in at Slack: the browser leaves this page when it succeeds. */
export function useSlackSignIn() {
  return useMutation({
    mutationFn: () => send<SlackInstallView>('POST', '/api/v1/slack/install'),
    onSuccess: ({ url }) => {
      if (/^https?:\/\//.test(url)) window.location.assign(url);
    },
  });
}

/** Connects a workspace with its bot token. Nothing of the token is kept once the page is done with it. */
export function useConnectWorkspace() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (token: string) => send<SlackWorkspaceView>('POST', '/api/v1/slack/workspaces', { token }),
    gcTime: 0,
    onSuccess: ({ connectionId }) => {
      void queryClient.invalidateQueries({ queryKey: slackKeys.workspaces });
      void queryClient.invalidateQueries({ queryKey: ['connections'] });
      void queryClient.invalidateQueries({ queryKey: ['integrations'] });
      void queryClient.invalidateQueries({ queryKey: ['connection', connectionId] });
    },
  });
}

export interface PersonaChoice {
  /** Null: the whole workspace. */
  readonly channelId: string | null;
  /** Null takes the choice back. */
  readonly personaId: string | null;
}

/** Chooses who answers; what comes back is shown at once. */
export function useChoosePersona(connectionId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ channelId, personaId }: PersonaChoice) => {
      const where = channelId === null ? 'persona' : `channels/${encodeURIComponent(channelId)}`;
      return send<SlackWorkspaceView>('PUT', `${at(connectionId)}/${where}`, { personaId });
    },
    onSuccess: (changed) => {
      queryClient.setQueryData<readonly SlackWorkspaceView[]>(slackKeys.workspaces, (known) =>
        known?.map((one) => (one.connectionId === changed.connectionId ? changed : one)),
      );
    },
  });
}
