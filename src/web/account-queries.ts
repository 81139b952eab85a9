import { type QueryKey, useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { accountApi, organizationApi } from './account-api.ts';

export const accountKeys = {
  session: ['session'],
  signedIn: ['signed-in'],
  members: ['members'],
  invitations: ['invitations'],
  invitation: (token: string) => ['invitation', token],
  apiKeys: ['api-keys'],
  outsideLinks: ['outside-links'],
} as const;

/** Who is signed in, asked again whenever the window is looked at anew: another tab may have changed it. */
export function useSessionQuery() {
  return useQuery({
    queryKey: accountKeys.session,
    queryFn: ({ signal }) => accountApi.session(signal),
    staleTime: 30_000,
    refetchOnWindowFocus: 'always',
  });
}

/** Learns who is signed in after that has changed, and answers it before any page is drawn with it. */
export function useNewSession() {
  const queryClient = useQueryClient();
  return async () => {
    await queryClient.cancelQueries({ queryKey: accountKeys.session });
    const session = await accountApi.session();
    queryClient.setQueryData(accountKeys.session, session);
    return session;
  };
}

/** Leads somebody who has just made an account into the service. */
export function useWelcome() {
  const navigate = useNavigate();
  const readSession = useNewSession();
  return async () => {
    await readSession();
    await navigate('/', { replace: true, state: { welcome: true } });
  };
}

interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** A list of the service, further pages on demand. */
function useList<Item>(queryKey: QueryKey, read: (cursor: string | null, signal: AbortSignal) => Promise<Page<Item>>) {
  return useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => read(pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.nextCursor,
    select: (data) => data.pages.flatMap((page) => page.items),
  });
}

export const useSignedIn = () => useList(accountKeys.signedIn, accountApi.signedIn);
export const useMembers = () => useList(accountKeys.members, organizationApi.members);
export const useInvitations = () => useList(accountKeys.invitations, organizationApi.invitations);
export const useOutsideLinks = () => useList(accountKeys.outsideLinks, accountApi.outsideLinks);
export const useApiKeys = () => useList(accountKeys.apiKeys, organizationApi.apiKeys);

export function useInvitation(token: string) {
  return useQuery({
    queryKey: accountKeys.invitation(token),
    queryFn: ({ signal }) => organizationApi.invitation(token, signal),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** A change that has the named lists loaded again before it counts as done. */
export function useChange<Input, Output>(change: (input: Input) => Promise<Output>, ...stale: readonly QueryKey[]) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: () => Promise.all(stale.map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });
}
